import { ATOM_NAMES } from "../../src/parser/atom-ids.ts";
import { createReferenceTokenizer } from "../../src/parser/reference-tokenizer.ts";
import { DEPTH_NEW, Kind, TapeError, TokenFlag, endAt, flagsAt, idAt, kindAt, startAt, valueAt } from "../../src/parser/tape.ts";
import type { TapeResult, Tokenizer } from "../../src/parser/tokenizer.ts";
import { createWasmTokenizer } from "../../src/parser/wasm-tokenizer.ts";
import { compileModule } from "../../../mime/tests/support/wasm-module.ts";

const compiled = compileModule(new URL("../../src/parser/imap.wasm", import.meta.url));
export const wasmBytes: Uint8Array = compiled.bytes;
export const wasmModule: object = compiled.module;
export const wasmImports: readonly unknown[] = compiled.imports;

export const wasm: Tokenizer = createWasmTokenizer(wasmModule);
export const reference: Tokenizer = createReferenceTokenizer();
export const both: readonly (readonly [string, Tokenizer])[] = [
  ["wasm", wasm],
  ["reference", reference],
];

export const INLINE_MAX = 100;
export const INLINE_TOTAL = 1000;

/** One octet per character. */
export function octets(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

export function latin1(bytes: Uint8Array): string {
  return Array.from(bytes, (octet) => String.fromCharCode(octet)).join("");
}

const KIND_NAMES = new Map<number, string>(Object.entries(Kind).map(([name, kind]) => [kind, name]));
const ERROR_NAMES = new Map<number, string>(Object.entries(TapeError).map(([name, error]) => [error, name]));
const FLAG_NAMES: readonly (readonly [string, number])[] = Object.entries(TokenFlag).filter(([name]) => name !== "space");

/** A command's tape as words, one per entry: `_` for a space before it, kind, octets, value, flags, name of the atom. */
export function words(tape: Int32Array, bytes: Uint8Array, first = 0, next = tape.length / 4): string[] {
  const base = startAt(tape, first);
  return Array.from({ length: next - first }, (_, index) => {
    const entry = first + index;
    const kind = kindAt(tape, entry);
    const flags = flagsAt(tape, entry);
    const space = (flags & TokenFlag.space) === 0 ? "" : "_";
    const named = FLAG_NAMES.filter(([, flag]) => (flags & flag) !== 0).map(([name]) => ` +${name}`);
    const id = idAt(tape, entry);
    const name = id === 0 ? "" : ` =${kind === Kind.error ? ERROR_NAMES.get(id) : ATOM_NAMES[id]}`;
    const range =
      kind === Kind.command
        ? `${startAt(tape, entry)}-${endAt(tape, entry)}`
        : latin1(bytes.subarray(base + startAt(tape, entry), base + endAt(tape, entry)));
    const value = kind === Kind.number || kind === Kind.literal || kind === Kind.command ? ` (${valueAt(tape, entry)})` : "";
    return `${space}${KIND_NAMES.get(kind)} ${range}${value}${named.join("")}${name}`;
  });
}

/** All that a call says, as plain data that the next call does not change. */
export function snapshot(result: TapeResult): unknown {
  return { ...result, tape: Array.from(result.tape.subarray(0, result.entries * 4)) };
}

/** What a fresh input gives, as words. */
export function tokenize(tokenizer: Tokenizer, text: string): string[] {
  const input = octets(text);
  const { tape, entries } = tokenizer.parse(input, INLINE_MAX, INLINE_TOTAL, DEPTH_NEW, 0, 0);
  const all: string[] = [];
  for (let entry = 0; entry < entries;) {
    const next = entry + valueAt(tape, entry);
    all.push(...words(tape, input, entry, next));
    entry = next;
  }
  return all;
}
