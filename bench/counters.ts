/** Costs that are counted, not timed: the same on every machine. Each is an entry of `exact` or `atMost` in baseline.json. */
import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";

import * as z from "zod";

import { createSqliteBodyStore } from "../packages/imap/src/adapters/sqlite/sqlite-body-store.ts";
import { createSqliteMailboxIndex } from "../packages/imap/src/adapters/sqlite/sqlite-mailbox-index.ts";
import { LIMITS } from "../packages/imap/src/limits.ts";
import type { MailboxIndex } from "../packages/imap/src/mailbox/mailbox-index.ts";
import { Framer, type FramerSink } from "../packages/imap/src/parser/framer.ts";
import type { Tokenizer } from "../packages/imap/src/parser/tokenizer.ts";
import { createWasmTokenizer } from "../packages/imap/src/parser/wasm-tokenizer.ts";
import { sampleContent, sampleMessage } from "../packages/imap/tests/support/content.ts";
import { InMemoryServer, NOW } from "../packages/imap/tests/support/in-memory-server.ts";
import { wasmImports } from "../packages/imap/tests/parser/tokenizers.ts";
import { octetsBytes, octetsImports } from "../packages/mime/tests/support/octet-scanners.ts";
import { type CountingDatabase, openNodeSqlite } from "../packages/imap/tests/support/node-sqlite.ts";
import { root } from "./bundle.ts";
import { NETWORK_CHUNK } from "./inputs.ts";

export type Counters = Record<string, number>;

/** The planted faults of the gate's self-test: every look-up of a mailbox reads its row once more, every hundredth command leaves an object. */
export type CounterPlant = "extra-row" | "allocation" | undefined;

const MESSAGES = 10_000;
const COPIED = 1000;
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

/** Rows read and written, and statements, of whole commands on a mailbox of 10,000 messages in SQLite, right after the account was opened. */
async function countRows(plant: CounterPlant): Promise<Counters> {
  const counters: Counters = {};
  const commands: readonly (readonly [name: string, select: boolean, ...lines: readonly string[]])[] = [
    ["select", false, "a SELECT INBOX"],
    ["status", false, "a STATUS INBOX (MESSAGES UNSEEN UIDNEXT UIDVALIDITY SIZE)"],
    ["fetch-flags", true, "a UID FETCH 1:* (FLAGS)"],
    ["store-one", true, "a UID STORE 700 +FLAGS.SILENT (\\Seen)"],
    ["copy-1000", true, `a UID COPY 1:${COPIED} Archive`],
    ["append", false, "a APPEND INBOX {27+}", "Subject: a", "", "A short body."],
  ];
  for (const [name, select, ...lines] of commands) {
    const { database, server } = openServer(plant);
    const connection = server.connect();
    if (select) await connection.exchange("s SELECT INBOX");
    const before = { read: database.rowsRead, written: database.rowsWritten, statements: database.statements.length };
    const said = await connection.exchange(...lines);
    if (!/^a OK /m.test(said) || server.faults.length > 0) throw new Error(`${name}: ${said.slice(-200)}`);
    counters[`${name}.rows-read`] = database.rowsRead - before.read;
    counters[`${name}.rows-written`] = database.rowsWritten - before.written;
    counters[`${name}.statements`] = database.statements.length - before.statements;
    if (name === "fetch-flags") counters[`${name}.octets-sent`] = said.length;
    database.close();
  }
  return counters;
}

function openServer(plant: CounterPlant): { readonly database: CountingDatabase; readonly server: InMemoryServer } {
  const database = openNodeSqlite();
  const first = createSqliteMailboxIndex(database, { now: () => NOW });
  const inbox = first.open(first.create("INBOX").id);
  if (inbox === undefined) throw new Error("no INBOX");
  first.create("Archive");
  const contents = Array.from({ length: COPIED }, (_, at) => first.addContent(sampleContent(`message ${at}`)));
  inbox.append(Array.from({ length: MESSAGES }, (_, at) => sampleMessage(contents[at % COPIED] ?? 0)));
  const fresh = createSqliteMailboxIndex(database, { now: () => NOW });
  const index = plant === "extra-row" ? withExtraRow(fresh) : fresh;
  const server = new InMemoryServer({ account: { index, bodies: createSqliteBodyStore(database) } });
  return { database, server };
}

function withExtraRow(index: MailboxIndex): MailboxIndex {
  return new Proxy(index, {
    get(target, name) {
      if (name === "findByName") {
        return (mailbox: string) => {
          target.findByName(mailbox);
          return target.findByName(mailbox);
        };
      }
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
