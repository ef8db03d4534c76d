/** What the parser is meant to reach. The gate's thresholds in baseline.json are lower: they must hold on every processor. */
import * as z from "zod";

import type { ColdStart, ColdTime } from "./cold/measure.ts";
import type { Counters } from "./counters.ts";
import { type ByRuntime, type Comparison, type Runtime, RUNTIMES } from "./results.ts";
import { showRatio } from "./verdict.ts";

export const Target = z.strictObject({
  what: z.string(),
  /** As text, such as `>= 3x`. */
  goal: z.string(),
  found: z.partialRecord(z.enum(RUNTIMES), z.string()),
  /** `yes`, `no`, or where it is not reached. */
  reached: z.string(),
});
export type Target = z.infer<typeof Target>;

export interface Measured {
  readonly speeds: ByRuntime<readonly Comparison[]>;
  readonly cold: ByRuntime<ColdStart>;
  readonly counters: Counters;
}

const SPEED_GOALS: Readonly<Record<string, number>> = {
  "tokenizer.short": 3,
  "tokenizer.sets": 15,
  "tokenizer.quoted": 15,
  "framer.pipelined": 3,
  "link.pieces": 3,
  "arguments.fetch": 1,
  "response.flags": 2,
  "mime.scan": 3,
  "mime.field-filter": 3,
  "search.body": 3,
  "search.body-texts": 3,
  "search.field": 3,
};
const EVERY_CORPUS = 1;
const COLD_RATIO = 3;
const INSTANTIATE_MICROSECONDS = 100;
/** Counted in Node; what no runtime can change holds for both. Objects on the heap are what an engine makes of the code. */
const COUNTER_GOALS: readonly (readonly [name: string, most: number, holdsFor: readonly Runtime[]])[] = [
  ["parser.wasm-octets", 12 * 1024, RUNTIMES],
  ["octets.wasm-octets", 5.5 * 1024, RUNTIMES],
  ["parser.objects-per-million-commands", 0, ["node"]],
  ["literal.octets-into-wasm", 0, RUNTIMES],
];

/** Least speed over the reference, where there is a goal. */
export function goalOf(name: string): number | undefined {
  return SPEED_GOALS[name] ?? (name.startsWith("tokenizer.") ? EVERY_CORPUS : undefined);
}

interface Value {
  readonly runtime: Runtime;
  readonly text: string;
  readonly ok: boolean;
}

function target(what: string, goal: string, values: readonly Value[]): Target[] {
  if (values.length === 0) return [];
  const missed = values.filter(({ ok }) => !ok).map(({ runtime }) => runtime);
  const reached = missed.length === 0 ? "yes" : missed.length === values.length ? "no" : `not in ${missed.join(", ")}`;
  return [{ what, goal, found: Object.fromEntries(values.map(({ runtime, text }) => [runtime, text])), reached }];
}

function inEach<T>(measured: ByRuntime<T>, judge: (one: T) => { readonly text: string; readonly ok: boolean } | undefined): Value[] {
  return RUNTIMES.flatMap((runtime) => {
    const one = measured[runtime];
    const judged = one === undefined ? undefined : judge(one);
    return judged === undefined ? [] : [{ runtime, ...judged }];
  });
}

function showTime({ median, least }: ColdTime): string {
  return `${median.toFixed(0)} us (least ${least.toFixed(0)})`;
}

/** Every target with what was found, by its median; one that was not measured is left out. */
export function judgeTargets({ speeds, cold, counters }: Measured): Target[] {
  const names = new Set(RUNTIMES.flatMap((runtime) => speeds[runtime] ?? []).map(({ name }) => name));
  const speedTargets = [...names].flatMap((name) => {
    const goal = goalOf(name);
    if (goal === undefined) return [];
    const values = inEach(speeds, (comparisons) => {
      const ratio = comparisons.find((one) => one.name === name)?.overReference;
      return ratio === undefined ? undefined : { text: showRatio(ratio), ok: ratio.median >= goal };
    });
    const over = name.startsWith("tokenizer.") ? "WASM over TypeScript" : "over its reference";
    return target(`${name}, ${over}`, `>= ${goal}x`, values);
  });
  const instance = (name: "firstInstance" | "laterInstance", floor: "firstEmpty" | "laterEmpty"): Value[] =>
    inEach(cold, (one) => ({
      text: `${showTime(one[name])}, an empty module ${showTime(one[floor])}`,
      ok: one[name].median <= INSTANTIATE_MICROSECONDS,
    }));
  const firstCommands = (name: "oneByOne" | "pipelined" | "started", how: string): Target[] => {
    const values = inEach(cold, ({ [name]: { wasm, typescript, ratio } }) => ({
      text: `${showRatio(ratio)}: ${showTime(wasm)} against ${showTime(typescript)}`,
      ok: ratio.median >= COLD_RATIO,
    }));
    return target(`cold: first 1,000 commands, ${how}, WASM over TypeScript`, `>= ${COLD_RATIO}x`, values);
  };
  const counted = COUNTER_GOALS.flatMap(([name, most, holdsFor]) => {
    const value = counters[name];
    if (value === undefined) return [];
    const found = { text: String(value), ok: value <= most };
    return target(
      name,
      most === 0 ? "0" : `<= ${most}`,
      holdsFor.map((runtime) => ({ runtime, ...found })),
    );
  });
  return [
    ...speedTargets,
    ...firstCommands("oneByOne", "one a call"),
    ...firstCommands("pipelined", "pipelined"),
    ...firstCommands("started", "after the Worker's start"),
    ...target("cold: instantiate, first of a process", `<= ${INSTANTIATE_MICROSECONDS} us`, instance("firstInstance", "firstEmpty")),
    ...target("cold: instantiate, later ones", `<= ${INSTANTIATE_MICROSECONDS} us`, instance("laterInstance", "laterEmpty")),
    ...counted,
  ];
}
