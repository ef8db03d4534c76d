/**
 * Every subject. This is what is bundled with the sources of each revision that is compared (bench/bundle.ts); what a revision
 * does not have yet is an error only where it is used.
 */
import { createWasmTokenizer } from "../packages/imap/src/parser/wasm-tokenizer.ts";
import { createCoreSubjects, scannerOf, type Setup, type SubjectOptions } from "./subjects.ts";
import { answerSubjects } from "./subjects/answers.ts";
import { searchSubjects } from "./subjects/search.ts";

export function createSubjects(options: SubjectOptions): Readonly<Record<string, Setup>> {
  const { inputs, wasm, octets } = options;
  const scanner = scannerOf(octets);
  return {
    ...createCoreSubjects(options),
    ...answerSubjects(inputs, () => createWasmTokenizer(wasm), scanner),
    ...searchSubjects(inputs, scanner),
  };
}
