import { asSvg, type Table } from "../report.ts";
import { showRatio } from "../verdict.ts";
import type { MixedReport, MixedResult, OperationResult, ServerReport, SizeResult } from "./server-report.ts";

/** From this part of a run's time on, the driver's own work may be the limit. */
const DRIVER_LIMIT = 0.8;

/** One size: a row for each operation and server. */
export function sizeTable({ results, ratios }: SizeResult, servers: readonly string[]): Table {
  const [own, other] = servers;
  return {
    columns: [
      "operation",
      "server",
      "rate or time",
      "MB/s received",
      "ms a run",
      "first run",
      "CPU ms a run",
      "driver",
      "memory, MB",
      ...(other === undefined ? [] : [`times as fast as ${other}`]),
    ],
    rows: results.map((one) => {
      const ratio = one.server === own ? ratios.find(({ operation }) => operation === one.operation) : undefined;
      return [
        one.operation,
        one.server,
        rate(one),
        one.octets > 0 ? (one.octets / one.milliseconds / 1000).toFixed(1) : "",
        shortNumber(one.milliseconds),
        shortNumber(one.first),
        cpu(one),
        driver(one),
        memory(one),
        ...(other === undefined ? [] : [ratio === undefined ? "" : showRatio(ratio)]),
      ];
    }),
  };
}

/** Milliseconds of a run at each size, and the exponent. */
export function growthTable({ sizes, growth }: ServerReport): Table {
  return {
    columns: ["operation", "server", ...sizes.map(({ messages }) => `ms at ${messages.toLocaleString("en")}`), "exponent"],
    rows: growth.map(({ operation, server, exponent }) => [
      operation,
      server,
      ...sizes.map(({ results }) => {
        const found = results.find((one) => one.operation === operation && one.server === server);
        return found === undefined ? "" : shortNumber(found.milliseconds);
      }),
      exponent.toFixed(2),
    ]),
  };
}

/** The mixed load: a row for each server. */
export function mixedTable({ results, ratio }: MixedReport): Table {
  const [, other] = results;
  return {
    columns: [
      "server",
      "commands/s",
      "ms a run",
      "CPU ms a run",
      "driver",
      "memory, MB",
      ...(other === undefined ? [] : [`times as fast as ${other.server}`]),
    ],
    rows: results.map((one, at) => [
      one.server,
      Math.round((one.commands * 1000) / one.milliseconds).toLocaleString("en"),
      shortNumber(one.milliseconds),
      cpu(one),
      driver(one),
      memory(one),
      ...(other === undefined ? [] : [ratio === undefined || at > 0 ? "" : showRatio(ratio)]),
    ]),
  };
}

/** Its commands: a row for each, with the servers side by side. */
export function latencyTable({ results }: MixedReport): Table {
  return {
    columns: ["command", ...results.flatMap(({ server }) => ["p50", "p99", "p99.9"].map((part) => `${server}, ${part} ms`)), "of"],
    rows: (results[0]?.latencies ?? []).map(({ command, count }) => [
      command,
      ...results.flatMap(({ latencies }) => {
        const found = latencies.find((one) => one.command === command);
        return found === undefined ? ["", "", ""] : [found.p50, found.p99, found.p999].map(shortNumber);
      }),
      String(count),
    ]),
  };
}

/** Bars of the ratios at the largest size, and of the mixed load. */
export function ratiosSvg({ sizes, servers, mixed }: ServerReport): string {
  const largest = sizes.reduce<SizeResult | undefined>(
    (one, other) => (one === undefined || other.messages > one.messages ? other : one),
    undefined,
  );
  const ratios = [...(largest?.ratios ?? []), ...(mixed?.ratio === undefined ? [] : [{ operation: "mixed", ...mixed.ratio }])];
  return asSvg(
    ratios.map(({ operation, median, low, high }) => ({ name: operation, ratio: { median, low, high } })),
    `times as fast as ${servers[1] ?? ""}`,
  );
}

function rate({ unit, count, milliseconds, p99 }: OperationResult): string {
  if (unit === "latency") return `${shortNumber(milliseconds)} ms${p99 === undefined ? "" : `, p99 ${shortNumber(p99)} ms`}`;
  return `${Math.round((count * 1000) / milliseconds).toLocaleString("en")} ${unit}/s`;
}

function cpu({ cpuSeconds }: OperationResult | MixedResult): string {
  return cpuSeconds === undefined ? "unknown" : shortNumber(cpuSeconds * 1000);
}

function memory({ memory: octets }: OperationResult | MixedResult): string {
  return octets === undefined ? "unknown" : (octets / 1e6).toFixed(0);
}

/** Of the time of a run. It may be a little above 100 %: both are medians, and Node has threads beside the one that waits. */
function driver({ driverSeconds, milliseconds }: OperationResult | MixedResult): string {
  const part = (driverSeconds * 1000) / milliseconds;
  return `${Math.round(part * 100)} %${part >= DRIVER_LIMIT ? " (limit)" : ""}`;
}

function shortNumber(value: number): string {
  if (value === 0) return "0";
  return value >= 10 ? value.toFixed(0) : value.toPrecision(2);
}
