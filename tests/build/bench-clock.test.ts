import { afterEach, describe, test, vi } from "vitest";

import { timeOnce, timeRuns } from "../../bench/clock.ts";

/** What one look at the clock takes, in milliseconds. */
const READ = 0.001;

/** A clock that goes by whole milliseconds, as workerd's does. @returns moves the time on */
function steppedClock(): (milliseconds: number) => void {
  let time = 0.4;
  const now = (): number => {
    time += READ;
    return Math.floor(time);
  };
  vi.stubGlobal("performance", { now });
  return (milliseconds) => void (time += milliseconds);
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("many runs", () => {
  test.for([0.05, 0.3, 2.5])("%f ms each", (milliseconds, { expect }) => {
    const pass = steppedClock();
    expect(timeRuns(() => pass(milliseconds), 100)).toBeCloseTo(milliseconds + READ, 1);
  });

  test("runs that were interrupted do not count", ({ expect }) => {
    const pass = steppedClock();
    let runs = 0;
    const time = timeRuns(() => pass(++runs % 50 === 0 ? 4 : 0.1), 100);
    expect(time).toBeCloseTo(0.1, 1);
  });
});

test.for([20, 450, 2300])("one run of %f us", (microseconds, { expect }) => {
  const pass = steppedClock();
  expect(Math.abs(timeOnce(() => pass(microseconds / 1000)) - microseconds)).toBeLessThan(10);
});

test("a clock that stands still is an error, not a time", ({ expect }) => {
  vi.stubGlobal("performance", { now: () => 5 });
  expect(() => timeRuns(() => {}, 1)).toThrow(/stands still/);
});
