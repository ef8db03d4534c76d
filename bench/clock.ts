/**
 * Clocks for a runtime whose own goes by steps, as workerd's does: there it moves once a millisecond, and reading it takes less than a tenth
 * of a microsecond.
 */
import { median } from "./statistics.ts";
import type { Run } from "./subjects.ts";

/** Reads without a step: hundreds of milliseconds, so the clock stands still, as it does in the deployed runtime. */
const MOST_READS = 10_000_000;
/** These tell what a run usually takes. */
const FIRST_RUNS = 9;
/** How much longer than without interruptions it may take. */
const MOST_WAIT = 100;
/** Steps before and after a run that is timed once. */
const NEIGHBOURS = 9;

interface Step {
  /** Milliseconds, right after the step. */
  readonly at: number;
  /** How often the clock was read until then. */
  readonly reads: number;
}

function nextStep(): Step {
  const before = performance.now();
  for (let reads = 1; reads < MOST_READS; reads++) {
    const at = performance.now();
    if (at !== before) return { at, reads };
  }
  throw new Error("this runtime's clock stands still while code runs: there is nothing to measure with");
}

/**
 * Milliseconds per run, the mean of those of at least `milliseconds`, from a step of the clock on. Runs in which the clock jumps, because the
 * machine gave the processor to another, do not count.
 */
export function timeRuns(run: Run, milliseconds: number): number {
  const start = nextStep().at;
  let before = start;
  const timed = (): number => {
    run();
    const now = performance.now();
    const moved = now - before;
    before = now;
    return moved;
  };
  const jump = 2 * median(Array.from({ length: FIRST_RUNS }, timed)) + 1;
  let runs = 0;
  let counted = 0;
  before = nextStep().at;
  while (counted < milliseconds) {
    const moved = timed();
    if (moved <= jump) {
      runs++;
      counted += moved;
    }
    if (before - start > milliseconds * MOST_WAIT) throw new Error("the machine is too busy to measure anything");
  }
  return counted / runs;
}

/**
 * Microseconds that one run takes, to some ten. The run starts on a step, and the reads from its end to the next step, against those of the
 * steps around, tell how much of the last step was left. Too much where the machine gives the processor to another meanwhile.
 */
export function timeOnce(run: Run): number {
  const neighbours = (): number[] => Array.from({ length: NEIGHBOURS }, () => nextStep().reads);
  const earlier = neighbours();
  const start = nextStep().at;
  run();
  const end = nextStep();
  const readsPerStep = median([...earlier, ...neighbours()]);
  return Math.max(0, end.at - Math.min(1, end.reads / readsPerStep) - start) * 1000;
}
