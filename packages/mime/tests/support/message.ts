import { toBytes } from "../../src/ascii.ts";
import { type ImapValue, readImapList } from "./imap-value.ts";
import { parseMessage } from "./parse-message.ts";

/** A message of these lines, each ended with CRLF. Characters are octets (ISO-8859-1). */
export function message(...lines: string[]): Uint8Array {
  return toBytes(lines.map((line) => `${line}\r\n`).join(""));
}

export function envelopeOf(...headerLines: string[]): ImapValue[] {
  return readImapList(parseMessage(message(...headerLines, "", "text")).envelope);
}

export function structureOf(...lines: string[]): ImapValue[] {
  return readImapList(parseMessage(message(...lines)).bodyStructure);
}

/** The lines, `count` times over. */
export function repeat(count: number, ...lines: string[]): string[] {
  return Array.from({ length: count }, () => lines).flat();
}

/** The element at `index`; the test has built something else when there is none. */
export function nth<T>(values: readonly T[], index: number): T {
  const value = values[index];
  if (value === undefined) throw new Error(`There is no element ${index} of ${values.length}`);
  return value;
}
