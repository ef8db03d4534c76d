import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";

import { build } from "esbuild";
import * as z from "zod";

import { installedWorkerd } from "../../packages/cli/src/workerd/server-files.ts";
import { wasmBeside } from "../../scripts/wasm-beside.ts";
import { WASM_MODULES } from "../../scripts/wasm-modules.ts";
import { namedModule, root } from "../bundle.ts";
import { emptyModule } from "../cold/empty-module.ts";

const folder = join(root, "dist/bench/workerd");

/** Asks the Worker; the answer is what its JSON says. */
export type Ask = (path: string, query?: Readonly<Record<string, string>>) => Promise<unknown>;

const ListenEvent = z.object({ event: z.enum(["listen", "listen-inspector"]), port: z.int().min(1).max(65_535) });

/** The bundle, as it was made last. */
export const WORKER_FILE: string = join(folder, "worker.js");

export interface WorkerdBundle {
  /** With the names of the source, for a profile: the WASM modules must be built with `--named`. */
  readonly readable?: boolean;
}

/** Bundles bench/workerd/worker.ts and writes its configuration into dist/. */
export async function bundleForWorkerd({ readable = false }: WorkerdBundle = {}): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await build({
    entryPoints: [join(root, "bench/workerd/worker.ts")],
    outfile: WORKER_FILE,
    bundle: true,
    absWorkingDir: root,
    format: "esm",
    platform: "neutral",
    target: "es2024",
    mainFields: ["module", "main"],
    conditions: ["workerd", "worker", "import"],
    plugins: [wasmBeside],
    minify: !readable,
    logLevel: "warning",
  });
  for (const module of WASM_MODULES) cpSync(readable ? namedModule(module) : join(root, module.file), join(folder, basename(module.file)));
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
${WASM_MODULES.map(({ file }) => `    (name = "${basename(file)}", wasm = embed "${basename(file)}"),`).join("\n")}
    (name = "empty.wasm", wasm = embed "empty.wasm"),
  ],
  compatibilityDate = "${compatibilityDate}",
);
`;
}

/** Starts a fresh workerd with what was bundled, and ends it after `work`. */
export function withWorkerd<T>(work: (ask: Ask) => Promise<T>): Promise<T> {
  return inWorkerd([], (ask) => work(ask));
}

/** The same with V8's inspector, which is not there in what is measured. `work` is told its port. */
export function withInspectedWorkerd<T>(work: (ask: Ask, inspector: number) => Promise<T>): Promise<T> {
  return inWorkerd(["--inspector-addr=127.0.0.1:0"], (ask, { "listen-inspector": port }) => {
    if (port === undefined) throw new Error("workerd did not say where its inspector listens");
    return work(ask, port);
  });
}

type Ports = Partial<Readonly<Record<z.infer<typeof ListenEvent>["event"], number>>>;

async function inWorkerd<T>(options: readonly string[], work: (ask: Ask, ports: Ports) => Promise<T>): Promise<T> {
  const { program } = installedWorkerd();
  const child = spawn(program, ["serve", "--control-fd=3", ...options, "bench.capnp"], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit", "pipe"],
  });
  const exited = once(child, "exit");
  try {
    const ports = await portsOf(child, exited);
    const ask: Ask = async (path, query = {}) => {
      const response = await fetch(`http://127.0.0.1:${ports.listen}${path}?${new URLSearchParams(query).toString()}`);
      if (!response.ok) throw new Error(`workerd answers ${path} with ${response.status}`);
      return response.json();
    };
    return await work(ask, ports);
  } finally {
    // Nothing of it is worth a farewell.
    child.kill("SIGKILL");
    await exited;
  }
}

/** Where it listens: it says the port of the service last. */
async function portsOf(child: ChildProcess, exited: Promise<unknown>): Promise<Ports> {
  const control = child.stdio[3];
  if (!(control instanceof Readable)) throw new Error("workerd has no control pipe");
  const ended = exited.then(() => {
    throw new Error("workerd ended at its start");
  });
  const read = async (): Promise<Ports> => {
    const ports: { -readonly [Event in keyof Ports]: Ports[Event] } = {};
    for await (const line of createInterface({ input: control })) {
      const { event, port } = ListenEvent.parse(JSON.parse(line));
      ports[event] = port;
      if (event === "listen") break;
    }
    return ports;
  };
  return Promise.race([read(), ended]);
}
