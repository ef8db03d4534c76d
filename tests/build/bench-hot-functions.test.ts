import { test } from "vitest";

import { flameSvg } from "../../bench/flame-svg.ts";
import { framesOf, hottestFunctions, type ProfileNode } from "../../bench/hot-functions.ts";

const URL = "file:///bundle.js";
const LINES = ["// packages/a/src/one.ts", "function f() {", "}", "// packages/a/src/two.ts", "var g = () => {};", "function f() {", "}"];
const BUNDLE = { url: URL, text: LINES.join("\n") };

function node(id: number, functionName: string, lineNumber: number, hitCount: number, children: number[] = [], url = URL): ProfileNode {
  return { id, callFrame: { functionName, url, lineNumber }, hitCount, children };
}

const NODES = [
  node(1, "(root)", -1, 0, [2, 3, 4, 7], ""),
  node(2, "f", 1, 20, [5]),
  node(3, "f", 5, 10),
  node(4, "(idle)", -1, 35, [], ""),
  node(5, "", 4, 5, [6]),
  node(6, "f", 1, 20),
  // The same once more, as the profiler has a node for each place that it is called from.
  node(7, "f", 1, 10),
];

test("samples of a function count together, whoever called it, and functions of one name apart", ({ expect }) => {
  const hottest = hottestFunctions(framesOf({ nodes: NODES }, BUNDLE), 4);
  expect(hottest.map(({ name, where, self }) => [name, where, Math.round(self * 100)])).toEqual([
    ["f", "packages/a/src/one.ts", 50],
    ["(idle)", "", 35],
    ["f", "packages/a/src/two.ts", 10],
    ["(anonymous)", "packages/a/src/two.ts", 5],
  ]);
});

test("a flame graph is as wide as the samples, and what was called stands below", ({ expect }) => {
  const svg = flameSvg(framesOf({ nodes: NODES }, BUNDLE));
  const boxes = [...svg.matchAll(/<title>([^<]*)<\/title><rect x="([^"]*)" y="([^"]*)" width="([^"]*)"/g)].map(([, ...box]) => box);
  expect(boxes).toEqual([
    ["(root) (): 100.0 %, itself 0.0 %", "0.0", "0", "1200.0"],
    ["f (packages/a/src/one.ts): 55.0 %, itself 30.0 %", "0.0", "17", "660.0"],
    ["(anonymous) (packages/a/src/two.ts): 25.0 %, itself 5.0 %", "0.0", "34", "300.0"],
    ["f (packages/a/src/one.ts): 20.0 %, itself 20.0 %", "0.0", "51", "240.0"],
    ["(idle) (): 35.0 %, itself 35.0 %", "660.0", "17", "420.0"],
    ["f (packages/a/src/two.ts): 10.0 %, itself 10.0 %", "1080.0", "17", "120.0"],
  ]);
});
