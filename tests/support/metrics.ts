import type { StartedServer } from "./started-server.ts";

/** The values of Prometheus's text format by series, which is the name with its labels as they stand. Comments are left out. */
export function parseMetrics(text: string): ReadonlyMap<string, number> {
  const metrics = new Map<string, number>();
  for (const line of text.split("\n")) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    // A label's value may hold spaces and braces; behind the last brace stand the value and perhaps a time.
    const match = /^([a-zA-Z_:][\w:]*(?:\{.*\})?)\s+(\S+)(?:\s+-?\d+)?$/.exec(line.trim());
    const value = match?.[2] === "+Inf" ? Infinity : match?.[2] === "-Inf" ? -Infinity : Number(match?.[2]);
    if (match?.[1] === undefined || (Number.isNaN(value) && match[2] !== "NaN")) throw new Error(`No metric: ${line}`);
    metrics.set(match[1], value);
  }
  return metrics;
}

/** What the server counts. @throws Error when it does not say. */
export async function readMetrics(server: StartedServer): Promise<ReadonlyMap<string, number>> {
  return parseMetrics(await server.admin.metrics());
}

/** One value. @throws Error when the server does not count it. */
export async function readMetric(server: StartedServer, series: string): Promise<number> {
  const value = (await readMetrics(server)).get(series);
  if (value === undefined) throw new Error(`GET /metrics has no ${series}`);
  return value;
}
