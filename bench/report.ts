import { type ByRuntime, type Comparison, RUNTIMES } from "./results.ts";
import { goalOf, type Target } from "./targets.ts";
import type { Interval } from "./statistics.ts";
import { showRatio } from "./verdict.ts";

/** Results in rows and columns, as text each. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export function comparisonTable<One extends Comparison>(
  comparisons: readonly One[],
  base: string | undefined,
  verdict?: (one: One) => string,
): Table {
  const withBase = base === undefined ? [] : [`against ${base}`];
  return {
    columns: ["benchmark", "us per run", ...withBase, ...(verdict === undefined ? [] : ["verdict"]), "against the reference", "which is"],
    rows: comparisons.map((one) => [
      one.name,
      (one.milliseconds * 1000).toFixed(1),
      ...(base === undefined ? [] : [one.overBase === undefined ? "not there" : showRatio(one.overBase)]),
      ...(verdict === undefined ? [] : [verdict(one)]),
      showRatio(one.overReference),
      one.reference,
    ]),
  };
}

/** Each benchmark in one row, with the runtimes side by side. */
export function runtimeTable(speeds: ByRuntime<readonly Comparison[]>): Table {
  const measured = RUNTIMES.flatMap((runtime) => (speeds[runtime] === undefined ? [] : [{ runtime, comparisons: speeds[runtime] }]));
  const first = measured[0]?.comparisons ?? [];
  return {
    columns: [
      "benchmark",
      ...measured.map(({ runtime }) => `us in ${runtime}`),
      ...measured.map(({ runtime }) => `${runtime}, against the reference`),
      "goal",
      "reference",
    ],
    rows: first.map(({ name, reference }) => {
      const found = measured.map(({ comparisons }) => comparisons.find((one) => one.name === name));
      const goal = goalOf(name);
      return [
        name,
        ...found.map((one) => (one === undefined ? "" : (one.milliseconds * 1000).toFixed(1))),
        ...found.map((one) => (one === undefined ? "" : showRatio(one.overReference))),
        goal === undefined ? "" : `${goal}x`,
        reference,
      ];
    }),
  };
}

export function targetTable(targets: readonly Target[]): Table {
  return {
    columns: ["target", "goal", ...RUNTIMES, "reached"],
    rows: targets.map(({ what, goal, found, reached }) => [what, goal, ...RUNTIMES.map((runtime) => found[runtime] ?? ""), reached]),
  };
}

export function asText({ columns, rows }: Table): string {
  const widths = columns.map((column, at) => Math.max(column.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `${cells
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join("  ")
      .trimEnd()}\n`;
  return [columns, widths.map((width) => "-".repeat(width)), ...rows].map(line).join("");
}

export function asMarkdown({ columns, rows }: Table): string {
  return [columns, columns.map(() => "---"), ...rows].map(markdownRow).join("");
}

function markdownRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |\n`;
}

const BAR = { width: 360, height: 14, row: 24, label: 230, value: 150, title: 24 };

/** One bar of a drawing. */
export interface Bar {
  readonly name: string;
  readonly ratio: Interval;
}

/** Bars of ratios on a logarithmic scale with a line at 1: to its right is faster. `title` says than what. */
export function asSvg(bars: readonly Bar[], title: string): string {
  const most = Math.max(2, ...bars.map(({ ratio }) => Math.max(ratio.high, 1 / ratio.low)));
  const place = (ratio: number): number => BAR.label + (BAR.width / 2) * (1 + Math.log(ratio) / Math.log(most));
  const one = place(1);
  const drawn = bars.map(({ name, ratio: { median, low, high } }, at) => {
    const y = BAR.title + at * BAR.row + 8;
    const end = place(median);
    const middle = y + BAR.height / 2;
    return (
      `<text x="${BAR.label - 8}" y="${y + 11}" text-anchor="end">${name}</text>` +
      `<rect x="${Math.min(one, end).toFixed(1)}" y="${y}" width="${Math.abs(end - one).toFixed(1)}" height="${BAR.height}" fill="${median < 1 ? "#b5523b" : "#3b7ab5"}"/>` +
      `<line x1="${place(low).toFixed(1)}" x2="${place(high).toFixed(1)}" y1="${middle}" y2="${middle}" stroke="#222"/>` +
      `<text x="${BAR.label + BAR.width + 8}" y="${y + 11}">${showRatio({ median, low, high })}</text>`
    );
  });
  const height = BAR.title + bars.length * BAR.row + 16;
  const axis = `<line x1="${one}" x2="${one}" y1="${BAR.title}" y2="${height}" stroke="#888" stroke-dasharray="3 3"/>`;
  const head = `<text x="${one}" y="16" text-anchor="middle">${title}</text>`;
  const width = BAR.label + BAR.width + BAR.value + 16;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" font-size="11">${head}${axis}${drawn.join("")}</svg>\n`;
}
