import * as z from "zod";

import { slope } from "../../tests/soak/process-figures.ts";

/** One operation at one server in a mailbox of one size. A run is `count` units, or for a latency one command. */
export const OperationResult = z.strictObject({
  operation: z.string(),
  server: z.string(),
  unit: z.enum(["messages", "commands", "logins", "latency"]),
  count: z.number().int().positive(),
  /** Milliseconds of the first run after the fill: nothing of it has been asked before. */
  first: z.number().positive(),
  /** Milliseconds of a run, the median of the rounds. */
  milliseconds: z.number().positive(),
  rounds: z.array(z.number().positive()).min(1),
  /** Milliseconds that 99 of 100 single commands do not exceed, the median of the rounds. */
  p99: z.number().positive().optional(),
  /** Seconds of CPU of the server's processes for a run, the mean of all; not there where the system does not tell. */
  cpuSeconds: z.number().nonnegative().optional(),
  /** The same of this program, which is the limit where it comes near to the time of the run. */
  driverSeconds: z.number().nonnegative(),
  /** Received in a run, on the connection that is measured. */
  octets: z.number().nonnegative(),
});
export type OperationResult = z.infer<typeof OperationResult>;

const Ratio = z.strictObject({
  operation: z.string(),
  median: z.number().positive(),
  low: z.number().positive(),
  high: z.number().positive(),
});

export const SizeResult = z.strictObject({
  messages: z.number().int().positive(),
  /** Of all messages together. */
  octets: z.number().int().positive(),
  /** APPEND of all, 250 at a time. */
  fills: z.array(z.strictObject({ server: z.string(), seconds: z.number().positive() })),
  results: z.array(OperationResult),
  /** How many times as fast the first server is as the second, with the interval of bench/statistics.ts; empty without a second. */
  ratios: z.array(Ratio),
});
export type SizeResult = z.infer<typeof SizeResult>;

/** What `pnpm bench:server --json` prints. */
export const ServerReport = z.strictObject({
  seed: z.number().int(),
  rounds: z.number().int().positive(),
  tls: z.boolean(),
  /** Average number of processes that wanted a CPU in the minute before the start, and CPUs: whether the machine was busy. */
  load: z.number().nonnegative(),
  cpus: z.number().int().positive(),
  servers: z.array(z.string()),
  sizes: z.array(SizeResult),
  /** Time grows with messages to this power; of two sizes or more. */
  growth: z.array(z.strictObject({ operation: z.string(), server: z.string(), exponent: z.number() })),
});
export type ServerReport = z.infer<typeof ServerReport>;

/** The exponent that fits best, of each operation and server: a line through the logarithms (least squares). Empty for one size. */
export function fitGrowth(sizes: readonly SizeResult[]): ServerReport["growth"] {
  if (sizes.length < 2) return [];
  return (sizes[0]?.results ?? []).map(({ operation, server }) => {
    const points = sizes.flatMap(({ messages, results }) =>
      results
        .filter((one) => one.operation === operation && one.server === server)
        .map(({ milliseconds }): readonly [number, number] => [Math.log(messages), Math.log(milliseconds)]),
    );
    return { operation, server, exponent: slope(points) };
  });
}
