import { realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

import { describe, test } from "vitest";
import * as z from "zod";

import { DEPTH_NEW } from "../../src/parser/tape.ts";
import { octets, wasmBytes } from "./tokenizers.ts";

/**
 * The work of the WASM tokenizer, counted without a clock: Binaryen puts a call into every function and every loop of the very
 * module that is deployed, and what is counted is those calls. No turn of a loop does more than a fixed number of instructions,
 * but for none: there is no bulk memory operation in it.
 */

const FunctionLike = z.custom<(...args: readonly unknown[]) => unknown>((value) => typeof value === "function");
const ModuleLike = z.object({ setFeatures: FunctionLike, runPasses: FunctionLike, emitBinary: FunctionLike });
const BinaryenLike = z.object({ readBinary: FunctionLike, Features: z.object({ All: z.number() }) });
const ExportsLike = z.object({
  parseLines: FunctionLike,
  parse: FunctionLike,
  memory: z.object({ buffer: z.instanceof(ArrayBuffer) }),
  INPUT: z.object({ value: z.number() }),
});

let steps = 0;
const count = await countingTokenizer();

/** Binaryen comes with the compiler of assembly/: the version that made the module reads it. */
async function countingTokenizer(): Promise<(input: Uint8Array) => number> {
  const compiler = realpathSync(fileURLToPath(new URL("../../../../node_modules/assemblyscript/package.json", import.meta.url)));
  const loaded: unknown = await import(pathToFileURL(createRequire(compiler).resolve("binaryen")).href);
  const binaryen = BinaryenLike.parse(z.object({ default: z.unknown() }).parse(loaded).default);
  const source = binaryen.readBinary(wasmBytes);
  const module = ModuleLike.parse(source);
  module.setFeatures.call(source, binaryen.Features.All);
  module.runPasses.call(source, ["log-execution"]);
  const bytes = z.instanceof(Uint8Array).parse(module.emitBinary.call(source));
  const api = z.object({ WebAssembly: z.object({ instantiate: FunctionLike }) }).parse(globalThis).WebAssembly;
  const { instance } = z
    .object({ instance: z.object({ exports: ExportsLike }) })
    .parse(await api.instantiate(bytes, { env: { log_execution: () => void steps++ } }));
  const { parseLines, parse, memory, INPUT } = instance.exports;
  return (input) => {
    new Uint8Array(memory.buffer, INPUT.value).set(input);
    steps = 0;
    if (z.number().parse(parseLines(input.length)) < 0) parse(input.length, 16_384, 65_536, 0, DEPTH_NEW, 0);
    return steps;
  };
}

const CASES: readonly (readonly [name: string, input: (units: number) => string])[] = [
  ["short commands", (units) => "a UID FETCH 1:* (FLAGS)\r\n".repeat(units)],
  ["an atom", (units) => `a ${"x".repeat(units * 16)}\r\n`],
  ["a number", (units) => `a ${"1".repeat(units * 16)}\r\n`],
  ["a set", (units) => `a ${"1,".repeat(units * 8)}1\r\n`],
  ["a set that turns out to be an atom", (units) => `a ${"1,".repeat(units * 8)}x\r\n`],
  ["sets that turn out to be atoms", (units) => `a${" 1,1:1,x".repeat(units * 2)}\r\n`],
  ["spaces", (units) => `a${" ".repeat(units * 16)}b\r\n`],
  ["tiny tokens", (units) => `a${" a".repeat(units * 8)}\r\n`],
  ["parentheses", (units) => `a ${"(".repeat(units * 8)}${")".repeat(units * 8)}\r\n`],
  ["parentheses that are never closed", (units) => `a ${"(".repeat(units * 16)}\r\n`],
  ["tildes", (units) => `a ${"~".repeat(units * 16)}\r\n`],
  ["a quoted string", (units) => `a "${" ".repeat(units * 16)}"\r\n`],
  ["a quoted string of escapes", (units) => `a "${"\\\\".repeat(units * 8)}"\r\n`],
  ["a quoted string that is never closed", (units) => `a "${"x".repeat(units * 16)}\r\n`],
  ["quoted strings that are never closed", (units) => `a "x\r\n`.repeat(units * 3)],
  ["empty quoted strings", (units) => `a ${'""'.repeat(units * 8)}\r\n`],
  ["inline literals", (units) => `a${" {3+}\r\nxyz".repeat(units)}\r\n`],
  ["lines that cannot be read", (units) => "a \x01 {\r\n".repeat(units * 2)],
  ["a broken command of many literals", (units) => `a \x01${" {1+}\r\n\n".repeat(units)}\r\n`],
  ["braces", (units) => `a ${"{1".repeat(units * 8)}\r\n`],
  ["the digits of a literal's size", (units) => `a {${"0".repeat(units * 16)}1+}\r\n`],
  ["a line that is not over", (units) => `a ${"x (1 ".repeat(units * 3)}`],
  ["empty lines", (units) => "\r\n".repeat(units * 8)],
];

describe("twice the input is at most 2.3 times the work of the WASM tokenizer", () => {
  test.for(CASES)("%s", ([, make], { expect }) => {
    const [once, twice] = [octets(make(400)), octets(make(800))];
    const work = count(once);
    // A turn of a loop takes 64 octets at most: less work than this would not be counted work.
    expect(work).toBeGreaterThan(once.length / 80);
    expect(count(twice) / work).toBeLessThanOrEqual(2.3);
    // Nor is the work per octet much at any size.
    expect(work).toBeLessThanOrEqual(once.length * 4);
  });
});
