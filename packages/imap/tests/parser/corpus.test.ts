import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { describe, test } from "vitest";

import type { Tokenizer } from "../../src/parser/tokenizer.ts";
import { LEVELS } from "./arbitraries.ts";
import { differenceOf, readCase, writeCase } from "./differential.ts";
import { fuzzLevel } from "./fuzzing.ts";
import { octets, reference, wasm } from "./tokenizers.ts";

const folder = fileURLToPath(new URL("corpus/", import.meta.url));

describe("every kept case is read the same by both tokenizers", () => {
  test.for(readdirSync(folder).filter((name) => name.endsWith(".json")))("%s", (name, { expect }) => {
    expect(differenceOf(readCase(readFileSync(`${folder}${name}`, "utf8")), wasm, reference)).toBeUndefined();
  });
});

test.for([...LEVELS.keys()])("both tokenizers say the same of random %s", (level, { expect }) => {
  expect(fuzzLevel(level, 1, 500, wasm, reference)).toBeUndefined();
});

/** A parser with the bug that a class table had once: it takes superscript two for a digit. */
const wrong: Tokenizer = {
  window: wasm.window,
  parse: (input, ...rest) =>
    wasm.parse(
      input.map((octet) => (octet === 0xb2 ? 0x32 : octet)),
      ...rest,
    ),
};

test("a tokenizer that errs on one octet is found, with the smallest case that shows it", ({ expect }) => {
  const finding = fuzzLevel("octets", 1, 20_000, wrong, reference);
  expect(finding?.difference).toBeTypeOf("string");
  expect(finding?.case.input).toContain(0xb2);
  expect(finding?.case.input.length).toBeLessThanOrEqual(4);
});

test("a kept case is read back as it was", ({ expect }) => {
  const call = {
    kind: "call",
    input: octets('a "\0\x7f\xff\\\r\n'),
    inlineMax: 1,
    inlineTotal: 2,
    depth: -2,
    used: 0,
    entries: 0,
  } as const;
  const split = { kind: "split", input: octets("a {3+}\r\nxyz\r\n"), cuts: [1, 2], salt: 2 } as const;
  expect(writeCase(call)).toMatch(/^[\n -~]+$/);
  for (const test of [call, split]) expect(readCase(writeCase(test))).toEqual(test);
});
