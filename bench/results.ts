import { execFileSync } from "node:child_process";
import { join } from "node:path";

import * as z from "zod";

import { root } from "./bundle.ts";
import { bootstrapMedian, Interval, median, ratios } from "./statistics.ts";

export const RUNTIMES = ["node", "workerd"] as const;
export type Runtime = (typeof RUNTIMES)[number];
/** What was measured in each runtime that was asked for. */
export type ByRuntime<T> = Partial<Readonly<Record<Runtime, T>>>;

const Times = z.array(z.number().positive()).min(1);

/** What bench/micro.ts prints for one benchmark: milliseconds per run, round by round. */
export const MicroResult = z.strictObject({
  name: z.string(),
  /** What the reference is. */
  reference: z.string(),
  times: z.strictObject({ subject: Times, reference: Times, base: Times.optional() }),
  /** Why the other revision was not measured, where it does not have what is measured. */
  notCompared: z.string().optional(),
});
export type MicroResult = z.infer<typeof MicroResult>;

/** One benchmark, judged. */
export const Comparison = z.strictObject({
  name: z.string(),
  reference: z.string(),
  /** Milliseconds per run, the median of the rounds. */
  milliseconds: z.number().positive(),
  /** Speed as a multiple of the reference's. */
  overReference: Interval,
  /** Speed as a multiple of the other revision's; `undefined` if that one does not have it. */
  overBase: Interval.optional(),
  notCompared: z.string().optional(),
});
export type Comparison = z.infer<typeof Comparison>;

export function compare({ name, reference, times, notCompared }: MicroResult): Comparison {
  return {
    name,
    reference,
    milliseconds: median(times.subject),
    overReference: bootstrapMedian(ratios(times.subject, times.reference)),
    overBase: times.base === undefined ? undefined : bootstrapMedian(ratios(times.subject, times.base)),
    notCompared,
  };
}

export interface MicroOptions {
  /** Folder of the bundle to compare with. */
  readonly base?: string | undefined;
  readonly only?: readonly string[] | undefined;
  readonly rounds?: number | undefined;
  readonly plant?: "slow-tokenizer" | undefined;
}

/** Runs the micro benchmarks in a process of their own. */
export function runMicro(options: MicroOptions): Comparison[] {
  return measureMicro(options).map(compare);
}

/** One benchmark in several processes: judged by all rounds together, and by those of each process. */
export const Repeated = Comparison.extend({ processes: z.array(Comparison) });
export type Repeated = z.infer<typeof Repeated>;

/** Runs them in several processes, one after the other: what an engine chooses at its start is chosen anew in each. */
export function runMicroRepeated(options: MicroOptions, processes: number): Repeated[] {
  const all = Array.from({ length: processes }, () => measureMicro(options));
  return (all[0] ?? []).map(({ name }) => {
    const results = all.flatMap((process) => process.filter((result) => result.name === name));
    return { ...compare(results.reduce(joined)), processes: results.map(compare) };
  });
}

function joined(one: MicroResult, other: MicroResult): MicroResult {
  const base = one.times.base === undefined ? {} : { base: [...one.times.base, ...(other.times.base ?? [])] };
  return {
    ...one,
    times: {
      subject: [...one.times.subject, ...other.times.subject],
      reference: [...one.times.reference, ...other.times.reference],
      ...base,
    },
  };
}

function measureMicro({ base, only, rounds, plant }: MicroOptions): MicroResult[] {
  const args = [join(root, "bench/micro.ts")];
  if (base !== undefined) args.push("--base", base);
  if (only !== undefined) args.push("--only", only.join(","));
  if (rounds !== undefined) args.push("--rounds", String(rounds));
  if (plant !== undefined) args.push("--plant", plant);
  const printed = execFileSync(process.execPath, args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  return z.array(MicroResult).parse(JSON.parse(printed));
}
