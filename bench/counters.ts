/** Costs that are counted, not timed: the same on every machine. Each is an entry of `exact` or `atMost` in baseline.json. */
import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";

import * as z from "zod";

import { LIMITS } from "../packages/imap/src/limits.ts";
import { Framer, type FramerSink } from "../packages/imap/src/parser/framer.ts";
import type { Tokenizer } from "../packages/imap/src/parser/tokenizer.ts";
import { createWasmTokenizer } from "../packages/imap/src/parser/wasm-tokenizer.ts";
import { wasmImports } from "../packages/imap/tests/parser/tokenizers.ts";
import { octetsBytes, octetsImports } from "../packages/mime/tests/support/octet-scanners.ts";
import { root } from "./bundle.ts";
import { countRows } from "./command-costs.ts";
import { NETWORK_CHUNK } from "./inputs.ts";

export type Counters = Record<string, number>;

/** The planted faults of the gate's self-test: every look-up of a mailbox reads its row once more, every hundredth command leaves an object. */
export type CounterPlant = "extra-row" | "allocation" | undefined;

const wasm = join(root, "packages/imap/src/parser/imap.wasm");
const wasmModule = new WebAssembly.Module(readFileSync(wasm));

export async function countAll(plant?: CounterPlant): Promise<Counters> {
  return { ...countArtifacts(), ...countLiteral(), ...countHeap(plant), ...(await countRows(plant)) };
}

/** Sizes as they are deployed, not compressed: that differs from one zlib to the next, and an isolate parses all of it at its start. */
function countArtifacts(): Counters {
  // Without imports: a module that has any does not start.
  const { exports } = new WebAssembly.Instance(wasmModule);
  return {
    "parser.wasm-octets": statSync(wasm).size,
    "parser.wasm-imports": wasmImports.length,
    "parser.wasm-exports": Object.keys(exports).length,
    "octets.wasm-octets": octetsBytes.length,
    "octets.wasm-imports": octetsImports.length,
    "worker.bundle-octets": statSync(join(root, "dist/worker/worker.js")).size,
  };
}

/** An APPEND of 1 MB in network chunks: what of the literal goes through the tokenizer, and so into WASM, and what of it is copied at all. */
function countLiteral(): Counters {
  const size = 1_000_000;
  const inner = createWasmTokenizer(wasmModule);
  let tokenized = 0;
  const tokenizer: Tokenizer = {
    window: inner.window,
    parse(input, ...rest) {
      tokenized += input.length;
      return inner.parse(input, ...rest);
    },
  };
  const pushed = new Set<ArrayBufferLike>();
  let copied = 0;
  let streamed = 0;
  const framer = new Framer(tokenizer, LIMITS);
  const sink: FramerSink = {
    command: () => {},
    literal: () => framer.acceptStream(sink),
    chunk: (data) => {
      streamed += data.length;
      if (!pushed.has(data.buffer)) copied += data.length;
    },
    literalEnd: () => {},
    fatal: (reason) => {
      throw new Error(`the framer stopped: ${reason}`);
    },
  };
  const push = (chunk: Uint8Array): void => {
    pushed.add(chunk.buffer);
    framer.push(chunk, sink);
  };
  const line = new TextEncoder().encode(`a APPEND INBOX {${size}+}\r\n`);
  const end = new TextEncoder().encode("\r\n");
  push(line);
  for (let at = 0; at < size; at += NETWORK_CHUNK) push(new Uint8Array(Math.min(NETWORK_CHUNK, size - at)).fill(0x0a));
  push(end);
  if (streamed !== size) throw new Error(`the literal came with ${streamed} octets`);
  return { "literal.octets-into-wasm": tokenized - line.length - end.length, "literal.octets-copied": copied };
}

function countHeap(plant: CounterPlant): Counters {
  const flags = ["--expose-gc", "--min-semi-space-size=64", "--max-semi-space-size=64"];
  const printed = execFileSync(process.execPath, [...flags, join(root, "bench/heap.ts"), ...(plant === "allocation" ? ["--plant"] : [])], {
    encoding: "utf8",
  });
  return { "parser.objects-per-million-commands": z.coerce.number().int().parse(printed.trim()) };
}
