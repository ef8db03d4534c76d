import * as z from "zod";

import { turns } from "../measure.ts";
import { compare, type Comparison, MicroResult } from "../results.ts";
import { type Contender, CONTENDERS, type RunQuery } from "./queries.ts";
import { type Ask, withWorkerd } from "./start.ts";

const Names = z.array(z.strictObject({ name: z.string(), reference: z.string() }));
const Milliseconds = z.number().positive();

const ROUNDS = 15;
/** Milliseconds of a round; the clock goes by one, and the run that crosses the end is the error. */
const TIME = 24;

/** The micro benchmarks in workerd, in one isolate: the subject and the reference in turn, timed inside. */
export function runWorkerd(only: readonly string[] | undefined, rounds = ROUNDS): Promise<Comparison[]> {
  return withWorkerd(async (ask) => {
    const names = Names.parse(await ask("/names"));
    const results: Comparison[] = [];
    for (const { name, reference } of names) {
      if (only === undefined || only.includes(name))
        results.push(compare(MicroResult.parse({ name, reference, times: await measure(ask, name, rounds) })));
    }
    return results;
  });
}

async function measure(ask: Ask, name: string, rounds: number): Promise<MicroResult["times"]> {
  const times: Record<Contender, number[]> = { subject: [], reference: [] };
  for (const { name: contender, counted } of turns(CONTENDERS, rounds)) {
    const milliseconds = await timeInWorkerd(ask, { name, contender, time: TIME });
    if (counted) times[contender].push(milliseconds);
  }
  return times;
}

/** Milliseconds per run of one contender, over `time` milliseconds. */
export async function timeInWorkerd(ask: Ask, { name, contender, time }: RunQuery): Promise<number> {
  return Milliseconds.parse(await ask("/run", { name, contender, time: String(time) }));
}
