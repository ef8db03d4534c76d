import { decodeStructure } from "@sluice/mime/structure-codec";

import type { ContentRow } from "../mailbox/mailbox-index.ts";
import type { TextSignature } from "../mailbox/text-signature.ts";
import type { Account } from "../session/session.ts";
import { piecesOf, signText, UNKNOWN_TEXT } from "./sign-text.ts";

/** The signature of a message that came without one, from what is stored of it. `content` has its head, structure and body. */
export async function signStored(
  { bodies, octets: scanner }: Pick<Account, "bodies" | "octets">,
  { head, structure, body }: ContentRow,
): Promise<TextSignature> {
  if (head === undefined || structure === undefined) throw new TypeError("The content of the message was not read");
  const pieces = piecesOf(decodeStructure(structure));
  if (pieces === undefined) return UNKNOWN_TEXT;
  const octets: Uint8Array[] = [];
  for (const { start, end } of pieces) {
    octets.push(body === undefined || start === end ? new Uint8Array(0) : await bodies.read(body, start - head.length, end - start));
  }
  return signText(scanner, head, pieces, octets);
}
