/**
 * Compares the working tree with a git revision: builds that one beside it, in a worktree in the temporary folder, and runs both in turn
 * in the same processes. Usage: `node bench/compare.ts REF [--only NAME,...] [--rounds N] [--json | --markdown]`. Exits with 1 where something
 * is slower, which is said only where the whole 99 % interval of the ratio is below the threshold, and so is the ratio of each process.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import * as z from "zod";

import { bundleSubjects, checkOut, CURRENT, removeCheckOut, root } from "./bundle.ts";
import { asMarkdown, asText, comparisonTable } from "./report.ts";
import { type Repeated, runMicroRepeated } from "./results.ts";

/** Below this a difference is not called one: the same code differs by so much from one place in memory to another. */
const THRESHOLD = 0.95;
const PROCESSES = 3;
/** In each process. */
const ROUNDS = 11;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: "string" }, rounds: { type: "string" }, json: { type: "boolean" }, markdown: { type: "boolean" } },
});
const [reference, ...more] = positionals;
if (reference === undefined || more.length > 0)
  throw new Error("Usage: node bench/compare.ts REF [--only NAME,...] [--rounds N] [--json | --markdown]");
const rounds = z.coerce.number().int().positive().default(ROUNDS).parse(values.rounds);
const revision = revisionOf(reference);

function revisionOf(name: string): string {
  try {
    const args = ["rev-parse", "--short", "--verify", "--quiet", `${name}^{commit}`];
    return execFileSync("git", args, { cwd: root, encoding: "utf8" }).trim();
  } catch (error) {
    throw new Error(`${name} names no revision of this repository`, { cause: error });
  }
}

function verdictOf({ overBase, processes }: Repeated): "slower" | "faster" | "same" | "new" {
  if (overBase === undefined) return "new";
  const each = processes.map((one) => one.overBase?.median ?? 1);
  if (overBase.high < THRESHOLD && each.every((ratio) => ratio < THRESHOLD)) return "slower";
  return overBase.low > 1 / THRESHOLD && each.every((ratio) => ratio > 1 / THRESHOLD) ? "faster" : "same";
}

async function measure(): Promise<Repeated[]> {
  const folder = mkdtempSync(join(tmpdir(), "sluice-compare-"));
  const tree = join(folder, "tree");
  try {
    checkOut(revision, tree);
    const base = join(folder, "bundle");
    await bundleSubjects(tree, base);
    await bundleSubjects(root, CURRENT);
    return runMicroRepeated({ base, rounds, ...(values.only === undefined ? {} : { only: values.only.split(",") }) }, PROCESSES);
  } finally {
    removeCheckOut(tree);
    rmSync(folder, { recursive: true, force: true });
  }
}

const comparisons = await measure();
const slower = comparisons.filter((one) => verdictOf(one) === "slower");
if (values.json === true) {
  const speeds = comparisons.map((one) => ({ ...one, verdict: verdictOf(one) }));
  process.stdout.write(`${JSON.stringify({ revision, threshold: THRESHOLD, speeds }, undefined, 2)}\n`);
} else {
  const table = comparisonTable(comparisons, revision, verdictOf);
  process.stdout.write(values.markdown === true ? asMarkdown(table) : asText(table));
  process.stdout.write(
    `\n${slower.length === 0 ? "Nothing is slower" : `Slower: ${slower.map(({ name }) => name).join(", ")}`} than ${revision}.\n`,
  );
}
process.exitCode = slower.length === 0 ? 0 : 1;
