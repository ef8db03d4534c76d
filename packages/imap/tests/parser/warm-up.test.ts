import { test } from "vitest";

import { ENTRY_SIZE, tapeErrorText } from "../../src/parser/tape.ts";
import type { TapeResult, Tokenizer } from "../../src/parser/tokenizer.ts";
import { warmUp } from "../../src/parser/warm-up.ts";
import { both, tokenize } from "./tokenizers.ts";

test.for(both)("%s: it reads one whole command, without an error, and leaves nothing behind", ([, tokenizer], { expect }) => {
  const before = tokenize(tokenizer, "b NOOP\r\n");
  const results: TapeResult[] = [];
  const watched: Tokenizer = {
    window: tokenizer.window,
    parse(...parameters) {
      const result = tokenizer.parse(...parameters);
      results.push({ ...result, tape: result.tape.slice(0, result.entries * ENTRY_SIZE) });
      return result;
    },
  };
  warmUp(watched);
  expect(results.map(({ commands, open, entries, tape }) => [commands, open === entries, tapeErrorText(tape)])).toEqual([
    [1, true, undefined],
  ]);
  expect(tokenize(tokenizer, "b NOOP\r\n")).toEqual(before);
});
