import { describe, test } from "vitest";

import type { Baseline } from "../../bench/baseline.ts";
import { readBaseline } from "../../bench/baseline.ts";
import type { Comparison } from "../../bench/results.ts";
import { bootstrapMedian, type Interval } from "../../bench/statistics.ts";
import { judgeCounters, judgePinned, judgeSpeeds } from "../../bench/verdict.ts";

const BASELINE: Baseline = { exact: { rows: 5 }, atMost: { octets: 100 }, ratios: { fast: { least: 2, seen: 4 } }, pinned: 0.9 };
const FIVE: Interval = { median: 5, low: 5, high: 5 };

function comparison(overReference: Interval, overBase?: Interval): Comparison {
  return { name: "fast", reference: "a slow way", milliseconds: 1, overReference, overBase };
}

describe("counters", () => {
  test.for([
    [{ rows: 5, octets: 100 }, []],
    [{ rows: 6, octets: 100 }, ["rows: 6 instead of 5, +1"]],
    [{ rows: 4, octets: 99 }, ["rows: 4 instead of 5, -1"]],
    [{ rows: 5, octets: 101 }, ["octets: 101, +1 above the ceiling of 100"]],
    [{ rows: 5 }, ["octets: is in bench/baseline.json but is not counted any more"]],
    [{ rows: 5, octets: 1, more: 3 }, ["more: 3, but bench/baseline.json does not have it"]],
  ] as const)("%j", ([counters, failures], { expect }) => {
    const failed = judgeCounters(counters, BASELINE).filter(({ ok }) => !ok);
    expect(failed.map(({ name, text }) => `${name}: ${text.split(";")[0]}`)).toEqual(failures);
  });
});

test("a counter that changed names the command that shows what is behind it", ({ expect }) => {
  const exact = { "append.rows-read": 1, "parser.wasm-octets": 1 };
  const texts = judgeCounters({ "append.rows-read": 2, "parser.wasm-octets": 2 }, { ...BASELINE, exact, atMost: {} }).map(
    ({ text }) => text,
  );
  expect(texts).toEqual([
    "2 instead of 1, +1; look further with node bench/statements.ts append; if it is meant, bench/baseline.json says so in the same commit",
    expect.stringContaining("node scripts/build.ts --named"),
  ]);
});

describe("speeds", () => {
  test.for([
    ["the whole interval is below", { median: 1.8, low: 1.7, high: 1.99 }, false],
    ["the interval reaches the threshold", { median: 1.8, low: 1.5, high: 2 }, true],
    ["all is above", FIVE, true],
  ] as const)("%s", ([, interval, passes], { expect }) => {
    expect(judgeSpeeds([comparison(interval)], BASELINE).map(({ ok }) => ok)).toEqual([passes]);
  });

  test("a failure says what, how much, and how to look further", ({ expect }) => {
    const [, verdict] = judgeSpeeds([comparison(FIVE, { median: 0.8, low: 0.79, high: 0.82 })], BASELINE);
    expect(verdict).toEqual({
      name: "fast (pinned)",
      ok: false,
      text: "0.80x (0.79 to 0.82) the speed of the pinned revision; at least 0.9, seen 1; -20 %; look further with pnpm bench:profile fast",
    });
  });

  test("a pinned revision that lacks a benchmark says nothing of it, one that fails in it is a failure", ({ expect }) => {
    expect(judgeSpeeds([comparison(FIVE)], BASELINE)).toHaveLength(1);
    expect(judgeSpeeds([{ ...comparison(FIVE), notCompared: "broken" }], BASELINE)).toMatchObject([
      { ok: true },
      { name: "fast (pinned)", ok: false, text: "the pinned revision does not run it: broken" },
    ]);
  });

  test("what is not pinned yet is a failure, which says how it is pinned", ({ expect }) => {
    expect(judgePinned([comparison(FIVE, FIVE), { ...comparison(FIVE), notCompared: "broken" }])).toEqual([]);
    expect(judgePinned([comparison(FIVE)])).toEqual([
      { name: "fast (pinned)", ok: false, text: "the pinned revision does not have it: pnpm bench:pin" },
    ]);
  });

  test("what noise leaves open is measured again", ({ expect }) => {
    expect(judgeSpeeds([comparison({ median: 2.1, low: 1.9, high: 2.2 })], BASELINE)).toMatchObject([{ ok: true, unsure: true }]);
    expect(judgeSpeeds([comparison(FIVE)], BASELINE)).toMatchObject([{ ok: true, unsure: false }]);
  });

  test("a benchmark that is gone, or that the baseline does not have, fails", ({ expect }) => {
    expect(judgeSpeeds([], BASELINE)).toMatchObject([{ name: "fast", ok: false }]);
    expect(judgeSpeeds([comparison(FIVE)], { ...BASELINE, ratios: {} })).toMatchObject([{ name: "fast", ok: false }]);
  });
});

/** Speeds of rounds around `speed`, which noise moves by up to a fifth, and in one round of eight by half. */
function noisyRounds(speed: number, seed: number): number[] {
  let state = seed;
  const random = (): number => (state = (state * 48_271) % 0x7fff_ffff) / 0x7fff_ffff;
  return Array.from({ length: 15 }, () => speed * (0.9 + 0.2 * random()) * (random() < 0.125 ? 0.5 + random() : 1));
}

function failures(speed: number): number {
  const runs = Array.from({ length: 50 }, (_, run) => comparison(FIVE, bootstrapMedian(noisyRounds(speed, run + 1))));
  return runs.filter((run) => judgeSpeeds([run], BASELINE).some(({ ok }) => !ok)).length;
}

test("in rounds as noisy as a shared machine's, 50 runs of the same speed raise no alarm", ({ expect }) => {
  expect(failures(1)).toBe(0);
});

test("in the same noise, a third less speed is nearly always seen", ({ expect }) => {
  expect(failures(0.67)).toBeGreaterThan(45);
});

test("the baseline that is committed can be read", ({ expect }) => {
  expect(readBaseline().exact["literal.octets-into-wasm"]).toBe(0);
});
