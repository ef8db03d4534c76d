/**
 * The load mix of many accounts for a while. Usage: `node tests/soak/run.ts [--minutes N] [--accounts N] [--connections N] [--seed N]`.
 * Prints memory and open handles of the server at intervals, and last
 * `soak: N minutes, N commands, N errors, N MB resident at the end, slope N MB/min, handles N -> N`; exit 1 on any error, or when handles are left.
 */
import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";

import * as z from "zod";

import { megabytes, soak } from "./soak.ts";

const Options = z.object({
  minutes: z.coerce
    .number()
    .min(0.1)
    .max(24 * 60)
    .default(2),
  accounts: z.coerce.number().int().min(1).max(1000).default(20),
  connections: z.coerce.number().int().min(1).max(50).default(2),
  seed: z.coerce.number().int().min(0).max(0xffff_ffff).optional(),
});

/** Samples of a run: enough for a slope, few enough to read. */
const SAMPLES = 24;

const text = { type: "string" } as const;
const { values } = parseArgs({ options: { minutes: text, accounts: text, connections: text, seed: text } });
const { minutes, accounts, connections, seed = randomInt(0x1_0000_0000) } = Options.parse(values);
const milliseconds = minutes * 60_000;
process.stdout.write(`soak: seed ${seed}, ${accounts} accounts, ${accounts * connections} connections\n`);
const report = await soak(
  { milliseconds, accounts, connectionsPerAccount: connections, seed, interval: Math.min(60_000, milliseconds / SAMPLES) },
  (line) => process.stdout.write(`${line}\n`),
);
for (const error of report.errors) process.stdout.write(`ERROR ${error}\n`);
process.stdout.write(
  `soak: ${minutes} minutes, ${report.commands} commands, ${report.errors.length} errors, ${megabytes(report.samples.at(-1)?.resident ?? 0)} MB resident at the end, ` +
    `slope ${megabytes(report.slope)} MB/min, handles ${report.handles.before} -> ${report.handles.after}\n`,
);
process.exitCode = report.errors.length === 0 && report.handles.after <= report.handles.before ? 0 : 1;
