/** Prints every short benchmark. Usage: `node bench/run.ts`. */
import { tokenizerRatios, wasmSize } from "./tokenizer.ts";

process.stdout.write(`parser: ${wasmSize()} octets of WASM\n`);
for (const { name, ratio } of await tokenizerRatios())
  process.stdout.write(`${name.padEnd(24)} ${ratio.toFixed(2)}x the TypeScript reference\n`);
