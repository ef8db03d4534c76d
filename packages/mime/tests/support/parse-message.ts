import { MIME_LIMITS, type MimeLimits } from "../../src/limits.ts";
import { MessageParser, type ParsedMessage } from "../../src/message-parser.ts";
import type { OctetScanner } from "../../src/octet-scanner.ts";
import { plainOctetScanner } from "../../src/plain-octet-scanner.ts";

/** A parser that is TypeScript alone. */
export function plainParser(): MessageParser {
  return new MessageParser(MIME_LIMITS, plainOctetScanner);
}

/** Reads a message that is in memory as a whole. */
export function parseMessage(bytes: Uint8Array, octets: OctetScanner = plainOctetScanner, limits: MimeLimits = MIME_LIMITS): ParsedMessage {
  const parser = new MessageParser(limits, octets);
  parser.push(bytes);
  return parser.finish();
}
