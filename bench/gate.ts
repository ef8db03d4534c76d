/**
 * Compares this revision with bench/baseline.json and with the pinned one. Exits with 1 and a line for each thing that got worse.
 * Usage: `node bench/gate.ts [--self-test [--runs N]] [--verbose]`. The self-test plants faults that the gate must see, and runs it on
 * identical code N times (2 without --runs), when it must see none.
 */
import { parseArgs } from "node:util";

import { readBaseline, type Baseline } from "./baseline.ts";
import { bundleSubjects, CURRENT, PINNED, root } from "./bundle.ts";
import { countAll } from "./counters.ts";
import { type Comparison, type MicroOptions, runMicro } from "./results.ts";
import { judgeCounters, judgeSpeeds, pinnedName, type Verdict } from "./verdict.ts";

/**
 * Rounds of the processes that measure what is not clearly fast enough. Two of them must find a speed too low: a compiler's unlucky choice
 * stays for the life of a process.
 */
const AGAIN: readonly number[] = [31, 31];
const FAILURES_NEEDED = 2;
const SELF_TEST_RUNS = 2;

const { values } = parseArgs({
  options: { "self-test": { type: "boolean" }, runs: { type: "string" }, verbose: { type: "boolean" } },
});

function judgeSpeed(baseline: Baseline, options: MicroOptions): Verdict[] {
  const verdicts = judgeSpeeds(runMicro({ base: PINNED, ...options }), baseline);
  const failures = new Map<string, Verdict[]>();
  const note = (found: readonly Verdict[]): void => {
    for (const verdict of found) if (!verdict.ok) failures.set(verdict.name, [...(failures.get(verdict.name) ?? []), verdict]);
  };
  note(verdicts);
  let open = verdicts.filter(isOpen);
  for (const rounds of AGAIN) {
    const only = Object.keys(baseline.ratios).filter((name) =>
      open.some((verdict) => verdict.name === name || verdict.name === pinnedName(name)),
    );
    if (only.length === 0) break;
    const again = judgeOnly(runMicro({ base: PINNED, ...options, only, rounds }), baseline, only);
    note(again);
    open = again.filter((verdict) => isOpen(verdict) || (failures.get(verdict.name)?.length ?? 0) > 0);
  }
  return verdicts.map((verdict) => {
    const failed = failures.get(verdict.name) ?? [];
    return failed.length >= FAILURES_NEEDED ? (failed.at(-1) ?? verdict) : { ...verdict, ok: true };
  });
}

function isOpen({ ok, unsure }: Verdict): boolean {
  return !ok || unsure === true;
}

/** As the whole baseline, but for some benchmarks: the others are not missing. */
function judgeOnly(comparisons: readonly Comparison[], baseline: Baseline, only: readonly string[]): Verdict[] {
  const ratios = Object.fromEntries(Object.entries(baseline.ratios).filter(([name]) => only.includes(name)));
  return judgeSpeeds(comparisons, { ...baseline, ratios });
}

function report(verdicts: readonly Verdict[]): number {
  const failed = verdicts.filter(({ ok }) => !ok);
  for (const { name, ok, text } of verdicts) {
    if (!ok || values.verbose === true) process.stdout.write(`${ok ? "ok  " : "FAIL"} ${name}: ${text}\n`);
  }
  process.stdout.write(`gate: ${verdicts.length - failed.length} passed, ${failed.length} failed\n`);
  return failed.length;
}

/** One step of the self-test: the gate must fail in `least` of the needed ones, which is in all where nothing is said, and in none that is not expected. */
function expectFailures(
  what: string,
  verdicts: readonly Verdict[],
  expected: (name: string) => boolean,
  needed: readonly string[],
  least = needed.length,
): boolean {
  const failed = verdicts.filter(({ ok }) => !ok);
  const missing = needed.filter((name) => !failed.some((verdict) => verdict.name === name));
  const wrong = failed.filter(({ name }) => !expected(name));
  const ok = needed.length - missing.length >= least && wrong.length === 0;
  process.stdout.write(`${ok ? "ok  " : "FAIL"} ${what}\n`);
  for (const { name, text } of failed) process.stdout.write(`     said: ${name}: ${text}\n`);
  for (const name of missing) process.stdout.write(`     not seen: ${name}\n`);
  return ok;
}

function isRows(name: string): boolean {
  return name.endsWith(".rows-read") || name.endsWith(".statements");
}

async function selfTest(baseline: Baseline, runs: number): Promise<number> {
  // What the gate itself would say of this tree is not the matter here: the counters of this tree, and its own speed, are the baseline.
  const counters = await countAll();
  const own: Baseline = { ...baseline, exact: counters, atMost: {} };
  let failures = 0;
  const check = (ok: boolean): void => void (failures += ok ? 0 : 1);
  check(
    expectFailures("a planted extra row read is seen", judgeCounters(await countAll("extra-row"), own), isRows, [
      "status.rows-read",
      "select.rows-read",
    ]),
  );
  const objects = "parser.objects-per-million-commands";
  check(
    expectFailures(
      "a planted object for every hundredth command is seen",
      judgeCounters(await countAll("allocation"), own),
      (name) => name === objects,
      [objects],
    ),
  );

  await bundleSubjects(root, CURRENT);
  const tokenizers = Object.keys(baseline.ratios).filter((name) => name.startsWith("tokenizer."));
  const same = { base: CURRENT_COPY, only: tokenizers } as const;
  await bundleSubjects(root, CURRENT_COPY);
  const slow = judgeSpeed(onlyPinned(baseline, tokenizers), { ...same, plant: "slow-tokenizer" });
  check(
    expectFailures(
      "a planted slow-down of the tokenizer by 20 % is seen",
      slow,
      (name) => name.endsWith("(pinned)"),
      tokenizers.map(pinnedName),
      // One is enough to turn the gate red. On a busy machine the interval of a short benchmark may be too wide to tell.
      Math.ceil(tokenizers.length / 2),
    ),
  );

  let alarms = 0;
  for (let run = 0; run < runs; run++) {
    const verdicts = [...judgeCounters(await countAll(), own), ...judgeSpeed(baseline, { base: CURRENT_COPY })];
    if (!expectFailures(`identical code, run ${run + 1} of ${runs}`, verdicts, () => false, [])) alarms++;
  }
  failures += alarms;
  process.stdout.write(`gate self-test: ${failures === 0 ? "passed" : `${failures} failed`}, ${alarms} false alarms in ${runs} runs\n`);
  return failures;
}

/** The same code once more, as a revision of its own. */
const CURRENT_COPY = `${CURRENT}-copy`;

function onlyPinned(baseline: Baseline, names: readonly string[]): Baseline {
  const ratios = Object.fromEntries(names.map((name) => [name, baseline.ratios[name] ?? { least: Number.MIN_VALUE, seen: 1 }]));
  return { ...baseline, ratios };
}

const baseline = readBaseline();
if (values["self-test"] === true) {
  const runs = values.runs === undefined ? SELF_TEST_RUNS : Number(values.runs);
  if (!Number.isInteger(runs) || runs < 1) throw new Error(`--runs: expected a whole number from 1, found ${values.runs}`);
  process.exitCode = (await selfTest(baseline, runs)) === 0 ? 0 : 1;
} else {
  await bundleSubjects(root, CURRENT);
  const counters = judgeCounters(await countAll(), baseline);
  process.exitCode = report([...counters, ...judgeSpeed(baseline, {})]) === 0 ? 0 : 1;
}
