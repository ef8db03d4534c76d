import { test } from "vitest";

import { COMMAND_ENTRIES, DEPTH_NEW } from "../../src/parser/tape.ts";
import { createWasmTokenizer } from "../../src/parser/wasm-tokenizer.ts";
import { octets, snapshot, reference, wasm, wasmBytes, wasmImports, wasmModule } from "./tokenizers.ts";

test("the module imports nothing and has at most 12 KiB", ({ expect }) => {
  expect(wasmImports).toEqual([]);
  expect(wasmBytes.length).toBeLessThanOrEqual(12 * 1024);
});

test("what is no parser module is refused by name", ({ expect }) => {
  // The smallest module there is: magic and version.
  const empty = Reflect.construct(wasmModule.constructor, [Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)]);
  expect(() => createWasmTokenizer(empty)).toThrow("parser module: no number ABI_VERSION");
});

test("instances are independent, and a call keeps nothing for the next one", ({ expect }) => {
  const other = createWasmTokenizer(wasmModule);
  const first = snapshot(other.parse(octets("a NOOP\r\nb (1 2\r\n"), 10, 100, DEPTH_NEW, 0, 0));
  wasm.parse(octets('c LOGIN "x" {3}\r\n'), 10, 100, DEPTH_NEW, 0, 0);
  expect(snapshot(other.parse(octets("a NOOP\r\nb (1 2\r\n"), 10, 100, DEPTH_NEW, 0, 0))).toEqual(first);
});

test("no static table reaches into the regions that calls write", ({ expect }) => {
  // An input of zeros is read back from memory as it is only if nothing else lies there.
  const filled = octets(`a ${"x".repeat(wasm.window - 4)}\r\n`);
  const before = snapshot(wasm.parse(octets("a UID FETCH 1 \\Seen\r\n"), 0, 0, DEPTH_NEW, 0, 0));
  expect(wasm.parse(filled, 0, 0, DEPTH_NEW, 0, 0).commands).toBe(1);
  expect(snapshot(wasm.parse(octets("a UID FETCH 1 \\Seen\r\n"), 0, 0, DEPTH_NEW, 0, 0))).toEqual(before);
});

test("an input that fills the window, and one beyond it, give the reference's tape", ({ expect }) => {
  for (const extra of [0, 1, 100_000]) {
    const input = octets(`a UID FETCH ${"1,".repeat((wasm.window - 16 + extra) / 2)}2 X\r\n`);
    expect(snapshot(wasm.parse(input, 0, 0, DEPTH_NEW, 0, 0))).toEqual(snapshot(reference.parse(input, 0, 0, DEPTH_NEW, 0, 0)));
  }
});

test("masks of the input before are not taken for this one's, wherever a token ends", ({ expect }) => {
  const quoted = [7, 24, 31].map((length) => `"${"q".repeat(length)}"`);
  const lines = [1, 20, 200].map((count) => `)${"\r\n".repeat(count)}`);
  const words = [20, 45, 120].map((length) => "w".repeat(length));
  const tails = [...quoted, "1234567", "(", ") ", ...lines].flatMap((short) => words.map((word) => `${short}${word} x)\r\n`));
  for (const tail of tails) {
    for (let before = 1; before < 140; before++) {
      const input = octets(`a ( ${"x ".repeat(before)}${tail}`);
      wasm.parse(octets(`a ${" ".repeat(4000)}b\r\n`), 0, 0, DEPTH_NEW, 0, 0);
      expect(snapshot(wasm.parse(input, 0, 0, DEPTH_NEW, 0, 0))).toEqual(snapshot(reference.parse(input, 0, 0, DEPTH_NEW, 0, 0)));
    }
  }
});

test("a line beyond its room is cut at the same token, whatever that is", ({ expect }) => {
  for (const token of ["x", "1", '"q"', "(", "1,2", "+x", "x )"]) {
    for (const left of [1, 2, 3, 4, 5]) {
      const input = octets(`x ${`${token} `.repeat(4)}\r\na NOOP\r\n`);
      const entries = COMMAND_ENTRIES + 1 - left;
      expect(snapshot(wasm.parse(input, 0, 0, 1, 0, entries))).toEqual(snapshot(reference.parse(input, 0, 0, 1, 0, entries)));
    }
    const whole = octets(`a ${`${token} `.repeat(COMMAND_ENTRIES)}\r\nb NOOP\r\n`);
    expect(snapshot(wasm.parse(whole, 0, 0, DEPTH_NEW, 0, 0))).toEqual(snapshot(reference.parse(whole, 0, 0, DEPTH_NEW, 0, 0)));
  }
});

/** Words of 1 to 80 octets of each kind, quoted strings, and what looks like a name or a number but is none. */
const WORDS = Array.from({ length: 80 }, (_, at) => {
  const length = at + 1;
  const number = "1234567890".repeat(8).slice(0, length);
  return [
    "x".repeat(length),
    number,
    `${number},1:*`,
    `${"5[".repeat(length)}]`,
    `(${"\\Seen".slice(0, length)} |seen \\seen)`,
    `"${" ".repeat(length)}"`,
    `"${'\\"'.repeat(length)}"`,
    `${4_294_967_200 + length} 000${length}`,
  ].join(" ");
});

test("words of any length give the reference's tape wherever they stand", ({ expect }) => {
  for (let before = 0; before < 70; before++) {
    const commands = WORDS.map((words, at) => `${"t".repeat((at % 20) + 1)} FETCH ${words}\r\n`).join("");
    const input = octets(`${"x".repeat(before)} NOOP\r\nDONE\r\n${commands}|done\r\ndone\r\n`);
    expect(snapshot(wasm.parse(input, 0, 0, DEPTH_NEW, 0, 0))).toEqual(snapshot(reference.parse(input, 0, 0, DEPTH_NEW, 0, 0)));
  }
});
