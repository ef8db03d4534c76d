/** Builds what the sources do not run as they are: the WASM parser and the Worker's bundle. Usage: `node scripts/build.ts [--quiet] [--named]`; `--named` also writes the parser with its names, and as text, to dist/assembly. */
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

import { staleAtomFiles } from "./generate-atoms.ts";
import { wasmBeside } from "./wasm-beside.ts";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const quiet = process.argv.includes("--quiet");
const wasm = join(root, "packages/imap/src/parser/imap.wasm");
const worker = join(root, "packages/imap/src/worker.ts");
const outdir = join(root, "dist/worker");

function say(text: string): void {
  if (!quiet) process.stdout.write(`${text}\n`);
}

function compileParser(target: "release" | "named"): void {
  mkdirSync(join(root, "dist/assembly"), { recursive: true });
  const asc = join(root, "node_modules/assemblyscript/bin/asc.js");
  execFileSync(process.execPath, [asc, "--config", "asconfig.json", "--target", target], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
  });
  say(`assembly: ${target}`);
}

/** One file of JavaScript and the WASM module beside it: what the workerd configuration embeds. */
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
  copyFileSync(wasm, join(outdir, "imap.wasm"));
  say("worker: dist/worker/worker.js");
}

const stale = staleAtomFiles();
if (stale.length > 0) throw new Error(`${stale.join(", ")}: not current, run node scripts/generate-atoms.ts`);
compileParser("release");
if (process.argv.includes("--named")) compileParser("named");
if (existsSync(worker)) await bundleWorker();
