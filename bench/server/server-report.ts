import * as z from "zod";

import { Interval } from "../statistics.ts";
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
  /** Octets that all of the server's processes held at most while a run's answers were checked: see bench/README.md. Not there where the system does not tell. */
  memory: z.number().positive().optional(),
  /** CPU of this program within the time of a run: it is the limit where it comes near to it. */
  driverSeconds: z.number().nonnegative(),
  /** Received in a run, on the connection that is measured. */
  octets: z.number().nonnegative(),
});
export type OperationResult = z.infer<typeof OperationResult>;

export const SizeResult = z.strictObject({
  messages: z.number().int().positive(),
  /** Of all messages together. */
  octets: z.number().int().positive(),
  /** APPEND of all, 250 at a time. */
  fills: z.array(z.strictObject({ server: z.string(), seconds: z.number().positive() })),
  results: z.array(OperationResult),
  /** How many times as fast the first server is as the second; empty without one. */
  ratios: z.array(Interval.extend({ operation: z.string() })),
});
export type SizeResult = z.infer<typeof SizeResult>;

/** The mixed load at one server. A run is all sessions of all clients. */
export const MixedResult = z.strictObject({
  server: z.string(),
  /** Of one run. */
  commands: z.number().int().positive(),
  milliseconds: z.number().positive(),
  rounds: z.array(z.number().positive()).min(1),
  cpuSeconds: z.number().nonnegative().optional(),
  memory: z.number().positive().optional(),
  driverSeconds: z.number().nonnegative(),
  /** Milliseconds that 50, 99 and 99.9 of 100 do not exceed, over all rounds; `count` says how much the last is worth. */
  latencies: z.array(
    z.strictObject({
      command: z.string(),
      count: z.number().int().positive(),
      p50: z.number().positive(),
      p99: z.number().positive(),
      p999: z.number().positive(),
    }),
  ),
});
export type MixedResult = z.infer<typeof MixedResult>;

export const MixedReport = z.strictObject({
  clients: z.number().int().positive(),
  accounts: z.number().int().positive(),
  /** In each account's INBOX. */
  messages: z.number().int().positive(),
  results: z.array(MixedResult),
  ratio: Interval.optional(),
});
export type MixedReport = z.infer<typeof MixedReport>;

/** What `pnpm bench:server --json` prints. */
export const ServerReport = z.strictObject({
  seed: z.number().int(),
  rounds: z.number().int().positive(),
  tls: z.boolean(),
  /** Average number of processes that wanted a CPU in the minute before the start, and CPUs: whether the machine was busy. */
  load: z.number().nonnegative(),
  cpus: z.number().int().positive(),
  /** The processors that servers and driver were bound to, with `--pin`. */
  pinned: z.strictObject({ server: z.int().nonnegative(), driver: z.int().nonnegative() }).optional(),
  servers: z.array(z.string()),
  sizes: z.array(SizeResult),
  /** Time grows with messages to this power; of two sizes or more. */
  growth: z.array(z.strictObject({ operation: z.string(), server: z.string(), exponent: z.number() })),
  mixed: MixedReport.optional(),
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
