/** Builds what the sources do not run as they are: the WASM modules and the Worker's bundle. Usage: `node scripts/build.ts [--quiet] [--named]`; `--named` also writes the modules with their names, and as text, to dist/assembly. */
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

import { staleAtomFiles } from "./generate-atoms.ts";
import { WASM_MODULES, type WasmModule } from "./wasm-modules.ts";
import { wasmBeside } from "./wasm-beside.ts";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const quiet = process.argv.includes("--quiet");
const worker = join(root, "packages/imap/src/worker.ts");
const outdir = join(root, "dist/worker");

function say(text: string): void {
  if (!quiet) process.stdout.write(`${text}\n`);
}

function compileModule({ name, entry, file, pages }: WasmModule, target: "release" | "named"): void {
  mkdirSync(join(root, "dist/assembly"), { recursive: true });
  const asc = join(root, "node_modules/assemblyscript/bin/asc.js");
  const named = `dist/assembly/${name}.named`;
  const out = target === "release" ? ["--outFile", file] : ["--outFile", `${named}.wasm`, "--textFile", `${named}.wat`];
  const memory = ["--initialMemory", String(pages), "--maximumMemory", String(pages)];
  execFileSync(process.execPath, [asc, entry, "--config", "asconfig.json", "--target", target, ...out, ...memory], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
  });
  say(`assembly: ${name} ${target}`);
}

/** One file of JavaScript and the WASM modules beside it: what the workerd configuration embeds. */
async function bundleWorker(): Promise<void> {
  mkdirSync(outdir, { recursive: true });
  await build({
    entryPoints: [worker],
    outfile: join(outdir, "worker.js"),
    bundle: true,
    format: "esm",
    platform: "neutral",
    target: "es2024",
    mainFields: ["module", "main"],
    conditions: ["workerd", "worker", "import"],
    external: ["cloudflare:*", "node:*"],
    plugins: [wasmBeside],
    sourcemap: "linked",
    logLevel: "warning",
  });
  for (const { file } of WASM_MODULES) copyFileSync(join(root, file), join(outdir, basename(file)));
  say("worker: dist/worker/worker.js");
}

const stale = staleAtomFiles();
if (stale.length > 0) throw new Error(`${stale.join(", ")}: not current, run node scripts/generate-atoms.ts`);
for (const module of WASM_MODULES) {
  compileModule(module, "release");
  if (process.argv.includes("--named")) compileModule(module, "named");
}
if (existsSync(worker)) await bundleWorker();
