import { readFileSync } from "node:fs";

import { createReferenceTokenizer } from "../packages/imap/src/parser/reference-tokenizer.ts";
import { DEPTH_NEW } from "../packages/imap/src/parser/tape.ts";
import type { Tokenizer } from "../packages/imap/src/parser/tokenizer.ts";
import { createWasmTokenizer } from "../packages/imap/src/parser/wasm-tokenizer.ts";
import { ratioOf, type Ratio } from "./ratio.ts";

const wasm = new URL("../packages/imap/src/parser/imap.wasm", import.meta.url);

/** Octets of the compiled parser. */
export function wasmSize(): number {
  return readFileSync(wasm).length;
}

const CORPORA: Readonly<Record<string, string>> = {
  short: [
    "a1 NOOP",
    "a2 UID FETCH 12:20 (UID FLAGS RFC822.SIZE)",
    'a3 STATUS "Sent Items" (MESSAGES UNSEEN UIDNEXT)',
    "a4 UID STORE 8812 +FLAGS.SILENT (\\Seen)",
    "a5 UID SEARCH UNDELETED SINCE 1-Jan-2026",
    "a6 SELECT INBOX (CONDSTORE)",
    "",
  ].join("\r\n"),
  sets: `a1 UID FETCH ${Array.from({ length: 700 }, (_, at) => at * 3 + 100_000).join(",")} (FLAGS)\r\n`,
  quoted: `a1 UID SEARCH SUBJECT "${"durable object ".repeat(250)}"\r\n`,
};

/** Speed of the WASM tokenizer as a multiple of the TypeScript one's, for each kind of input. */
export async function tokenizerRatios(): Promise<Ratio[]> {
  const compiled = createWasmTokenizer(new WebAssembly.Module(readFileSync(wasm)));
  const reference = createReferenceTokenizer();
  const ratios: Ratio[] = [];
  for (const [name, text] of Object.entries(CORPORA)) {
    const input = new TextEncoder().encode(text.repeat(Math.ceil(65_000 / text.length)));
    const run = (tokenizer: Tokenizer) => (): void => {
      const { commands } = tokenizer.parse(input, 16_384, 1 << 20, DEPTH_NEW, 0, 0);
      if (commands === 0) throw new Error("the tokenizer found no command");
    };
    ratios.push(await ratioOf(`tokenizer.${name}`, run(compiled), run(reference)));
  }
  return ratios;
}
