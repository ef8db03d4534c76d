import * as fc from "fast-check";

import type { Tokenizer } from "../../src/parser/tokenizer.ts";
import { LEVELS } from "./arbitraries.ts";
import { differenceOf, type DifferentialCase } from "./differential.ts";

export interface Finding {
  readonly level: string;
  readonly seed: number;
  readonly case: DifferentialCase;
  readonly difference: string;
}

/** Shrinking a case ends after this, in milliseconds, with the smallest one so far. */
const SHRINK_TIME = 30_000;

/**
 * Plays `count` random cases of one level against both tokenizers.
 *
 * @returns the smallest case with a difference; `undefined` if there is none
 */
export function fuzzLevel(level: string, seed: number, count: number, subject: Tokenizer, oracle: Tokenizer): Finding | undefined {
  const arbitrary = LEVELS.get(level);
  if (arbitrary === undefined) throw new Error(`no level ${level}`);
  const found = fc.check(
    fc.property(arbitrary, (test) => differenceOf(test, subject, oracle) === undefined),
    { seed, numRuns: count, interruptAfterTimeLimit: SHRINK_TIME },
  );
  const [test] = found.counterexample ?? [];
  if (test === undefined) {
    if (found.failed) throw new Error(`level ${level}, seed ${seed}: the run was interrupted`);
    return undefined;
  }
  return { level, seed, case: test, difference: differenceOf(test, subject, oracle) ?? "a tokenizer has thrown" };
}
