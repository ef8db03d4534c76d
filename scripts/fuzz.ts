/** Differential fuzzing of the WASM modules against TypeScript; see USAGE. */
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import * as z from "zod";

import { readOptions, runProgram, wholeNumber } from "../bench/command-line.ts";
import { LEVELS } from "../packages/imap/tests/parser/arbitraries.ts";
import { writeCase } from "../packages/imap/tests/parser/differential.ts";
import { type Finding, fuzzLevel } from "../packages/imap/tests/parser/fuzzing.ts";
import { latin1, reference, wasm } from "../packages/imap/tests/parser/tokenizers.ts";
import { fuzzOctets } from "../packages/mime/tests/support/octet-cases.ts";
import { wasmOctets, WINDOW } from "../packages/mime/tests/support/octet-scanners.ts";

/** Cases of a level before the next one has its turn: the levels without a framer are many times as fast, and get more. */
const BATCH = 2000;
const CALLS_TO_SPLITS = 3;
/** Cases of the octet scans in a round: each parses a message, some of more than a window. */
const OCTET_BATCH = 100;
/** Under half a minute on two cores of 2023. */
const DEFAULT_CASES = 1_000_000;
const LARGEST_SEED = 0x7fff_ffff;
const corpus = fileURLToPath(new URL("../packages/imap/tests/parser/corpus/", import.meta.url));

const USAGE = `
Usage: pnpm fuzz [OPTIONS]

Compares the WASM modules with TypeScript: the tokenizer with octets, grammar, and random splits through the framer; the octet scans with
headers, texts and messages. The smallest case in which the tokenizers differ is kept in packages/imap/tests/parser/corpus/, which the
unit tests play.

  --cases N           ends after so many (${DEFAULT_CASES})
  --minutes N         ends after so long instead
  --seed S            of the first round (a random one, which is printed)

Exit code 0, 1 where there is a difference, or 2 where it could not be run.
`;

const MINUTES = "expects a number above 0";
const Options = z
  .strictObject({
    cases: wholeNumber(1, Number.MAX_SAFE_INTEGER).optional(),
    minutes: z.coerce.number<string>({ error: MINUTES }).positive({ error: MINUTES }).optional(),
    seed: wholeNumber(1, LARGEST_SEED).optional(),
  })
  .refine(({ cases, minutes }) => cases === undefined || minutes === undefined, { path: ["cases"], error: "excludes --minutes" });

function keep({ level, seed: at, case: test, difference }: Finding): void {
  const text = writeCase(test);
  const name = `${level.replaceAll(" ", "-")}-${createHash("sha256").update(text).digest("hex").slice(0, 12)}.json`;
  writeFileSync(`${corpus}${name}`, text);
  process.stdout.write(`${level}, seed ${at}: ${difference}\n  input: ${JSON.stringify(latin1(test.input))}\n`);
  process.stdout.write(`  kept as packages/imap/tests/parser/corpus/${name}\n`);
}

await runProgram(async () => {
  const options = readOptions(USAGE, Options, { texts: ["cases", "minutes", "seed"], flags: [] });
  const seed = options.seed ?? Math.floor(Math.random() * LARGEST_SEED);
  const milliseconds = (options.minutes ?? Number.POSITIVE_INFINITY) * 60_000;
  const limit = options.minutes === undefined ? (options.cases ?? DEFAULT_CASES) : Number.POSITIVE_INFINITY;
  process.stdout.write(`seed ${seed}\n`);
  const started = performance.now();
  const levels = [...LEVELS.keys()];
  let cases = 0;
  let findings = 0;
  for (let round = 0; findings === 0 && cases < limit && performance.now() - started < milliseconds; round++) {
    for (const level of levels) {
      const count = Math.min(level.startsWith("split") ? BATCH : BATCH * CALLS_TO_SPLITS, limit - cases);
      if (count <= 0 || performance.now() - started >= milliseconds) break;
      const finding = fuzzLevel(level, (seed + round) % LARGEST_SEED, count, wasm, reference);
      cases += count;
      if (finding === undefined) continue;
      findings++;
      keep(finding);
    }
    const count = Math.min(OCTET_BATCH, limit - cases);
    const difference = count > 0 ? fuzzOctets((seed + round) % LARGEST_SEED, count, wasmOctets, WINDOW) : undefined;
    cases += Math.max(0, count);
    if (difference === undefined) continue;
    findings++;
    process.stdout.write(`octet scans, seed ${(seed + round) % LARGEST_SEED}: ${difference}\n`);
  }
  const seconds = (performance.now() - started) / 1000;
  process.stdout.write(`${cases} cases in ${seconds.toFixed(1)} s, ${Math.round(cases / seconds)} a second, ${findings} differences\n`);
  return findings === 0 ? "fine" : "regression";
});
