import * as z from "zod";

/** Where a value lies: its median, and the interval that holds it with the confidence asked for. */
export const Interval = z.strictObject({ median: z.number().positive(), low: z.number().positive(), high: z.number().positive() });
export type Interval = z.infer<typeof Interval>;

export interface BootstrapOptions {
  readonly resamples: number;
  /** Between 0 and 1. */
  readonly confidence: number;
  /** The same seed gives the same interval. */
  readonly seed: number;
}

/** A false alarm must be rarer than one in a hundred: hence 99 %. */
export const BOOTSTRAP: BootstrapOptions = { resamples: 2000, confidence: 0.99, seed: 1 };

/** The middle value, or the mean of the two in the middle. Throws if there is none. */
export function median(values: readonly number[]): number {
  return quantile(
    [...values].sort((a, b) => a - b),
    0.5,
  );
}

/** NaN of none. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function quantile(sorted: readonly number[], part: number): number {
  const place = (sorted.length - 1) * part;
  const below = sorted[Math.floor(place)];
  const above = sorted[Math.ceil(place)];
  if (below === undefined || above === undefined) throw new RangeError("no values");
  return below + (above - below) * (place - Math.floor(place));
}

/** Numbers from 0 up to 1, always the same for a seed (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

/** The median of samples and its percentile bootstrap interval: medians of samples drawn from these samples, again and again. */
export function bootstrapMedian(values: readonly number[], { resamples, confidence, seed }: BootstrapOptions = BOOTSTRAP): Interval {
  const random = randomNumbers(seed);
  const medians = Array.from({ length: resamples }, () =>
    median(Array.from(values, () => values[Math.floor(random() * values.length)] ?? 0)),
  ).sort((a, b) => a - b);
  return { median: median(values), low: quantile(medians, (1 - confidence) / 2), high: quantile(medians, (1 + confidence) / 2) };
}

/** How many times as fast a subject was as another, round by round: both took their times in the same rounds. */
export function ratios(subject: readonly number[], other: readonly number[]): number[] {
  if (subject.length !== other.length) throw new RangeError("rounds do not pair up");
  return subject.map((time, round) => (other[round] ?? 0) / time);
}
