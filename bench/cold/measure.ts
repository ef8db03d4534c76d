import { execFileSync } from "node:child_process";
import { join } from "node:path";

import * as z from "zod";

import { root } from "../bundle.ts";
import type { Runtime } from "../results.ts";
import { bootstrapMedian, Interval, median, ratios } from "../statistics.ts";
import { withWorkerd } from "../workerd/start.ts";
import { COLD_CONTENDERS, type ColdContender } from "./first-commands.ts";

/** Each round starts a process for each contender, which takes some 0.2 s. */
const ROUNDS = 15;

const Microseconds = z.array(z.number()).min(1);

/** Microseconds of fresh processes: what else the machine does only adds to them. */
const ColdTime = z.strictObject({ median: z.number().nonnegative(), least: z.number().nonnegative() });
export type ColdTime = z.infer<typeof ColdTime>;

/** The first 1,000 commands in both tokenizers. */
export const ColdCommands = z.strictObject({
  wasm: ColdTime,
  typescript: ColdTime,
  /** How many times as fast WASM is. */
  ratio: Interval,
});
export type ColdCommands = z.infer<typeof ColdCommands>;

/** A runtime's cold start. */
export const ColdStart = z.strictObject({
  /** One call each, and making the tokenizer. */
  oneByOne: ColdCommands,
  /** In network chunks, and making the tokenizer. */
  pipelined: ColdCommands,
  /** One call each, by a tokenizer that was made and warmed up before, as the Worker does while it starts. */
  started: ColdCommands,
  /** Making the first instance of a process, and later ones. */
  firstInstance: ColdTime,
  laterInstance: ColdTime,
  /** The same with a module that does nothing, and has as much memory: less is not to be had from the engine. */
  firstEmpty: ColdTime,
  laterEmpty: ColdTime,
});
export type ColdStart = z.infer<typeof ColdStart>;

function coldTime(microseconds: readonly number[]): ColdTime {
  return { median: median(microseconds), least: Math.min(...microseconds) };
}

function coldCommands(wasm: readonly number[], typescript: readonly number[]): ColdCommands {
  return { wasm: coldTime(wasm), typescript: coldTime(typescript), ratio: bootstrapMedian(ratios(wasm, typescript)) };
}

/** Of the `nth` value that each process has printed. */
function nthTime(processes: readonly (readonly number[])[], nth: number): ColdTime {
  return coldTime(processes.flatMap((process) => process.slice(nth, nth + 1)));
}

/** Measures in fresh processes, the contenders in turn. */
export async function measureCold(runtime: Runtime): Promise<ColdStart> {
  const times: Record<ColdContender, number[][]> = {
    wasm: [],
    typescript: [],
    "wasm-pipelined": [],
    "typescript-pipelined": [],
    "wasm-started": [],
    "typescript-started": [],
    instantiate: [],
    "instantiate-empty": [],
  };
  const measure = { node: inNode, workerd: inWorkerd }[runtime];
  for (let round = 0; round < ROUNDS; round++) {
    for (const contender of COLD_CONTENDERS) times[contender].push(await measure(contender));
  }
  return {
    oneByOne: coldCommands(times.wasm.flat(), times.typescript.flat()),
    pipelined: coldCommands(times["wasm-pipelined"].flat(), times["typescript-pipelined"].flat()),
    started: coldCommands(times["wasm-started"].flat(), times["typescript-started"].flat()),
    firstInstance: nthTime(times.instantiate, 0),
    laterInstance: nthTime(times.instantiate, 1),
    firstEmpty: nthTime(times["instantiate-empty"], 0),
    laterEmpty: nthTime(times["instantiate-empty"], 1),
  };
}

async function inNode(contender: ColdContender): Promise<number[]> {
  const printed = execFileSync(process.execPath, [join(root, "bench/cold/process.ts"), contender], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  return Microseconds.parse(JSON.parse(printed));
}

function inWorkerd(contender: ColdContender): Promise<number[]> {
  return withWorkerd(async (ask) => Microseconds.parse(await ask("/cold", { contender })));
}
