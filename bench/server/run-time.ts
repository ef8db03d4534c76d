/** One run; of commands that are sent one after the other the median of each, and what 99 of 100 do not exceed. */
export interface RunTime {
  readonly milliseconds: number;
  readonly p99?: number;
  /** CPU of this program within that time: with what reads the answers, without what made the commands. */
  readonly driverSeconds: number;
}

/** @throws what `work` throws */
export async function timed(work: () => Promise<unknown>): Promise<RunTime> {
  const before = process.cpuUsage();
  const start = performance.now();
  await work();
  const milliseconds = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  return { milliseconds, driverSeconds: (user + system) / 1e6 };
}
