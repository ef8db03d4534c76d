/**
 * Prints every short benchmark, cold starts and every counter, and what of it reaches its target. Usage:
 * `node bench/run.ts [--runtime node|workerd] [--only NAME,...] [--json | --markdown | --svg]`: both runtimes without --runtime. With
 * --only it measures only speeds, and the SVG holds only those.
 */
import { parseArgs } from "node:util";

import * as z from "zod";

import { bundleSubjects, CURRENT, root } from "./bundle.ts";
import { type ColdStart, measureCold } from "./cold/measure.ts";
import { countAll } from "./counters.ts";
import { asMarkdown, asSvg, asText, runtimeTable, targetTable } from "./report.ts";
import { type ByRuntime, type Comparison, type Runtime, RUNTIMES, runMicro } from "./results.ts";
import { judgeTargets } from "./targets.ts";
import { runWorkerd } from "./workerd/measure.ts";
import { bundleForWorkerd } from "./workerd/start.ts";

const { values } = parseArgs({
  options: {
    runtime: { type: "string" },
    only: { type: "string" },
    json: { type: "boolean" },
    markdown: { type: "boolean" },
    svg: { type: "boolean" },
  },
});
const runtimes: readonly Runtime[] = values.runtime === undefined ? RUNTIMES : [z.enum(RUNTIMES).parse(values.runtime)];
const only = values.only?.split(",");
const whole = only === undefined && values.svg !== true;

async function measureSpeeds(runtime: Runtime): Promise<Comparison[]> {
  switch (runtime) {
    case "node":
      await bundleSubjects(root, CURRENT);
      return runMicro(only === undefined ? {} : { only });
    case "workerd":
      await bundleForWorkerd();
      return runWorkerd(only);
    default:
      return runtime satisfies never;
  }
}

const speeds: { [runtime in Runtime]?: Comparison[] } = {};
const cold: { [runtime in Runtime]?: ColdStart } = {};
for (const runtime of runtimes) {
  speeds[runtime] = await measureSpeeds(runtime);
  if (whole) cold[runtime] = await measureCold(runtime);
}
const counters = whole ? await countAll() : {};
const targets = judgeTargets({ speeds, cold, counters });

function asBars(measured: ByRuntime<readonly Comparison[]>): string {
  const bars = RUNTIMES.flatMap((runtime) => (measured[runtime] ?? []).map((one) => ({ ...one, name: `${one.name} (${runtime})` })));
  return asSvg(
    bars.map(({ name, overReference }) => ({ name, ratio: overReference })),
    "times as fast as the reference",
  );
}

if (values.svg === true) process.stdout.write(asBars(speeds));
else if (values.json === true) process.stdout.write(`${JSON.stringify({ speeds, cold, counters, targets }, undefined, 2)}\n`);
else {
  const format = values.markdown === true ? asMarkdown : asText;
  process.stdout.write(format(runtimeTable(speeds)));
  if (targets.length > 0) process.stdout.write(`\n${format(targetTable(targets))}`);
  if (values.markdown !== true && whole) {
    process.stdout.write("\n");
    for (const [name, value] of Object.entries(counters)) process.stdout.write(`${name.padEnd(38)} ${value}\n`);
  }
}
