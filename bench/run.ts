/** Prints every short benchmark, cold starts and every counter, and what of it reaches its target; see USAGE. */
import * as z from "zod";

import { bundleSubjects, CURRENT, root } from "./bundle.ts";
import { type ColdStart, measureCold } from "./cold/measure.ts";
import { OUTPUT_NAMES, OUTPUT_USAGE, OUTPUTS, putReport, readOptions, runProgram, someOf, wholeNumber } from "./command-line.ts";
import { countAll } from "./counters.ts";
import { BENCHMARKS } from "./names.ts";
import { asMarkdown, asSvg, asText, runtimeTable, targetTable } from "./report.ts";
import { BenchReport } from "./reports.ts";
import { type Comparison, type Runtime, RUNTIMES, runMicro } from "./results.ts";
import { judgeTargets } from "./targets.ts";
import { runWorkerd } from "./workerd/measure.ts";
import { bundleForWorkerd } from "./workerd/start.ts";

const USAGE = `
Usage: pnpm bench [OPTIONS]

Runs the short benchmarks, cold starts and counters.

  --runtime NAME      node or workerd (both)
  --only NAME,...     some of the benchmarks, without cold starts and counters
  --rounds N          (15)
${OUTPUT_USAGE}
  --svg FILE          draws the speeds over their references

Exit code 0, or 2 where it could not be measured.
`;

const Options = z.strictObject({
  runtime: z.enum(RUNTIMES, { error: `expects ${RUNTIMES.join(" or ")}` }).optional(),
  only: someOf("benchmark", BENCHMARKS),
  rounds: wholeNumber(1, 10_000).optional(),
  ...OUTPUTS,
});
type Options = z.infer<typeof Options>;

async function measureSpeeds(runtime: Runtime, { only, rounds }: Options): Promise<Comparison[]> {
  switch (runtime) {
    case "node":
      await bundleSubjects(root, CURRENT);
      return runMicro({ only, rounds });
    case "workerd":
      await bundleForWorkerd();
      return runWorkerd(only, rounds);
    default:
      return runtime satisfies never;
  }
}

async function measure(options: Options): Promise<BenchReport> {
  const runtimes = options.runtime === undefined ? RUNTIMES : [options.runtime];
  const whole = options.only === undefined;
  const speeds: { [runtime in Runtime]?: Comparison[] } = {};
  const cold: { [runtime in Runtime]?: ColdStart } = {};
  for (const runtime of runtimes) {
    speeds[runtime] = await measureSpeeds(runtime, options);
    if (whole) cold[runtime] = await measureCold(runtime);
  }
  const counters = whole ? await countAll() : {};
  return BenchReport.parse({ speeds, cold, counters, targets: judgeTargets({ speeds, cold, counters }) });
}

function draw({ speeds }: BenchReport): string {
  const bars = RUNTIMES.flatMap((runtime) =>
    (speeds[runtime] ?? []).map(({ name, overReference }) => ({ name: `${name} (${runtime})`, ratio: overReference })),
  );
  return asSvg(bars, "times as fast as the reference");
}

function show({ speeds, targets, counters }: BenchReport, markdown: boolean): string {
  const tables = [runtimeTable(speeds)];
  if (targets.length > 0) tables.push(targetTable(targets));
  const counted = Object.entries(counters).map(([name, value]) => [name, String(value)]);
  if (counted.length > 0) tables.push({ columns: ["counter", "value"], rows: counted });
  return tables.map(markdown ? asMarkdown : asText).join("\n");
}

await runProgram(async () => {
  const texts = ["runtime", "only", "rounds", ...OUTPUT_NAMES.texts];
  const options = readOptions(USAGE, Options, { texts, flags: OUTPUT_NAMES.flags });
  const report = await measure(options);
  putReport(report, options, { text: show(report, options.markdown), drawing: () => draw(report) });
  return "fine";
});
