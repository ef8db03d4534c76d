/**
 * The tokenizer's module: no imports, no allocation, one fixed memory. One instance serves every connection of an isolate: nothing is kept for the next
 * input. Only a `parse` right behind a `parseLines` that has answered ELSE goes on with what that has left.
 */
export { parseLines } from "./lines";
export { parse } from "./tokenizer";
export { ABI_VERSION, HEADER, INPUT, INPUT_SIZE, TAPE, TAPE_ENTRIES } from "./layout";
