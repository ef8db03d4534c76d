import { Bench } from "tinybench";

import type { Run } from "./subjects.ts";

export interface RoundOptions {
  readonly rounds: number;
  /** Milliseconds that a contender runs in one round. */
  readonly time: number;
}

/** Rounds that are not counted. */
const WARM_UP = 2;
/**
 * Runs before them. A loop that is compiled while it runs is thrown away where it ends, because what comes behind it never ran
 * before: the TypeScript tokenizer was a quarter slower than it can be for its first 700 runs.
 */
const WARM_UP_RUNS = 1000;

export interface Turn<Name extends string> {
  readonly name: Name;
  /** Of a round that is no warm-up. */
  readonly counted: boolean;
}

/** Contenders in turn, round after round, each round in another order (A B C, B C A, ...): what slows the machine slows them all. */
export function* turns<Name extends string>(names: readonly Name[], rounds: number): Generator<Turn<Name>> {
  for (let round = -WARM_UP; round < rounds; round++) {
    const first = (round + WARM_UP) % names.length;
    for (const name of [...names.slice(first), ...names.slice(0, first)]) yield { name, counted: round >= 0 };
  }
}

/** Milliseconds per run, the median of the runs of `time` milliseconds. */
export function medianRun(run: Run, time: number): number {
  const bench = new Bench({ time, iterations: 8, warmup: false, throws: true });
  bench.add("run", run);
  const { result } = bench.runSync()[0] ?? {};
  if (result === undefined || !("latency" in result)) throw new Error("the benchmark did not run");
  return result.latency.p50;
}

/**
 * Runs contenders in turn.
 *
 * @returns for each contender its milliseconds per run, one value a round: the median of the round's runs
 */
export function measureRounds(contenders: Readonly<Record<string, Run>>, { rounds, time }: RoundOptions): Record<string, number[]> {
  const names = Object.keys(contenders);
  const times: Record<string, number[]> = Object.fromEntries(names.map((name) => [name, []]));
  for (const run of Object.values(contenders)) for (let time = 0; time < WARM_UP_RUNS; time++) run();
  for (const { name, counted } of turns(names, rounds)) {
    const run = contenders[name];
    if (run === undefined) continue;
    const milliseconds = medianRun(run, time);
    if (counted) times[name]?.push(milliseconds);
  }
  return times;
}
