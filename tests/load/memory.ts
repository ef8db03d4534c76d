import { existsSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

import { processFigures } from "../soak/process-figures.ts";

/** Samples of a settled process, a second apart: V8 and SQLite still move a little. */
const SAMPLES = 5;
/** Milliseconds between two looks for a peak. */
const PEAK_INTERVAL = 20;

/** Octets of memory that belong to the process alone, without mapped files, which come and go as they please. Where the system does not say, all that is resident. */
export function privateMemory(pid: number): number {
  const status = `/proc/${pid}/status`;
  if (!existsSync(status)) return processFigures(pid).resident;
  const kilobytes = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(status, "utf8"))?.[1];
  if (kilobytes === undefined) throw new Error(`process ${pid} has no RssAnon`);
  return Number(kilobytes) * 1024;
}

/** The median of some samples, in octets, after so many seconds without work; with 0 what it is now. */
export async function settledMemory(pid: number, seconds: number): Promise<number> {
  if (seconds === 0) return privateMemory(pid);
  await delay(seconds * 1000);
  const samples: number[] = [];
  for (let left = SAMPLES; left > 0; left--) {
    samples.push(privateMemory(pid));
    await delay(1000);
  }
  return percentile(samples, 50);
}

/** The highest that is seen until `work` is done, in octets. @throws what `work` throws */
export async function peakMemory(pid: number, work: Promise<unknown>): Promise<number> {
  let peak = privateMemory(pid);
  const timer = setInterval(() => (peak = Math.max(peak, privateMemory(pid))), PEAK_INTERVAL);
  try {
    await work;
    return Math.max(peak, privateMemory(pid));
  } finally {
    clearInterval(timer);
  }
}

/** The smallest value that at least `percent` of all do not exceed; NaN of none. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN;
}
