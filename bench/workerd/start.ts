import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";

import { build } from "esbuild";
import * as z from "zod";

import { installedWorkerd } from "../../packages/cli/src/workerd/server-files.ts";
import { wasmBeside } from "../../scripts/wasm-beside.ts";
import { root } from "../bundle.ts";
import { emptyModule } from "../cold/empty-module.ts";

const folder = join(root, "dist/bench/workerd");

/** Asks the Worker; the answer is what its JSON says. */
export type Ask = (path: string, query?: Readonly<Record<string, string>>) => Promise<unknown>;

const ListenEvent = z.object({ event: z.literal("listen"), port: z.int().min(1).max(65_535) });

/** Bundles bench/workerd/worker.ts and writes its configuration into dist/. */
export async function bundleForWorkerd(): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await build({
    entryPoints: [join(root, "bench/workerd/worker.ts")],
    outfile: join(folder, "worker.js"),
    bundle: true,
    format: "esm",
    platform: "neutral",
    target: "es2024",
    mainFields: ["module", "main"],
    conditions: ["workerd", "worker", "import"],
    plugins: [wasmBeside],
    minify: true,
    logLevel: "warning",
  });
  cpSync(join(root, "packages/imap/src/parser/imap.wasm"), join(folder, "imap.wasm"));
  writeFileSync(join(folder, "empty.wasm"), emptyModule());
  writeFileSync(join(folder, "bench.capnp"), configuration(installedWorkerd().compatibilityDate));
}

function configuration(compatibilityDate: string): string {
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [(name = "main", worker = .main)],
  sockets = [(name = "http", address = "127.0.0.1:0", service = "main", http = ())],
);

const main :Workerd.Worker = (
  modules = [
    (name = "worker.js", esModule = embed "worker.js"),
    (name = "imap.wasm", wasm = embed "imap.wasm"),
    (name = "empty.wasm", wasm = embed "empty.wasm"),
  ],
  compatibilityDate = "${compatibilityDate}",
);
`;
}

/** Starts a fresh workerd with what was bundled, and ends it after `work`. */
export async function withWorkerd<T>(work: (ask: Ask) => Promise<T>): Promise<T> {
  const { program } = installedWorkerd();
  const child = spawn(program, ["serve", "--control-fd=3", "bench.capnp"], { cwd: folder, stdio: ["ignore", "ignore", "inherit", "pipe"] });
  const exited = once(child, "exit");
  try {
    const port = await portOf(child, exited);
    return await work(async (path, query = {}) => {
      const response = await fetch(`http://127.0.0.1:${port}${path}?${new URLSearchParams(query).toString()}`);
      if (!response.ok) throw new Error(`workerd answers ${path} with ${response.status}`);
      return response.json();
    });
  } finally {
    // Nothing of it is worth a farewell.
    child.kill("SIGKILL");
    await exited;
  }
}

async function portOf(child: ChildProcess, exited: Promise<unknown>): Promise<number> {
  const control = child.stdio[3];
  if (!(control instanceof Readable)) throw new Error("workerd has no control pipe");
  const line: unknown = await Promise.race([
    once(createInterface({ input: control }), "line").then((found) => found[0]),
    exited.then(() => {
      throw new Error("workerd ended at its start");
    }),
  ]);
  return ListenEvent.parse(JSON.parse(z.string().parse(line))).port;
}
