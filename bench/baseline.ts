import { readFileSync } from "node:fs";

import * as z from "zod";

const Count = z.int().nonnegative();

/** What the gate compares with; README.md says how each part is meant, and how one is changed. */
export const Baseline = z.strictObject({
  /** Counters without tolerance: who changes one edits the baseline in the same commit and says why. */
  exact: z.record(z.string(), Count),
  /** Counters with a ceiling, for what every change of the source moves. */
  atMost: z.record(z.string(), Count),
  /** Speed as a multiple of the reference's: fails below `least`; `seen` is what was measured when it was set. */
  ratios: z.record(z.string(), z.strictObject({ least: z.number().positive(), seen: z.number().positive() })),
  /** Speed as a multiple of the pinned revision's: fails below this. */
  pinned: z.number().positive().max(1),
});
export type Baseline = z.infer<typeof Baseline>;

export function readBaseline(): Baseline {
  return Baseline.parse(JSON.parse(readFileSync(new URL("baseline.json", import.meta.url), "utf8")));
}
