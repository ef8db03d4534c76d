/**
 * Random clients of one account over random networks, while the account's object is restarted. Usage:
 * `node tests/stress/run.ts [--minutes N] [--actors N] [--seed N]`. Prints the seed first and last
 * `chaos: N steps, N commands, N restarts, N links opened again, N given up, N violations`; exit 1 on any violation.
 */
import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";

import { z } from "zod";

import { chaos } from "./chaos.ts";

/** One round of load, in milliseconds. */
const ROUND = 20_000;

const Options = z.object({
  minutes: z.coerce
    .number()
    .min(0.1)
    .max(24 * 60)
    .default(5),
  actors: z.coerce.number().int().min(1).max(40).default(20),
  seed: z.coerce.number().int().min(0).max(0xffff_ffff).optional(),
});

const text = { type: "string" } as const;
const { values } = parseArgs({ options: { minutes: text, actors: text, seed: text } });
const { minutes, actors, seed = randomInt(0x1_0000_0000) } = Options.parse(values);
process.stdout.write(`chaos: seed ${seed}\n`);
const rounds = Math.max(1, Math.round((minutes * 60_000) / ROUND));
const { steps, commands, restarts, relinked, givenUp, ends, violations } = await chaos(
  { actors, seed, rounds, millisecondsPerRound: Math.min(ROUND, minutes * 60_000) },
  (line) => process.stdout.write(`${line}\n`),
);
for (const [how, count] of ends) process.stdout.write(`${count} connections ended: ${how}\n`);
for (const violation of violations) process.stdout.write(`VIOLATION ${violation}\n`);
process.stdout.write(
  `chaos: ${steps} steps, ${commands} commands, ${restarts} restarts, ${relinked} links opened again, ${givenUp} given up, ${violations.length} violations\n`,
);
process.exitCode = violations.length === 0 ? 0 : 1;
