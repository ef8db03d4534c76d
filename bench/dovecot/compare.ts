/**
 * Compares the parser with libdovecot's, which is C: what it costs until a command could be called. Usage:
 * `node bench/dovecot/compare.ts [--only NAME,...] [--rounds N] [--json | --markdown]`. Says so, and exits with 0, where it is skipped.
 */
import { parseArgs } from "node:util";

import * as z from "zod";

import { createReferenceTokenizer } from "../../packages/imap/src/parser/reference-tokenizer.ts";
import { DEPTH_NEW } from "../../packages/imap/src/parser/tape.ts";
import { bundleSubjects, CURRENT, loadBundle, root } from "../bundle.ts";
import { createInputs, NETWORK_CHUNK } from "../inputs.ts";
import { medianRun, turns } from "../measure.ts";
import { asMarkdown, asText } from "../report.ts";
import { type Runtime, RUNTIMES } from "../results.ts";
import { bootstrapMedian, type Interval, median, ratios } from "../statistics.ts";
import type { Run } from "../subjects.ts";
import { showRatio } from "../verdict.ts";
import { type Ask, bundleForWorkerd, withWorkerd } from "../workerd/start.ts";
import { timeInWorkerd } from "../workerd/measure.ts";
import { type DovecotParser, missing, startDovecotParser } from "./program.ts";

/** Milliseconds of a contender's turn; workerd's clock goes by one. */
const TIME = 24;
const ROUNDS = 15;
const GOALS: Readonly<Record<string, number>> = { "tokenizer.short": 8 };

interface Corpus {
  /** The benchmark that reads it. */
  readonly name: string;
  readonly input: Uint8Array;
  readonly run: Run;
}

interface Row {
  readonly name: string;
  readonly commands: number;
  /** Milliseconds per pass. */
  readonly times: Readonly<Record<Runtime | "libdovecot", number>>;
  readonly overLibdovecot: Readonly<Record<Runtime, Interval>>;
}

const { values } = parseArgs({
  options: { only: { type: "string" }, rounds: { type: "string" }, json: { type: "boolean" }, markdown: { type: "boolean" } },
});
const rounds = z.coerce.number().int().positive().default(ROUNDS).parse(values.rounds);

/** Every corpus of a tokenizer benchmark, and the one that the framer reads in network chunks and hands on in commands of their own. */
async function readCorpora(): Promise<Corpus[]> {
  await bundleSubjects(root, CURRENT);
  const { createSubjects, wasm } = await loadBundle(CURRENT);
  const inputs = createInputs();
  const subjects = createSubjects({ inputs, wasm, octets: undefined, chunk: NETWORK_CHUNK });
  const named: Readonly<Record<string, unknown>> = { ...inputs, pipelined: inputs.pipeline };
  const only = values.only?.split(",") ?? Object.keys(subjects);
  return only.flatMap((name) => {
    const [kind, key = ""] = name.split(".");
    const input = named[key];
    const setup = subjects[name];
    if ((kind !== "tokenizer" && kind !== "framer") || setup === undefined || !(input instanceof Uint8Array)) return [];
    return [{ name, input, run: setup() }];
  });
}

/** @returns in words why the two cannot be compared, where they do not read the same */
async function measure({ name, input, run }: Corpus, at: number, dovecot: DovecotParser, ask: Ask): Promise<Row | string> {
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

function print(rows: readonly Row[], notes: readonly string[]): void {
  if (values.json === true) {
    process.stdout.write(`${JSON.stringify({ rows, notes }, undefined, 2)}\n`);
    return;
  }
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
  process.stdout.write(values.markdown === true ? asMarkdown(table) : asText(table));
  for (const note of notes) process.stdout.write(`${note}\n`);
}

async function compareAll(): Promise<void> {
  const corpora = await readCorpora();
  await bundleForWorkerd();
  const dovecot = startDovecotParser(corpora.map(({ input }) => input));
  try {
    const found = await withWorkerd(async (ask) => {
      const results: (Row | string)[] = [];
      for (const [at, corpus] of corpora.entries()) results.push(await measure(corpus, at, dovecot, ask));
      return results;
    });
    print(
      found.filter((one) => typeof one !== "string"),
      found.filter((one) => typeof one === "string"),
    );
  } finally {
    await dovecot.stop();
  }
}

const reason = missing();
if (reason === undefined) await compareAll();
else process.stdout.write(`skipped: ${reason}\n`);
