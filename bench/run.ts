/**
 * Prints every short benchmark and every counter. Usage: `node bench/run.ts [--only NAME,...] [--json | --markdown | --svg]`; the SVG
 * and the Markdown hold the speeds, JSON and the table both.
 */
import { parseArgs } from "node:util";

import { bundleSubjects, CURRENT, root } from "./bundle.ts";
import { countAll } from "./counters.ts";
import { asMarkdown, asSvg, asText, comparisonTable } from "./report.ts";
import { runMicro } from "./results.ts";

const { values } = parseArgs({
  options: { only: { type: "string" }, json: { type: "boolean" }, markdown: { type: "boolean" }, svg: { type: "boolean" } },
});

await bundleSubjects(root, CURRENT);
const comparisons = runMicro(values.only === undefined ? {} : { only: values.only.split(",") });
if (values.svg === true) process.stdout.write(asSvg(comparisons));
else if (values.markdown === true) process.stdout.write(asMarkdown(comparisonTable(comparisons, undefined)));
else {
  const counters = values.only === undefined ? await countAll() : {};
  if (values.json === true) process.stdout.write(`${JSON.stringify({ speeds: comparisons, counters }, undefined, 2)}\n`);
  else {
    process.stdout.write(asText(comparisonTable(comparisons, undefined)));
    for (const [name, value] of Object.entries(counters)) process.stdout.write(`${name.padEnd(34)} ${value}\n`);
  }
}
