import { createReferences } from "./all-references.ts";
import { createInputs } from "./inputs.ts";

/** The names of all benchmarks. */
export const BENCHMARKS: readonly string[] = Object.keys(createReferences(createInputs()));
