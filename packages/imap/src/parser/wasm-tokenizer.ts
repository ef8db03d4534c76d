import { instantiate } from "@sluice/mime/wasm-exports";

import { createReferenceTokenizer } from "./reference-tokenizer.ts";
import { ABI_VERSION, DEPTH_NEW, ENTRY_SIZE, Status, TAPE_ENTRIES } from "./tape.ts";
import type { TapeResult, Tokenizer } from "./tokenizer.ts";

/**
 * Makes the tokenizer of one isolate from the compiled assembly/index.ts. All connections share it: a
 * call keeps nothing, its memory is fixed, and its views are made once.
 *
 * @param module a `WebAssembly.Module`
 * @throws if the module is not the one that this source belongs to
 */
export function createWasmTokenizer(module: object): Tokenizer {
  const exports = instantiate(module, "parser module");
  if (exports.number("ABI_VERSION") !== ABI_VERSION) throw new Error(`parser module: expected ABI version ${ABI_VERSION}`);
  if (exports.number("TAPE_ENTRIES") !== TAPE_ENTRIES) throw new Error(`parser module: expected a tape of ${TAPE_ENTRIES} entries`);
  const window = exports.number("INPUT_SIZE");
  const target = exports.octets("INPUT", window);
  const header = new Int32Array(target.buffer, exports.number("HEADER"), 9);
  const tape = new Int32Array(target.buffer, exports.number("TAPE"), TAPE_ENTRIES * ENTRY_SIZE);
  const runLines = exports.function("parseLines");
  const run = exports.function("parse");
  // Of commands of one line each, only some fields are news. The engine interprets the first thousands of calls, and each field counts there.
  const lines: TapeResult = {
    status: Status.done,
    consumed: 0,
    commands: 0,
    literalSize: 0,
    literalFlags: 0,
    depth: DEPTH_NEW,
    entries: 0,
    resume: 0,
    open: 0,
    tape,
  };
  const result: TapeResult = { ...lines };
  // Lines beyond the window are rare (UID sets of whole mailboxes): plain TypeScript reads those.
  let long: Tokenizer | undefined;

  return {
    window,
    parse(input, inlineMax, inlineTotal, depth, used, entries) {
      const { length } = input;
      if (length > window) {
        long ??= createReferenceTokenizer();
        return long.parse(input, inlineMax, inlineTotal, depth, used, entries);
      }
      target.set(input);
      if (depth === DEPTH_NEW) {
        const found = runLines(length);
        // Negative where something else comes.
        if (found >= 0) {
          const consumed = header[1] ?? 0;
          lines.consumed = consumed;
          lines.commands = header[2] ?? 0;
          lines.entries = found;
          lines.resume = consumed;
          lines.open = found;
          return lines;
        }
      }
      result.entries = run(length, inlineMax, inlineTotal, used, depth, entries);
      result.status = header[0] ?? 0;
      result.consumed = header[1] ?? 0;
      result.commands = header[2] ?? 0;
      result.literalSize = (header[3] ?? 0) >>> 0;
      result.literalFlags = header[4] ?? 0;
      result.depth = header[5] ?? 0;
      result.resume = header[7] ?? 0;
      result.open = header[8] ?? 0;
      return result;
    },
  };
}
