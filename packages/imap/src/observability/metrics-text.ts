import type { Histogram } from "./histogram.ts";

/** Media type of what {@link MetricsText} writes. */
export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

export type Labels = Readonly<Record<string, string>>;

/**
 * Writes the Prometheus text exposition format 0.0.4.
 *
 * A metric begins with `begin`; its samples follow at once, as the format wants them in one block.
 */
export class MetricsText {
  #text = "";
  #name = "";

  toString(): string {
    return this.#text;
  }

  /** `help` is one line. */
  begin(name: string, type: "counter" | "gauge" | "histogram", help: string): void {
    this.#name = name;
    this.#text += `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
  }

  sample(labels: Labels, value: number): void {
    this.#line("", labels, value);
  }

  /** A histogram of milliseconds, in seconds. */
  histogram(labels: Labels, histogram: Histogram): void {
    const counts = histogram.cumulative();
    for (const [at, bound] of histogram.bounds.entries()) this.#line("_bucket", { ...labels, le: String(bound / 1000) }, counts[at] ?? 0);
    this.#line("_bucket", { ...labels, le: "+Inf" }, histogram.count);
    this.#line("_sum", labels, histogram.sum / 1000);
    this.#line("_count", labels, histogram.count);
  }

  #line(suffix: string, labels: Labels, value: number): void {
    const pairs = Object.entries(labels).map(([name, text]) => `${name}="${escapeValue(text)}"`);
    this.#text += `${this.#name}${suffix}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${value}\n`;
  }
}

function escapeValue(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
