/**
 * The tokenizer's module: no imports, no allocation, one fixed memory. One instance serves every
 * connection of an isolate, because a call keeps nothing for the next one.
 */
export { parseLines } from "./lines";
export { parse } from "./tokenizer";
export { ABI_VERSION, HEADER, INPUT, INPUT_SIZE, TAPE, TAPE_ENTRIES } from "./layout";
