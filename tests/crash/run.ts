/**
 * kill -9 in the middle of mixed writes, again and again. Usage: `node tests/crash/run.ts [--rounds N] [--seed N]`.
 * Prints the seed first and last `crash: N rounds, N acknowledged writes, N lost`; exit 1 when something is lost.
 */
import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";

import * as z from "zod";

import { crashLoop } from "./crash-loop.ts";

const Options = z.object({
  rounds: z.coerce.number().int().min(1).max(10_000).default(50),
  seed: z.coerce.number().int().min(0).max(0xffff_ffff).optional(),
});

const { values } = parseArgs({ options: { rounds: { type: "string" }, seed: { type: "string" } } });
const { rounds, seed = randomInt(0x1_0000_0000) } = Options.parse(values);
process.stdout.write(`crash: seed ${seed}\n`);
const { acknowledged, lost } = await crashLoop(rounds, seed, (line) => process.stdout.write(`${line}\n`));
for (const line of lost) process.stdout.write(`LOST ${line}\n`);
process.stdout.write(`crash: ${rounds} rounds, ${acknowledged} acknowledged writes, ${lost.length} lost\n`);
process.exitCode = lost.length === 0 ? 0 : 1;
