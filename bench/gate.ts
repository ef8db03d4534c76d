/** Compares this revision with bench/baseline.json and with the pinned one; see USAGE. */
import * as z from "zod";

import { readBaseline, type Baseline } from "./baseline.ts";
import { bundleSubjects, CURRENT, PINNED, root } from "./bundle.ts";
import { OUTPUT_NAMES, OUTPUT_USAGE, OUTPUTS, putReport, readOptions, runProgram, wholeNumber } from "./command-line.ts";
import { countAll } from "./counters.ts";
import { asMarkdown, asSvg } from "./report.ts";
import { GateReport } from "./reports.ts";
import { type Comparison, type MicroOptions, runMicro } from "./results.ts";
import { judgeCounters, judgePinned, judgeSpeeds, pinnedName, type Verdict } from "./verdict.ts";

/**
 * Rounds of the processes that measure what is not clearly fast enough. Two of them must find a speed too low: a compiler's unlucky choice
 * stays for the life of a process.
 */
const AGAIN: readonly number[] = [31, 31];
const FAILURES_NEEDED = 2;
const SELF_TEST_RUNS = 2;

const USAGE = `
Usage: pnpm bench:gate [OPTIONS]

Compares costs with bench/baseline.json and speeds with that and with the pinned revision.

  --verbose           a line also for what is fine
${OUTPUT_USAGE}
  --svg FILE          draws the speeds over the pinned revision's
  --self-test         plants faults that the gate must see, and runs it on identical code, where it must see none
  --runs N            of identical code (2), in a self-test

Exit code 0, 1 where something is worse, or 2 where it could not be measured.
`;

const Options = z
  .strictObject({
    verbose: z.boolean().default(false),
    "self-test": z.boolean().default(false),
    runs: wholeNumber(1, 10_000).optional(),
    ...OUTPUTS,
  })
  .refine((options) => options.runs === undefined || options["self-test"], { path: ["runs"], error: "belongs to --self-test" })
  .refine(
    ({ json, markdown, save, svg, ...options }) => !options["self-test"] || (!json && !markdown && save === undefined && svg === undefined),
    {
      path: ["self-test"],
      error: "prints lines only",
    },
  );
type Options = z.infer<typeof Options>;

/** Speeds of the first process, and what all of them together say. */
function judgeSpeed(
  baseline: Baseline,
  options: MicroOptions,
): { readonly speeds: readonly Comparison[]; readonly verdicts: readonly Verdict[] } {
  const speeds = runMicro({ base: PINNED, ...options });
  const verdicts = judgeSpeeds(speeds, baseline);
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
  const judged = verdicts.map((verdict) => {
    const failed = failures.get(verdict.name) ?? [];
    return failed.length >= FAILURES_NEEDED ? (failed.at(-1) ?? verdict) : { ...verdict, ok: true };
  });
  return { speeds, verdicts: [...judged, ...judgePinned(speeds)] };
}

function isOpen({ ok, unsure }: Verdict): boolean {
  return !ok || unsure === true;
}

/** As the whole baseline, but for some benchmarks: the others are not missing. */
function judgeOnly(comparisons: readonly Comparison[], baseline: Baseline, only: readonly string[]): Verdict[] {
  const ratios = Object.fromEntries(Object.entries(baseline.ratios).filter(([name]) => only.includes(name)));
  return judgeSpeeds(comparisons, { ...baseline, ratios });
}

function show({ verdicts, passed, failed }: GateReport, { verbose, markdown }: Options): string {
  const shown = verdicts.filter(({ ok }) => !ok || verbose);
  const last = `gate: ${passed} passed, ${failed} failed\n`;
  if (!markdown) return `${shown.map(({ name, ok, text }) => `${ok ? "ok  " : "FAIL"} ${name}: ${text}\n`).join("")}${last}`;
  const rows = shown.map(({ name, ok, text }) => [ok ? "ok" : "**FAIL**", name, text]);
  return `${rows.length === 0 ? "" : `${asMarkdown({ columns: ["", "what", "found"], rows })}\n`}${last}`;
}

function draw({ speeds }: GateReport): string | undefined {
  const bars = speeds.flatMap(({ name, overBase }) => (overBase === undefined ? [] : [{ name, ratio: overBase }]));
  return bars.length === 0 ? undefined : asSvg(bars, "times as fast as the pinned revision");
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
  const { verdicts: slow } = judgeSpeed(onlyPinned(baseline, tokenizers), { ...same, plant: "slow-tokenizer" });
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
    const verdicts = [...judgeCounters(await countAll(), own), ...judgeSpeed(baseline, { base: CURRENT_COPY }).verdicts];
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

async function measure(baseline: Baseline): Promise<GateReport> {
  await bundleSubjects(root, CURRENT);
  const counters = judgeCounters(await countAll(), baseline);
  const { speeds, verdicts: judged } = judgeSpeed(baseline, {});
  const verdicts = [...counters, ...judged];
  const failed = verdicts.filter(({ ok }) => !ok).length;
  return GateReport.parse({ passed: verdicts.length - failed, failed, verdicts, speeds });
}

await runProgram(async () => {
  const texts = ["runs", ...OUTPUT_NAMES.texts];
  const options = readOptions(USAGE, Options, { texts, flags: ["verbose", "self-test", ...OUTPUT_NAMES.flags] });
  const baseline = readBaseline();
  if (options["self-test"]) return (await selfTest(baseline, options.runs ?? SELF_TEST_RUNS)) === 0 ? "fine" : "regression";
  const report = await measure(baseline);
  putReport(report, options, { text: show(report, options), drawing: () => draw(report) });
  return report.failed === 0 ? "fine" : "regression";
});
