/**
 * Measures the hot paths in this process, and prints the times as JSON. Usage:
 * `node bench/micro.ts [--base FOLDER] [--only NAME,...] [--rounds N] [--time MS] [--plant slow-tokenizer]`.
 * The gate and the comparison run it as a process of its own, so that no run sees what the engine learned in another.
 */
import { parseArgs } from "node:util";

import * as z from "zod";

import type { Tokenizer } from "../packages/imap/src/parser/tokenizer.ts";
import { CURRENT, loadBundle } from "./bundle.ts";
import { createInputs, NETWORK_CHUNK } from "./inputs.ts";
import { measureRounds } from "./measure.ts";
import { createReferences } from "./all-references.ts";
import { MicroResult } from "./results.ts";
import type { Run, Setup } from "./subjects.ts";

const { values } = parseArgs({
  options: {
    base: { type: "string" },
    only: { type: "string" },
    rounds: { type: "string", default: "15" },
    time: { type: "string", default: "12" },
    plant: { type: "string" },
  },
});
const Count = z.coerce.number().positive();
const options = { rounds: Count.parse(values.rounds), time: Count.parse(values.time) };

/** The planted slow-down: a fifth of the input is read twice. */
function slower(tokenizer: Tokenizer): Tokenizer {
  return {
    window: tokenizer.window,
    parse(input, ...rest) {
      tokenizer.parse(input.subarray(0, Math.ceil(input.length / 5)), ...rest);
      return tokenizer.parse(input, ...rest);
    },
  };
}

/** Older sources may lack what the benchmark uses. @returns in words why the other revision cannot be measured */
function tryOut(setup: Setup, use: (run: Run) => void): string | undefined {
  try {
    const run = setup();
    run();
    use(run);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

if (values.plant !== undefined && values.plant !== "slow-tokenizer")
  throw new Error(`--plant: expected slow-tokenizer, found ${values.plant}`);
const inputs = createInputs();
const current = await loadBundle(CURRENT);
const subjects = current.createSubjects({
  inputs,
  wasm: current.wasm,
  octets: current.octets,
  chunk: NETWORK_CHUNK,
  ...(values.plant === undefined ? {} : { wrap: slower }),
});
const base = values.base === undefined ? undefined : await loadBundle(values.base);
const bases = base?.createSubjects({ inputs, wasm: base.wasm, octets: base.octets, chunk: NETWORK_CHUNK }) ?? {};
const references = createReferences(inputs);

const only = values.only?.split(",") ?? Object.keys(subjects);
const results: MicroResult[] = [];
for (const name of only) {
  const subject = subjects[name];
  const reference = references[name];
  if (subject === undefined || reference === undefined)
    throw new Error(`no benchmark ${name}; there are ${Object.keys(subjects).join(", ")}`);
  const contenders: Record<string, Run> = { subject: subject(), reference: reference.setup() };
  const other = bases[name];
  const notCompared = other === undefined ? undefined : tryOut(other, (run) => (contenders["base"] = run));
  results.push(MicroResult.parse({ name, reference: reference.what, times: measureRounds(contenders, options), notCompared }));
}
process.stdout.write(`${JSON.stringify(results)}\n`);
