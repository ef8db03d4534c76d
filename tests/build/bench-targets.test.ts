import { test } from "vitest";

import type { ColdCommands, ColdStart } from "../../bench/cold/measure.ts";
import type { Comparison } from "../../bench/results.ts";
import { judgeTargets } from "../../bench/targets.ts";

function comparison(name: string, ratio: number): Comparison {
  return { name, reference: "", milliseconds: 1, overReference: { median: ratio, low: ratio, high: ratio }, overBase: undefined };
}

function coldCommands(ratio: number): ColdCommands {
  const wasm = { median: 1000, least: 900 };
  return { wasm, typescript: { median: ratio * 1000, least: ratio * 900 }, ratio: { median: ratio, low: ratio - 1, high: ratio + 1 } };
}

const COLD: ColdStart = {
  oneByOne: coldCommands(4),
  pipelined: coldCommands(2.9),
  started: coldCommands(3),
  firstInstance: { median: 130, least: 80 },
  laterInstance: { median: 20, least: 15 },
  firstEmpty: { median: 90, least: 60 },
  laterEmpty: { median: 10, least: 8 },
};

test("each target says where it is reached, and what was not measured is left out", ({ expect }) => {
  const targets = judgeTargets({
    speeds: {
      node: [comparison("tokenizer.short", 3.2), comparison("tokenizer.noop", 0.9), comparison("set.parse", 5)],
      workerd: [comparison("tokenizer.short", 2.9), comparison("tokenizer.noop", 0.8), comparison("set.parse", 5)],
    },
    cold: { node: COLD },
    counters: { "parser.wasm-octets": 12_289, "literal.octets-into-wasm": 0 },
  });
  expect(targets.map(({ what, goal, reached }) => `${what} ${goal}: ${reached}`)).toEqual([
    "tokenizer.short, WASM over TypeScript >= 3x: not in workerd",
    "tokenizer.noop, WASM over TypeScript >= 1x: no",
    "cold: first 1,000 commands, one a call, WASM over TypeScript >= 3x: yes",
    "cold: first 1,000 commands, pipelined, WASM over TypeScript >= 3x: no",
    "cold: first 1,000 commands, after the Worker's start, WASM over TypeScript >= 3x: yes",
    "cold: instantiate, first of a process <= 100 us: no",
    "cold: instantiate, later ones <= 100 us: yes",
    "parser.wasm-octets <= 12288: no",
    "literal.octets-into-wasm 0: yes",
  ]);
  expect(targets.find(({ what }) => what.endsWith("first of a process"))?.found.node).toBe(
    "130 us (least 80), an empty module 90 us (least 60)",
  );
});
