/** Times one contender in this process, which has done nothing else, and prints microseconds as JSON. Usage: `node bench/cold/process.ts CONTENDER`. */
import { readFileSync } from "node:fs";

import * as z from "zod";

import { createInputs } from "../inputs.ts";
import { emptyModule } from "./empty-module.ts";
import { COLD_CONTENDERS, timeCold } from "./first-commands.ts";

const contender = z.enum(COLD_CONTENDERS).parse(process.argv[2]);
const parser = new WebAssembly.Module(readFileSync(new URL("../../packages/imap/src/parser/imap.wasm", import.meta.url)));
const empty = new WebAssembly.Module(emptyModule());
const microseconds = timeCold(contender, { parser, empty }, createInputs().short, (run) => {
  const start = performance.now();
  run();
  return (performance.now() - start) * 1000;
});
process.stdout.write(`${JSON.stringify(microseconds)}\n`);
