import { percentile } from "../../tests/load/memory.ts";
import { bootstrapMedian, mean, median, ratios } from "../statistics.ts";
import type { MailServer } from "./mail-server.ts";
import { fillMailbox } from "./measure.ts";
import {
  type Latencies,
  MIXED_ACCOUNTS,
  MIXED_CLIENTS,
  MIXED_COMMANDS,
  MIXED_MESSAGES,
  mixedUser,
  noLatencies,
  runMixed,
} from "./mixed-load.ts";
import { type RunTime, timed } from "./run-time.ts";
import type { MixedReport, MixedResult } from "./server-report.ts";
import { cpuSeconds, peakMemory } from "./server-processes.ts";

export interface MixedOptions {
  readonly rounds: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}

interface Series {
  readonly server: MailServer;
  readonly latencies: Latencies;
  readonly rounds: RunTime[];
  readonly cpu: number[];
  memory: number | undefined;
}

/** Fills the accounts at each server and measures the mixed load at all of them in turn. @throws Error when an answer is not OK */
export async function measureMixed(servers: readonly MailServer[], { rounds, seed, say }: MixedOptions): Promise<MixedReport> {
  for (const server of servers) {
    for (let account = 0; account < MIXED_ACCOUNTS; account++) await fillMailbox(server, mixedUser(account), MIXED_MESSAGES, seed);
    say(`${server.name}: ${MIXED_ACCOUNTS} accounts with ${MIXED_MESSAGES} messages each`);
  }
  const series = servers.map((server): Series => ({ server, latencies: noLatencies(), rounds: [], cpu: [], memory: undefined }));
  // The first round also makes the passwords known, as a server's first minute does.
  for (const one of series) one.memory = await peakMemory(one.server.pid, () => runMixed(one.server, seed, noLatencies()));
  for (let round = 0; round < rounds; round++) {
    say(`mixed load: round ${round + 1} of ${rounds}`);
    for (const one of round % 2 === 0 ? series : series.toReversed()) {
      const before = cpuSeconds(one.server.pid);
      one.rounds.push(await timed(() => runMixed(one.server, seed + round, one.latencies)));
      const after = cpuSeconds(one.server.pid);
      if (before !== undefined && after !== undefined) one.cpu.push(after - before);
    }
  }
  const [own, other] = series.map((one) => one.rounds.map(({ milliseconds }) => milliseconds));
  return {
    clients: MIXED_CLIENTS,
    accounts: MIXED_ACCOUNTS,
    messages: MIXED_MESSAGES,
    results: series.map(summarize),
    ...(own === undefined || other === undefined ? {} : { ratio: bootstrapMedian(ratios(own, other)) }),
  };
}

function summarize({ server, latencies, rounds, cpu, memory }: Series): MixedResult {
  const milliseconds = rounds.map((round) => round.milliseconds);
  return {
    server: server.name,
    commands: Object.values(latencies).reduce((sum, times) => sum + times.length, 0) / rounds.length,
    milliseconds: median(milliseconds),
    rounds: milliseconds,
    ...(cpu.length === 0 ? {} : { cpuSeconds: mean(cpu) }),
    ...(memory === undefined ? {} : { memory }),
    driverSeconds: median(rounds.map(({ driverSeconds }) => driverSeconds)),
    latencies: MIXED_COMMANDS.map((command) => {
      const times = latencies[command];
      return { command, count: times.length, p50: percentile(times, 50), p99: percentile(times, 99), p999: percentile(times, 99.9) };
    }),
  };
}
