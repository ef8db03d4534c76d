/** Profiles one micro benchmark, in this process or in workerd; see USAGE. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { Session } from "node:inspector/promises";
import { basename, join, relative } from "node:path";
import { pathToFileURL } from "node:url";

import * as z from "zod";

import { createReferences } from "./all-references.ts";
import { WASM_MODULES } from "../scripts/wasm-modules.ts";
import { bundleSubjects, loadBundle, namedModule, root } from "./bundle.ts";
import { OUTPUTS, readOptions, runProgram, wholeNumber } from "./command-line.ts";
import { flameSvg } from "./flame-svg.ts";
import { CpuProfile, framesOf, hottestFunctions, type ProfiledBundle } from "./hot-functions.ts";
import { createInputs, NETWORK_CHUNK } from "./inputs.ts";
import { BENCHMARKS } from "./names.ts";
import { asText } from "./report.ts";
import { RUNTIMES } from "./results.ts";
import type { Run } from "./subjects.ts";
import { Inspector } from "./workerd/inspector.ts";
import { timeInWorkerd } from "./workerd/measure.ts";
import { bundleForWorkerd, withInspectedWorkerd, WORKER_FILE } from "./workerd/start.ts";

const USAGE = `
Usage: pnpm bench:profile NAME [OPTIONS]

Runs one benchmark under V8's sampling profiler, writes a .cpuprofile to dist/bench/profile,
and prints the functions in which it spent its time itself.

  --runtime NAME      node or workerd (node)
  --reference         the reference instead of the subject
  --svg FILE          draws a flame graph
  --seconds N         (3), after a second without the profiler

Exit code 0, or 2 where it could not be profiled.
`;

const Options = z.strictObject({
  NAME: z.enum(BENCHMARKS, { error: `there is no such benchmark, only ${BENCHMARKS.join(", ")}` }),
  runtime: z.enum(RUNTIMES, { error: `expects ${RUNTIMES.join(" or ")}` }).default("node"),
  reference: z.boolean().default(false),
  svg: OUTPUTS.svg,
  seconds: wholeNumber(1, 600).default(3),
});

type Options = z.infer<typeof Options>;

/** Microseconds between two samples: a tenth of V8's own choice, as a run takes some tens. */
const INTERVAL = 100;
/** Milliseconds without the profiler, in which the engine compiles. */
const WARM_UP = 1000;
const SHOWN = 10;
const folder = join(root, "dist/bench/profile");

interface Profiled {
  readonly profile: CpuProfile;
  /** Of a run, under the profiler. */
  readonly milliseconds: number;
  readonly bundle: ProfiledBundle;
}

/** Milliseconds of a run. */
function repeat(run: Run, milliseconds: number): number {
  const start = performance.now();
  let runs = 0;
  do {
    run();
    runs++;
  } while (performance.now() < start + milliseconds);
  return (performance.now() - start) / runs;
}

async function inNode({ NAME, reference, seconds }: Options): Promise<Profiled> {
  await bundleSubjects(root, folder, { readable: true });
  for (const module of WASM_MODULES) cpSync(namedModule(module), join(folder, basename(module.file)));
  const { createSubjects, wasm, octets } = await loadBundle(folder);
  const inputs = createInputs();
  const setup = reference ? createReferences(inputs)[NAME]?.setup : createSubjects({ inputs, wasm, octets, chunk: NETWORK_CHUNK })[NAME];
  if (setup === undefined) throw new Error(`${NAME} is not in the bundle`);
  const run = setup();
  repeat(run, WARM_UP);
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.setSamplingInterval", { interval: INTERVAL });
  await session.post("Profiler.start");
  const milliseconds = repeat(run, seconds * 1000);
  const { profile } = await session.post("Profiler.stop");
  session.disconnect();
  const file = join(folder, "subjects.js");
  return { profile: CpuProfile.parse(profile), milliseconds, bundle: { url: pathToFileURL(file).href, text: readFileSync(file, "utf8") } };
}

async function inWorkerd({ NAME, reference, seconds }: Options): Promise<Profiled> {
  await bundleForWorkerd({ readable: true });
  return withInspectedWorkerd(async (ask, port) => {
    const query = { name: NAME, contender: reference ? "reference" : "subject" } as const;
    await timeInWorkerd(ask, { ...query, time: WARM_UP });
    const inspector = await Inspector.open(port);
    await inspector.call("Profiler.enable");
    await inspector.call("Profiler.setSamplingInterval", { interval: INTERVAL });
    await inspector.call("Profiler.start");
    const milliseconds = await timeInWorkerd(ask, { ...query, time: seconds * 1000 });
    const { profile } = Stopped.parse(await inspector.call("Profiler.stop"));
    inspector.close();
    return { profile, milliseconds, bundle: { url: WORKER_URL, text: readFileSync(WORKER_FILE, "utf8") } };
  });
}

const Stopped = z.object({ profile: CpuProfile });
/** The name that workerd's configuration gives the module. */
const WORKER_URL = "worker.js";

await runProgram(async () => {
  const texts = ["runtime", "seconds", "svg"];
  const options = readOptions(USAGE, Options, { texts, flags: ["reference"], argument: "NAME" });
  const { NAME, runtime, reference, svg } = options;
  mkdirSync(folder, { recursive: true });
  const { profile, milliseconds, bundle } = await { node: inNode, workerd: inWorkerd }[runtime](options);
  const file = join(folder, `${NAME}.${reference ? "reference." : ""}${runtime}.cpuprofile`);
  writeFileSync(file, JSON.stringify(profile));
  const frames = framesOf(profile, bundle);
  if (svg !== undefined) writeFileSync(svg, flameSvg(frames));
  const rows = hottestFunctions(frames, SHOWN).map(({ name, where, self }) => [`${(self * 100).toFixed(1)} %`, name, where]);
  process.stdout.write(asText({ columns: ["self", "function", "of"], rows }));
  process.stdout.write(`\n${(milliseconds * 1000).toFixed(1)} us a run under the profiler; ${relative(process.cwd(), file)}\n`);
  return "fine";
});
