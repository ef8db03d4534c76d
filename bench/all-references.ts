import type { Inputs } from "./inputs.ts";
import { createCoreReferences, type Reference } from "./references.ts";
import { answerReferences } from "./references/answers.ts";
import { searchReferences } from "./references/search.ts";

/** The reference of every subject. */
export function createReferences(inputs: Inputs): Readonly<Record<string, Reference>> {
  return { ...createCoreReferences(inputs), ...answerReferences(inputs), ...searchReferences(inputs) };
}
