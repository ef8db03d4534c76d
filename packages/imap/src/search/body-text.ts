import { decodeCharset } from "@sluice/mime/charset";
import { decodeHeaderText } from "@sluice/mime/header-text";
import type { MimePart } from "@sluice/mime/mime-part";
import { decodeStructure } from "@sluice/mime/structure-codec";
import { TransferDecoder } from "@sluice/mime/transfer-decoder";

import { LIMITS } from "../limits.ts";
import type { ContentRow } from "../mailbox/mailbox-index.ts";
import type { BodyStore } from "../mailbox/body-store.ts";
import { foldText } from "./fold.ts";

/**
 * Looks for folded strings in the text of a message: its text parts, decoded, and the headers of messages
 * inside it. Attachments that are not text are not searched. Memory is bounded by LIMITS.searchWindow
 * whatever the size of a part.
 */
export async function searchBody(bodies: BodyStore, content: ContentRow, texts: readonly string[]): Promise<Map<string, boolean>> {
  const found = new Map(texts.map((text) => [text, text === ""]));
  const missing = (): string[] => texts.filter((text) => found.get(text) === false);
  const look = (decoded: string): void => {
    const folded = foldText(decoded);
    for (const text of missing()) if (folded.includes(text)) found.set(text, true);
  };
  if (content.structure === undefined) throw new TypeError("The structure of the message was not read");
  const pending: MimePart[] = [decodeStructure(content.structure)];
  for (let part = pending.pop(); part !== undefined && missing().length > 0; part = pending.pop()) {
    switch (part.kind) {
      case "message": {
        const { message } = part;
        const end = Math.min(message.bodyStart, message.headerStart + LIMITS.searchWindow);
        look(decodeHeaderText(await readRange(bodies, content, message.headerStart, end)));
        pending.push(message);
        break;
      }
      case "multipart":
        pending.push(...part.children.toReversed());
        break;
      case "leaf":
        if (part.type === "text") await searchPart(bodies, content, part, look, () => missing().length === 0);
        break;
      default:
        return part satisfies never;
    }
  }
  return found;
}

/** Reads a part window by window. Windows overlap by LIMITS.searchOverlap, so that a string across their edge is found. */
async function searchPart(
  bodies: BodyStore,
  content: ContentRow,
  part: MimePart,
  look: (text: string) => void,
  done: () => boolean,
): Promise<void> {
  const decoder = new TransferDecoder(part.encoding);
  let kept = new Uint8Array(0);
  for (let at = part.bodyStart; at < part.bodyEnd && !done(); at += LIMITS.searchWindow) {
    const end = Math.min(part.bodyEnd, at + LIMITS.searchWindow);
    const raw = await readRange(bodies, content, at, end);
    const decoded = decoder.push(raw);
    const rest = end === part.bodyEnd ? decoder.finish() : new Uint8Array(0);
    const window = new Uint8Array(kept.length + decoded.length + rest.length);
    window.set(kept);
    window.set(decoded, kept.length);
    window.set(rest, kept.length + decoded.length);
    look(decodeCharset(window, part.charset));
    kept = window.slice(Math.max(0, window.length - LIMITS.searchOverlap));
  }
}

/** Octets `[start, end)` of the message, of which the head is at hand and the rest in the body store. */
async function readRange(bodies: BodyStore, content: ContentRow, start: number, end: number): Promise<Uint8Array> {
  const { head, body } = content;
  if (head === undefined) throw new TypeError("The head of the message was not read");
  if (end <= head.length) return head.subarray(start, end);
  if (body === undefined) throw new RangeError("The message is shorter than its structure says");
  if (start >= head.length) return bodies.read(body, start - head.length, end - start);
  const whole = new Uint8Array(end - start);
  whole.set(head.subarray(start));
  whole.set(await bodies.read(body, 0, end - head.length), head.length - start);
  return whole;
}
