/**
 * Compares the working tree with a git revision: builds that one beside it, in a worktree in the temporary folder, and runs both in turn
 * in the same processes; see USAGE. Something is slower only where the whole 99 % interval of the ratio is below the threshold, and so is
 * the ratio of each process.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import * as z from "zod";

import { bundleSubjects, checkOut, CURRENT, removeCheckOut, root } from "./bundle.ts";
import {
  OUTPUT_NAMES,
  OUTPUT_USAGE,
  OUTPUTS,
  putReport,
  readOptions,
  runProgram,
  someOf,
  UsageError,
  wholeNumber,
} from "./command-line.ts";
import { BENCHMARKS } from "./names.ts";
import { asMarkdown, asSvg, asText, comparisonTable } from "./report.ts";
import { CompareReport } from "./reports.ts";
import { type Repeated, runMicroRepeated } from "./results.ts";

/** Below this a difference is not called one: the same code differs by so much from one place in memory to another. */
const THRESHOLD = 0.95;
const PROCESSES = 3;

const USAGE = `
Usage: pnpm bench:compare REF [OPTIONS]

Compares the speed of the working tree with that of a git revision.

  --only NAME,...     some of the benchmarks
  --rounds N          in each of ${PROCESSES} processes (11)
${OUTPUT_USAGE}
  --svg FILE          draws the ratios

Exit code 0, 1 where something is slower, or 2 where it could not be measured.
`;

const Options = z.strictObject({
  REF: z.string().min(1),
  only: someOf("benchmark", BENCHMARKS),
  rounds: wholeNumber(1, 10_000).default(11),
  ...OUTPUTS,
});
type Options = z.infer<typeof Options>;

function git(...args: readonly string[]): string {
  return execFileSync("git", args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
}

/** @throws UsageError when there is no such revision here */
function revisionOf(name: string): string {
  try {
    return git("rev-parse", "--short", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`);
  } catch (error) {
    throw new UsageError(`${name}: ${whyNot()}`, { cause: error });
  }
}

function whyNot(): string {
  try {
    if (git("rev-parse", "--is-shallow-repository") === "true")
      return "this clone is shallow and may lack it: git fetch --unshallow, or fetch-depth: 0 of actions/checkout";
  } catch {
    return "this is no git repository, or there is no git";
  }
  return "names no revision of this repository";
}

/** The line of a compiler's or a bundler's words that says what is wrong. */
function reasonOf(error: unknown): string {
  const lines = (error instanceof Error ? error.message : String(error))
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith("Build failed with"));
  return (lines.find((line) => /error/i.test(line) && !line.startsWith("Command failed")) ?? lines[0] ?? "").trim();
}

function verdictOf({ overBase, processes }: Repeated): CompareReport["speeds"][number]["verdict"] {
  if (overBase === undefined) return "new";
  const each = processes.map((one) => one.overBase?.median ?? 1);
  if (overBase.high < THRESHOLD && each.every((ratio) => ratio < THRESHOLD)) return "slower";
  return overBase.low > 1 / THRESHOLD && each.every((ratio) => ratio > 1 / THRESHOLD) ? "faster" : "same";
}

async function measure(revision: string, { only, rounds }: Options): Promise<CompareReport> {
  const folder = mkdtempSync(join(tmpdir(), "sluice-compare-"));
  const tree = join(folder, "tree");
  try {
    const base = join(folder, "bundle");
    try {
      checkOut(revision, tree);
      await bundleSubjects(tree, base, { older: true });
    } catch (error) {
      throw new UsageError(`${revision} cannot be built with the tools of this one: ${reasonOf(error)}`, { cause: error });
    }
    await bundleSubjects(root, CURRENT);
    const speeds = runMicroRepeated({ base, rounds, only }, PROCESSES).map((one) => ({ ...one, verdict: verdictOf(one) }));
    return CompareReport.parse({ revision, threshold: THRESHOLD, speeds });
  } finally {
    removeCheckOut(tree);
    rmSync(folder, { recursive: true, force: true });
  }
}

function namesWith({ speeds }: CompareReport, wanted: string): string {
  return speeds
    .filter(({ verdict }) => verdict === wanted)
    .map(({ name, notCompared }) => (notCompared === undefined ? name : `${name} (${notCompared})`))
    .join(", ");
}

function show(report: CompareReport, markdown: boolean): string {
  const { revision, speeds } = report;
  const table = comparisonTable(speeds, revision, ({ verdict }) => verdict);
  const [slower, fresh] = [namesWith(report, "slower"), namesWith(report, "new")];
  const lines = [slower === "" ? `Nothing is slower than ${revision}.` : `Slower than ${revision}: ${slower}.`];
  if (fresh !== "") lines.push(`Not compared, because ${revision} does not have what they measure: ${fresh}.`);
  return `${markdown ? asMarkdown(table) : asText(table)}\n${lines.map((line) => `${line}\n`).join("")}`;
}

function draw({ revision, speeds }: CompareReport): string | undefined {
  const bars = speeds.flatMap(({ name, overBase }) => (overBase === undefined ? [] : [{ name, ratio: overBase }]));
  return bars.length === 0 ? undefined : asSvg(bars, `times as fast as ${revision}`);
}

await runProgram(async () => {
  const texts = ["only", "rounds", ...OUTPUT_NAMES.texts];
  const options = readOptions(USAGE, Options, { texts, flags: OUTPUT_NAMES.flags, argument: "REF" });
  const report = await measure(revisionOf(options.REF), options);
  putReport(report, options, { text: show(report, options.markdown), drawing: () => draw(report) });
  return report.speeds.some(({ verdict }) => verdict === "slower") ? "regression" : "fine";
});
