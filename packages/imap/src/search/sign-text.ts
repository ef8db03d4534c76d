import { decodeCharset, isAsciiCompatible } from "@sluice/mime/charset";
import type { LeafPart, MimePart } from "@sluice/mime/mime-part";
import type { OctetScanner } from "@sluice/mime/octet-scanner";
import { decodeTransfer } from "@sluice/mime/transfer-decoder";

import { LIMITS } from "../limits.ts";
import { ANY_GRAM, type TextSignature } from "../mailbox/text-signature.ts";
import { foldText } from "./fold.ts";
import { GramCollector } from "./grams.ts";
import { foldHeader } from "./header-text.ts";

/** Octets `[start, end)` of a message that {@link BodySearch} looks at. `part` is missing for a header; `mime`: the header is one for TEXT only. */
export interface TextPiece {
  readonly start: number;
  readonly end: number;
  readonly part: LeafPart | undefined;
  readonly mime: boolean;
}

/** All that a search looks at behind the header of a message. `undefined`: more than what is signed. */
export function piecesOf(root: MimePart): readonly TextPiece[] | undefined {
  const pieces: TextPiece[] = [];
  let octets = 0;
  const parts = [root];
  const open = (part: MimePart, mime: boolean): void => {
    pieces.push({
      start: part.headerStart,
      end: Math.min(part.bodyStart, part.headerStart + LIMITS.filteredHeader),
      part: undefined,
      mime,
    });
    octets += part.bodyStart - part.headerStart;
    parts.push(part);
  };
  for (
    let part = parts.pop();
    part !== undefined && octets <= LIMITS.signedText && pieces.length <= LIMITS.signedPieces;
    part = parts.pop()
  ) {
    if (part.kind === "message") open(part.message, false);
    else if (part.kind === "multipart") for (const child of part.children) open(child, true);
    else if (part.type === "text") {
      pieces.push({ start: part.bodyStart, end: part.bodyEnd, part, mime: false });
      octets += part.bodyEnd - part.bodyStart;
    }
  }
  return octets > LIMITS.signedText || pieces.length > LIMITS.signedPieces ? undefined : pieces;
}

/**
 * The signature of a message.
 *
 * @param head the header as it is stored
 * @param octets those of each piece, at its index
 * @throws RangeError where a piece has none: its text would never be found
 */
export function signText(
  scanner: OctetScanner,
  head: Uint8Array,
  pieces: readonly TextPiece[],
  octets: readonly Uint8Array[],
): TextSignature {
  if (octets.length !== pieces.length) throw new RangeError(`${pieces.length} pieces of text with the octets of ${octets.length}`);
  collector.begin(head.length + octetsOf(pieces, (piece) => piece.mime));
  signHeader(scanner, head);
  for (const [at, { part, mime }] of pieces.entries()) if (part === undefined && mime) signHeader(scanner, octets[at] ?? NOTHING);
  const header = collector.end();
  collector.begin(octetsOf(pieces, (piece) => !piece.mime));
  for (const [at, { part, mime }] of pieces.entries()) {
    if (part !== undefined) signPart(scanner, part, octets[at] ?? NOTHING);
    else if (!mime) signHeader(scanner, octets[at] ?? NOTHING);
  }
  return { body: collector.end(), header };
}

function octetsOf(pieces: readonly TextPiece[], which: (piece: TextPiece) => boolean): number {
  return pieces.reduce((sum, piece) => (which(piece) ? sum + piece.end - piece.start : sum), 0);
}

/** A search decodes a part in windows, of which this is one: else it could fold the text in another way. */
function signPart(scanner: OctetScanner, part: LeafPart, octets: Uint8Array): void {
  const decoded = decodeTransfer(octets, part.encoding);
  if (isAsciiCompatible(part.charset) && collector.addOctets(scanner, decoded, false)) return;
  collector.addText(foldText(decodeCharset(decoded, part.charset)));
}

function signHeader(scanner: OctetScanner, octets: Uint8Array): void {
  if (!collector.addOctets(scanner, octets, true)) collector.addText(foldHeader(octets));
}

/** The signature of a message that has more text than is signed: any search has to read it. */
export const UNKNOWN_TEXT: TextSignature = { body: ANY_GRAM, header: ANY_GRAM };

const NOTHING = new Uint8Array(0);
/** One for the isolate: nothing is in it between two calls. */
const collector = new GramCollector();
