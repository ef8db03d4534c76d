/** Profiles one micro benchmark in this process; see USAGE. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { Session } from "node:inspector/promises";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";

import * as z from "zod";

import { createReferences } from "./all-references.ts";
import { bundleSubjects, loadBundle, root } from "./bundle.ts";
import { OUTPUTS, readOptions, runProgram, UsageError, wholeNumber } from "./command-line.ts";
import { flameSvg } from "./flame-svg.ts";
import { framesOf, hottestFunctions } from "./hot-functions.ts";
import { createInputs, NETWORK_CHUNK } from "./inputs.ts";
import { BENCHMARKS } from "./names.ts";
import { asText } from "./report.ts";
import type { Run } from "./subjects.ts";

const USAGE = `
Usage: pnpm bench:profile NAME [OPTIONS]

Runs one benchmark under V8's sampling profiler, writes dist/bench/profile/NAME.cpuprofile,
and prints the functions in which it spent its time itself.

  --reference         the reference instead of the subject
  --svg FILE          draws a flame graph
  --seconds N         (3), after a second without the profiler

Exit code 0, or 2 where it could not be profiled.
`;

const Options = z.strictObject({
  NAME: z.string(),
  reference: z.boolean().default(false),
  svg: OUTPUTS.svg,
  seconds: wholeNumber(1, 600).default(3),
});

/** Microseconds between two samples: a tenth of V8's own choice, as a run takes some tens. */
const INTERVAL = 100;
const WARM_UP = 1000;
const SHOWN = 10;
const NAMED_WASM = join(root, "dist/assembly/imap.named.wasm");
const folder = join(root, "dist/bench/profile");

function repeat(run: Run, milliseconds: number): number {
  let runs = 0;
  for (const end = performance.now() + milliseconds; performance.now() < end; runs++) run();
  return runs;
}

async function setUp(name: string, reference: boolean): Promise<Run> {
  await bundleSubjects(root, folder, { readable: true });
  const { createSubjects } = await loadBundle(folder);
  // The same machine code, but with the names of its functions.
  const wasm = new WebAssembly.Module(readFileSync(NAMED_WASM));
  const inputs = createInputs();
  const setup = reference ? createReferences(inputs)[name]?.setup : createSubjects({ inputs, wasm, chunk: NETWORK_CHUNK })[name];
  if (setup === undefined) throw new UsageError(`there is no benchmark ${JSON.stringify(name)}, only ${BENCHMARKS.join(", ")}`);
  return setup();
}

await runProgram(async () => {
  const { NAME, reference, svg, seconds } = readOptions(USAGE, Options, {
    texts: ["seconds", "svg"],
    flags: ["reference"],
    argument: "NAME",
  });
  mkdirSync(folder, { recursive: true });
  const run = await setUp(NAME, reference);
  repeat(run, WARM_UP);
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.setSamplingInterval", { interval: INTERVAL });
  await session.post("Profiler.start");
  const runs = repeat(run, seconds * 1000);
  const { profile } = await session.post("Profiler.stop");
  session.disconnect();

  const file = join(folder, `${NAME}${reference ? ".reference" : ""}.cpuprofile`);
  writeFileSync(file, JSON.stringify(profile));
  const bundle = join(folder, "subjects.js");
  const frames = framesOf(profile, { url: pathToFileURL(bundle).href, text: readFileSync(bundle, "utf8") });
  if (svg !== undefined) writeFileSync(svg, flameSvg(frames));
  const rows = hottestFunctions(frames, SHOWN).map(({ name, where, self }) => [`${(self * 100).toFixed(1)} %`, name, where]);
  process.stdout.write(asText({ columns: ["self", "function", "of"], rows }));
  process.stdout.write(
    `\n${runs.toLocaleString("en")} runs in ${seconds} s, ${((seconds * 1e6) / runs).toFixed(1)} us each; ${relative(process.cwd(), file)}\n`,
  );
  return "fine";
});
