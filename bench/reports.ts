/** What the programs print with `--json`; that of `pnpm bench:server` is in server/server-report.ts. */
import * as z from "zod";

import { ColdStart } from "./cold/measure.ts";
import { Comparison, Repeated, RUNTIMES } from "./results.ts";
import { Target } from "./targets.ts";
import { Verdict } from "./verdict.ts";

const Runtime = z.enum(RUNTIMES);

/** `pnpm bench`. */
export const BenchReport = z.strictObject({
  speeds: z.partialRecord(Runtime, z.array(Comparison)),
  cold: z.partialRecord(Runtime, ColdStart),
  counters: z.record(z.string(), z.int().nonnegative()),
  targets: z.array(Target),
});
export type BenchReport = z.infer<typeof BenchReport>;

/** `pnpm bench:compare`. */
export const CompareReport = z.strictObject({
  revision: z.string(),
  /** Below this ratio something is slower. */
  threshold: z.number().positive(),
  speeds: z.array(Repeated.extend({ verdict: z.enum(["slower", "faster", "same", "new"]) })),
});
export type CompareReport = z.infer<typeof CompareReport>;

/** `pnpm bench:gate`. */
export const GateReport = z.strictObject({
  passed: z.int().nonnegative(),
  failed: z.int().nonnegative(),
  verdicts: z.array(Verdict),
  /** As the first process found them. */
  speeds: z.array(Comparison),
});
export type GateReport = z.infer<typeof GateReport>;
