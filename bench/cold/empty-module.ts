import { WASM_MODULES } from "../../scripts/wasm-modules.ts";

const MAGIC_AND_VERSION = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

/**
 * The octets of a module that does nothing, with a function and as much memory as the parser: what an engine takes to instantiate it is
 * no business of the parser's.
 */
export function emptyModule(): Uint8Array<ArrayBuffer> {
  const size = WASM_MODULES.find(({ name }) => name === "imap")?.pages ?? 0;
  // A number of up to 14 bits, the lower 7 first.
  const pages = [(size & 0x7f) | 0x80, size >> 7];
  return Uint8Array.from([
    ...MAGIC_AND_VERSION,
    ...section(0x01, [1, 0x60, 0, 0]),
    ...section(0x03, [1, 0]),
    ...section(0x05, [1, 0x01, ...pages, ...pages]),
    ...section(0x07, [2, ...name("parse"), 0x00, 0, ...name("memory"), 0x02, 0]),
    ...section(0x0a, [1, 2, 0, 0x0b]),
  ]);
}

function section(kind: number, octets: readonly number[]): number[] {
  return [kind, octets.length, ...octets];
}

function name(text: string): number[] {
  return [text.length, ...new TextEncoder().encode(text)];
}
