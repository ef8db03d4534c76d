import * as z from "zod";

import type { Baseline } from "./baseline.ts";
import type { Counters } from "./counters.ts";
import type { Comparison } from "./results.ts";
import type { Interval } from "./statistics.ts";

/** One thing that the gate looked at. */
export const Verdict = z.strictObject({
  name: z.string(),
  ok: z.boolean(),
  /** Noise leaves open whether it is ok. */
  unsure: z.boolean().optional(),
  /** What was found, what was expected, and where it failed by how much and how to look further. */
  text: z.string(),
});
export type Verdict = z.infer<typeof Verdict>;

/** Every counter must have an entry, and every entry a counter: else something is no longer watched. */
export function judgeCounters(counters: Counters, { exact, atMost }: Baseline): Verdict[] {
  const names = new Set([...Object.keys(exact), ...Object.keys(atMost), ...Object.keys(counters)]);
  return [...names].map((name) => judgeCounter(name, counters[name], exact[name], atMost[name]));
}

function judgeCounter(name: string, value: number | undefined, exact: number | undefined, most: number | undefined): Verdict {
  if (value === undefined) return { name, ok: false, text: "is in bench/baseline.json but is not counted any more" };
  if (exact !== undefined) {
    const change =
      value === exact
        ? ""
        : ` instead of ${exact}, ${signed(value - exact)}; look further with ${lookInto(name)}; if it is meant, bench/baseline.json says so in the same commit`;
    return { name, ok: value === exact, text: `${value}${change}` };
  }
  if (most === undefined) return { name, ok: false, text: `${value}, but bench/baseline.json does not have it` };
  if (value <= most) return { name, ok: true, text: `${value}, at most ${most}` };
  return {
    name,
    ok: false,
    text: `${value}, ${signed(value - most)} above the ceiling of ${most}; look further with ${lookInto(name)}; if it is meant, raise it in bench/baseline.json`,
  };
}

/** A command that shows what is behind a counter. */
function lookInto(name: string): string {
  const [counted = "", what = ""] = name.split(".");
  if (/^(?:rows-read|rows-written|statements|bodies-read|octets-sent)$/.test(what)) return `node bench/statements.ts ${counted}`;
  if (what === "objects-per-million-commands") return "node --heap-prof --expose-gc bench/heap.ts";
  if (counted === "parser" || counted === "octets") return "node scripts/build.ts --named, which writes dist/assembly/";
  return "git log --stat packages";
}

function signed(value: number): string {
  return value > 0 ? `+${value}` : String(value);
}

/** A speed is too low only where the whole interval is: what noise can explain is no regression. */
export function judgeSpeeds(comparisons: readonly Comparison[], { ratios, pinned }: Baseline): Verdict[] {
  const verdicts = comparisons.flatMap(({ name, reference, overReference, overBase, notCompared }) => {
    const entry = ratios[name];
    const first: Verdict =
      entry === undefined
        ? { name, ok: false, text: "bench/baseline.json does not have it" }
        : judgeSpeed(name, overReference, entry.least, entry.seen, reference);
    if (notCompared !== undefined)
      return [first, { name: pinnedName(name), ok: false, text: `the pinned revision does not run it: ${notCompared}` }];
    return overBase === undefined ? [first] : [first, judgeSpeed(pinnedName(name), overBase, pinned, 1, "the pinned revision")];
  });
  const measured = new Set(comparisons.map(({ name }) => name));
  for (const name of Object.keys(ratios)) {
    if (!measured.has(name)) verdicts.push({ name, ok: false, text: "is in bench/baseline.json but is not measured any more" });
  }
  return verdicts;
}

/** What the pinned revision does not have is compared with nothing: it has to be pinned. */
export function judgePinned(comparisons: readonly Comparison[]): Verdict[] {
  return comparisons
    .filter(({ overBase, notCompared }) => overBase === undefined && notCompared === undefined)
    .map(({ name }) => ({ name: pinnedName(name), ok: false, text: "the pinned revision does not have it: pnpm bench:pin" }));
}

/** Name of the verdict that compares with the pinned revision. */
export function pinnedName(name: string): string {
  return `${name} (pinned)`;
}

/** `least` is where it fails, `seen` what it was once: ratios both. */
function judgeSpeed(name: string, interval: Interval, least: number, seen: number, other: string): Verdict {
  const found = `${showRatio(interval)} the speed of ${other}; at least ${least}`;
  if (interval.high >= least) return { name, ok: true, unsure: interval.low < least, text: found };
  const change = Math.round((interval.median / seen - 1) * 100);
  const profile = `pnpm bench:profile ${name.split(" ")[0]}`;
  return { name, ok: false, text: `${found}, seen ${seen}; ${signed(change)} %; look further with ${profile}` };
}

/** `3.12x (3.05 to 3.20)` */
export function showRatio({ median, low, high }: Interval): string {
  return `${median.toFixed(2)}x (${low.toFixed(2)} to ${high.toFixed(2)})`;
}
