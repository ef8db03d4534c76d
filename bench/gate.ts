/** Compares this revision with bench/baseline.json. Exits with 1 and a line for each thing that got worse. Usage: `node bench/gate.ts`. */
import { readBaseline } from "./baseline.ts";
import { tokenizerRatios, wasmSize } from "./tokenizer.ts";

const baseline = readBaseline();
const counters: Readonly<Record<string, number>> = { "parser.wasm-octets": wasmSize() };
let failed = 0;
let passed = 0;

function report(ok: boolean, text: string): void {
  process.stdout.write(`${ok ? "ok  " : "FAIL"} ${text}\n`);
  if (ok) passed++;
  else failed++;
}

for (const [name, expected] of Object.entries(baseline.exact)) {
  const value = counters[name];
  report(
    value === expected,
    `${name} ${value} (baseline ${expected}${value === expected ? "" : "; a deliberate change edits bench/baseline.json"})`,
  );
}
const ratios = new Map((await tokenizerRatios()).map(({ name, ratio }) => [name, ratio]));
for (const [name, { least, seen }] of Object.entries(baseline.ratios)) {
  const ratio = ratios.get(name);
  report(
    ratio !== undefined && ratio >= least,
    `${name} ${ratio?.toFixed(2)}x the reference (at least ${least}, seen ${seen}; node bench/run.ts shows all)`,
  );
}
process.stdout.write(`gate: ${passed} passed, ${failed} failed\n`);
process.exit(failed === 0 ? 0 : 1);
