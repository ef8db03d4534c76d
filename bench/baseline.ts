import { readFileSync } from "node:fs";

import { z } from "zod";

/**
 * What the gate compares with. `exact` counters have no tolerance: who changes one edits this file in the same
 * commit and says why. A ratio fails below `least`; `seen` is what was measured when it was set.
 */
export const Baseline = z.strictObject({
  exact: z.record(z.string(), z.int()),
  ratios: z.record(z.string(), z.strictObject({ least: z.number().positive(), seen: z.number().positive() })),
});
export type Baseline = z.infer<typeof Baseline>;

export function readBaseline(): Baseline {
  return Baseline.parse(JSON.parse(readFileSync(new URL("baseline.json", import.meta.url), "utf8")));
}
