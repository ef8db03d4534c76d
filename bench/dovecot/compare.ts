/** Compares the parser with libdovecot's, which is C: what it costs until a command could be called; see USAGE. */
import * as z from "zod";

import { createReferenceTokenizer } from "../../packages/imap/src/parser/reference-tokenizer.ts";
import { DEPTH_NEW } from "../../packages/imap/src/parser/tape.ts";
import { bundleSubjects, CURRENT, loadBundle, root } from "../bundle.ts";
import { OUTPUT_NAMES, OUTPUT_USAGE, OUTPUTS, putReport, readOptions, runProgram, someOf, wholeNumber } from "../command-line.ts";
import { createInputs, NETWORK_CHUNK } from "../inputs.ts";
import { medianRun, turns } from "../measure.ts";
import { BENCHMARKS } from "../names.ts";
import { asMarkdown, asSvg, asText } from "../report.ts";
import { RUNTIMES } from "../results.ts";
import { bootstrapMedian, Interval, median, ratios } from "../statistics.ts";
import type { Run } from "../subjects.ts";
import { showRatio } from "../verdict.ts";
import { type Ask, bundleForWorkerd, withWorkerd } from "../workerd/start.ts";
import { timeInWorkerd } from "../workerd/measure.ts";
import { type DovecotParser, missing, startDovecotParser } from "./program.ts";

/** Milliseconds of a contender's turn; workerd's clock goes by one. */
const TIME = 24;
const ROUNDS = 15;
const GOALS: Readonly<Record<string, number>> = { "tokenizer.short": 8, "framer.pipelined": 1 };

interface Corpus {
  /** The benchmark that reads it. */
  readonly name: string;
  readonly input: Uint8Array;
  readonly run: Run;
}

const Row = z.strictObject({
  name: z.string(),
  commands: z.int().positive(),
  /** Milliseconds per pass. */
  times: z.record(z.enum(["libdovecot", ...RUNTIMES]), z.number().positive()),
  overLibdovecot: z.record(z.enum(RUNTIMES), Interval),
});
type Row = z.infer<typeof Row>;

/** What is printed with `--json`. */
const Report = z.strictObject({
  rows: z.array(Row),
  /** What was not compared, and why. */
  notes: z.array(z.string()),
});
type Report = z.infer<typeof Report>;

const USAGE = `
Usage: pnpm bench:dovecot [OPTIONS]

Compares the parser with libdovecot's, in Node and in workerd.

  --only NAME,...     some of the tokenizer and framer benchmarks
  --rounds N          (${ROUNDS})
${OUTPUT_USAGE}
  --svg FILE          draws the ratios

Exit code 0, also where it says that it is skipped, or 2 where it could not be measured.
`;

const Options = z.strictObject({
  only: someOf(
    "benchmark",
    BENCHMARKS.filter((name) => /^(?:tokenizer|framer)\./.test(name)),
  ),
  rounds: wholeNumber(1, 10_000).default(ROUNDS),
  ...OUTPUTS,
});
type Options = z.infer<typeof Options>;

/** Every corpus of a tokenizer benchmark, and the one that the framer reads in network chunks and hands on in commands of their own. */
async function readCorpora(wanted: readonly string[] | undefined): Promise<Corpus[]> {
  await bundleSubjects(root, CURRENT);
  const { createSubjects, wasm } = await loadBundle(CURRENT);
  const inputs = createInputs();
  const subjects = createSubjects({ inputs, wasm, octets: undefined, chunk: NETWORK_CHUNK });
  const named: Readonly<Record<string, unknown>> = { ...inputs, pipelined: inputs.pipeline };
  return (wanted ?? Object.keys(subjects)).flatMap((name) => {
    const [kind, key = ""] = name.split(".");
    const input = named[key];
    const setup = subjects[name];
    if ((kind !== "tokenizer" && kind !== "framer") || setup === undefined || !(input instanceof Uint8Array)) return [];
    return [{ name, input, run: setup() }];
  });
}

/** @returns in words why the two cannot be compared, where they do not read the same */
async function measure({ name, input, run }: Corpus, at: number, rounds: number, dovecot: DovecotParser, ask: Ask): Promise<Row | string> {
  const { commands } = createReferenceTokenizer().parse(input, input.length, input.length, DEPTH_NEW, 0, 0);
  const first = await dovecot.measure(at, 0);
  if (first.commands !== commands) return `${name}: not compared, libdovecot reads ${first.commands} of ${commands} commands`;
  const contenders = {
    libdovecot: async () => (await dovecot.measure(at, TIME)).milliseconds,
    node: async () => medianRun(run, TIME),
    workerd: () => timeInWorkerd(ask, { name, contender: "subject", time: TIME }),
  };
  const times: Record<keyof typeof contenders, number[]> = { libdovecot: [], node: [], workerd: [] };
  const names = z.array(z.enum(["libdovecot", ...RUNTIMES])).parse(Object.keys(contenders));
  for (const { name: contender, counted } of turns(names, rounds)) {
    const milliseconds = await contenders[contender]();
    if (counted) times[contender].push(milliseconds);
  }
  return {
    name,
    commands,
    times: { libdovecot: median(times.libdovecot), node: median(times.node), workerd: median(times.workerd) },
    overLibdovecot: {
      node: bootstrapMedian(ratios(times.node, times.libdovecot)),
      workerd: bootstrapMedian(ratios(times.workerd, times.libdovecot)),
    },
  };
}

function show({ rows, notes }: Report, markdown: boolean): string {
  const table = {
    columns: [
      "benchmark",
      "commands",
      "us in libdovecot",
      "us in node",
      "us in workerd",
      "node over libdovecot",
      "workerd over libdovecot",
      "goal",
    ],
    rows: rows.map(({ name, commands, times, overLibdovecot }) => [
      name,
      String(commands),
      ...[times.libdovecot, times.node, times.workerd].map((time) => (time * 1000).toFixed(1)),
      showRatio(overLibdovecot.node),
      showRatio(overLibdovecot.workerd),
      GOALS[name] === undefined ? "" : `${GOALS[name]}x`,
    ]),
  };
  const shown = rows.length === 0 ? "" : markdown ? asMarkdown(table) : asText(table);
  return `${shown}${notes.map((note) => `${note}\n`).join("")}`;
}

function draw({ rows }: Report): string | undefined {
  const bars = rows.flatMap(({ name, overLibdovecot }) =>
    RUNTIMES.map((runtime) => ({ name: `${name} (${runtime})`, ratio: overLibdovecot[runtime] })),
  );
  return bars.length === 0 ? undefined : asSvg(bars, "times as fast as libdovecot");
}

async function compareAll({ only, rounds }: Options): Promise<Report> {
  const corpora = await readCorpora(only);
  await bundleForWorkerd();
  const dovecot = startDovecotParser(corpora.map(({ input }) => input));
  try {
    const found = await withWorkerd(async (ask) => {
      const results: (Row | string)[] = [];
      for (const [at, corpus] of corpora.entries()) results.push(await measure(corpus, at, rounds, dovecot, ask));
      return results;
    });
    return Report.parse({
      rows: found.filter((one) => typeof one !== "string"),
      notes: found.filter((one) => typeof one === "string"),
    });
  } finally {
    await dovecot.stop();
  }
}

await runProgram(async () => {
  const texts = ["only", "rounds", ...OUTPUT_NAMES.texts];
  const options = readOptions(USAGE, Options, { texts, flags: OUTPUT_NAMES.flags });
  const reason = missing();
  const report = reason === undefined ? await compareAll(options) : { rows: [], notes: [`skipped: ${reason}`] };
  putReport(report, options, { text: show(report, options.markdown), drawing: () => draw(report) });
  return "fine";
});
