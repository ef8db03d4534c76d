/**
 * Counts the objects that the tokenizer leaves on the heap over a million commands. Usage: `node --expose-gc --min-semi-space-size=64 --max-semi-space-size=64 bench/heap.ts`:
 * the young generation is large enough that nothing is collected between the two readings, so that every object shows. The smallest
 * object of V8 has 12 octets. One object in a million commands shows.
 */
import { readFileSync } from "node:fs";

import { DEPTH_NEW } from "../packages/imap/src/parser/tape.ts";
import { createWasmTokenizer } from "../packages/imap/src/parser/wasm-tokenizer.ts";

const COMMANDS = 1_000_000;
const SMALLEST_OBJECT = 12;
const PASSES = 10;

const tokenizer = createWasmTokenizer(
  new WebAssembly.Module(readFileSync(new URL("../packages/imap/src/parser/imap.wasm", import.meta.url))),
);
const commands = ["a1 NOOP\r\n", "a2 UID FETCH 12:20 (UID FLAGS)\r\n", 'a3 STATUS "Sent Items" (MESSAGES)\r\n', "a4 LOGIN {5+}\r\n"].map(
  (text) => new TextEncoder().encode(text),
);

/** The planted fault of the gate's self-test. */
const planted = process.argv.includes("--plant");
const kept: object[] = [];

function tokenizeAll(count: number): number {
  let entries = 0;
  for (let time = 0; time < count / commands.length; time++) {
    if (planted && time % 25 === 0) kept[0] = { time };
    for (const command of commands) entries += tokenizer.parse(command, 0, 0, DEPTH_NEW, 0, 0).entries;
  }
  return entries;
}

/** Octets that the heap grows by over as many commands. */
function grown(count: number): number {
  if (gc === undefined) throw new Error("run with --expose-gc");
  gc();
  const before = process.memoryUsage().heapUsed;
  if (tokenizeAll(count) === 0 && count > 0) throw new Error("no command was tokenized");
  return process.memoryUsage().heapUsed - before;
}

function least(count: number): number {
  return Math.min(...Array.from({ length: PASSES }, () => grown(count)));
}

// The compilers leave objects too, in the first passes, and so do the readings themselves, always as many.
const commandsLeave = least(COMMANDS);
process.stdout.write(`${Math.max(0, Math.floor((commandsLeave - least(0)) / SMALLEST_OBJECT))}\n`);
