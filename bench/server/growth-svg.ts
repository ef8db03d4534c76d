import type { OperationResult, ServerReport } from "./server-report.ts";

const PLOT = { left: 60, top: 16, width: 520, height: 360, legend: 190 };
const COLOURS = ["#3b7ab5", "#b5523b", "#4f9a4f", "#8a5bb0", "#b08a2e", "#2e9aa6", "#c0569a", "#6b6b6b"] as const;

/** Milliseconds of a run over messages, both logarithmic: a line for each operation of the first server. Time in proportion is a slope of 1. */
export function growthSvg({ sizes, servers, growth }: ServerReport): string {
  const own = sizes.flatMap(({ messages, results }) =>
    results.filter(({ server }) => server === servers[0]).map((result) => ({ messages, ...result })),
  );
  const across = scale(own.map(({ messages }) => messages));
  const up = scale(own.map(({ milliseconds }) => milliseconds));
  const x = (messages: number): number => PLOT.left + PLOT.width * across.place(messages);
  const y = (milliseconds: number): number => PLOT.top + PLOT.height * (1 - up.place(milliseconds));
  const lines = [...new Set(own.map(({ operation }) => operation))].map((operation, at) => {
    const points = own
      .filter((one) => one.operation === operation)
      .map((one: OperationResult & { readonly messages: number }) => [x(one.messages), y(one.milliseconds)] as const);
    const colour = COLOURS[at % COLOURS.length];
    // The colours come again after some lines: then they are dashed.
    const dashes = at < COLOURS.length ? "" : ' stroke-dasharray="5 3"';
    const exponent = growth.find((one) => one.operation === operation && one.server === servers[0])?.exponent;
    const label = `${operation}${exponent === undefined ? "" : ` ${exponent.toFixed(2)}`}`;
    const legend = PLOT.top + 12 + at * 18;
    const from = PLOT.left + PLOT.width + 16;
    return (
      `<polyline fill="none" stroke="${colour}"${dashes} points="${points.map(([left, top]) => `${left.toFixed(1)},${top.toFixed(1)}`).join(" ")}"/>` +
      points.map(([left, top]) => `<circle cx="${left.toFixed(1)}" cy="${top.toFixed(1)}" r="2.5" fill="${colour}"/>`).join("") +
      `<line x1="${from}" x2="${from + 20}" y1="${legend - 4}" y2="${legend - 4}" stroke="${colour}"${dashes}/>` +
      `<text x="${from + 26}" y="${legend}">${label}</text>`
    );
  });
  const bottom = PLOT.top + PLOT.height;
  const grid = [
    ...across.powers.map(
      (power) =>
        `<line x1="${x(power)}" x2="${x(power)}" y1="${PLOT.top}" y2="${bottom}" stroke="#ddd"/><text x="${x(power)}" y="${bottom + 16}" text-anchor="middle">${power.toLocaleString("en")}</text>`,
    ),
    ...up.powers.map(
      (power) =>
        `<line x1="${PLOT.left}" x2="${PLOT.left + PLOT.width}" y1="${y(power)}" y2="${y(power)}" stroke="#ddd"/><text x="${PLOT.left - 6}" y="${y(power) + 4}" text-anchor="end">${power} ms</text>`,
    ),
  ];
  const width = PLOT.left + PLOT.width + PLOT.legend;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${bottom + 36}" font-family="sans-serif" font-size="11">${grid.join("")}${lines.join("")}<text x="${PLOT.left + PLOT.width / 2}" y="${bottom + 32}" text-anchor="middle">messages</text></svg>\n`;
}

interface Scale {
  /** From 0 to 1. */
  place(value: number): number;
  /** Powers of ten on it, both ends included. */
  readonly powers: readonly number[];
}

function scale(values: readonly number[]): Scale {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))));
  return {
    place: (value) => (Math.log10(value) - low) / (high - low),
    powers: Array.from({ length: high - low + 1 }, (_, at) => Number(`1e${low + at}`)),
  };
}
