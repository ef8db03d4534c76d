import { createReferenceTokenizer } from "../../packages/imap/src/parser/reference-tokenizer.ts";
import { DEPTH_NEW } from "../../packages/imap/src/parser/tape.ts";
import type { Tokenizer } from "../../packages/imap/src/parser/tokenizer.ts";
import { createWasmTokenizer } from "../../packages/imap/src/parser/wasm-tokenizer.ts";
import { warmUp } from "../../packages/imap/src/parser/warm-up.ts";
import { NETWORK_CHUNK } from "../inputs.ts";
import { expectWork, type Run } from "../subjects.ts";

/**
 * What one fresh process times: the first commands of one tokenizer, one a call, as network chunks bring them, or behind what the Worker does
 * while it starts; or how long the parser, or an empty module, takes to be instantiated.
 */
export const COLD_CONTENDERS = [
  "wasm",
  "typescript",
  "wasm-pipelined",
  "typescript-pipelined",
  "wasm-started",
  "typescript-started",
  "instantiate",
  "instantiate-empty",
] as const;
export type ColdContender = (typeof COLD_CONTENDERS)[number];

const COMMANDS = 1000;
/** The first instance of a process is followed by these: an isolate makes its own in a process that has made others. */
const MORE_INSTANCES = 20;
const LF = 0x0a;

/** Compiled: the runtime does that before the first connection comes. */
export interface ColdModules {
  readonly parser: WebAssembly.Module;
  /** See empty-module.ts. */
  readonly empty: WebAssembly.Module;
}

/** What a runtime times one run with, in microseconds. */
export type Stopwatch = (run: Run) => number;

/**
 * Times a contender's first work in this process. Making the tokenizer belongs to it: its tables, or the instance of the module; but not where
 * the Worker has started.
 *
 * @param input commands of one line each
 * @returns microseconds: one value; of instances the first and the mean of more
 */
export function timeCold(contender: ColdContender, { parser, empty }: ColdModules, input: Uint8Array, stopwatch: Stopwatch): number[] {
  const commands = firstCommands(input);
  const pipelined = input.slice(
    0,
    commands.reduce((octets, { length }) => octets + length, 0),
  );
  switch (contender) {
    case "wasm":
      return [stopwatch(() => tokenize(createWasmTokenizer(parser), commands))];
    case "typescript":
      return [stopwatch(() => tokenize(createReferenceTokenizer(), commands))];
    case "wasm-pipelined":
      return [stopwatch(() => tokenizeChunks(createWasmTokenizer(parser), pipelined))];
    case "typescript-pipelined":
      return [stopwatch(() => tokenizeChunks(createReferenceTokenizer(), pipelined))];
    case "wasm-started":
      return [timeStarted(createWasmTokenizer(parser), commands, stopwatch)];
    case "typescript-started":
      return [timeStarted(createReferenceTokenizer(), commands, stopwatch)];
    case "instantiate":
      return timeInstances(parser, stopwatch);
    case "instantiate-empty":
      return timeInstances(empty, stopwatch);
    default:
      return contender satisfies never;
  }
}

function timeInstances(wasm: WebAssembly.Module, stopwatch: Stopwatch): number[] {
  return [stopwatch(() => instantiate(wasm, 1)), stopwatch(() => instantiate(wasm, MORE_INSTANCES)) / MORE_INSTANCES];
}

function instantiate(wasm: WebAssembly.Module, times: number): void {
  let instances = 0;
  for (let time = 0; time < times; time++) if ("parse" in new WebAssembly.Instance(wasm).exports) instances++;
  expectWork(instances === times);
}

function firstCommands(input: Uint8Array): Uint8Array[] {
  const commands: Uint8Array[] = [];
  for (let start = 0; commands.length < COMMANDS;) {
    const end = input.indexOf(LF, start) + 1;
    if (end === 0) throw new Error(`the input has fewer than ${COMMANDS} commands`);
    commands.push(input.slice(start, end));
    start = end;
  }
  return commands;
}

function timeStarted(tokenizer: Tokenizer, commands: readonly Uint8Array[], stopwatch: Stopwatch): number {
  warmUp(tokenizer);
  return stopwatch(() => tokenize(tokenizer, commands));
}

/** What a chunk ends within comes again with the next one. */
function tokenizeChunks(tokenizer: Tokenizer, input: Uint8Array): void {
  let found = 0;
  for (let at = 0; at < input.length;) {
    const { commands, consumed } = tokenizer.parse(input.subarray(at, at + NETWORK_CHUNK), 0, 0, DEPTH_NEW, 0, 0);
    if (commands === 0) throw new Error("a chunk holds no whole command");
    found += commands;
    at += consumed;
  }
  expectWork(found === COMMANDS);
}

function tokenize(tokenizer: Tokenizer, commands: readonly Uint8Array[]): void {
  let found = 0;
  for (const command of commands) found += tokenizer.parse(command, 0, 0, DEPTH_NEW, 0, 0).commands;
  expectWork(found === COMMANDS);
}
