import { asSvg, type Table } from "../report.ts";
import { showRatio } from "../verdict.ts";
import type { OperationResult, ServerReport, SizeResult } from "./server-report.ts";

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
        one.cpuSeconds === undefined ? "unknown" : shortNumber(one.cpuSeconds * 1000),
        driver(one),
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

/** Bars of the ratios at the largest size. */
export function ratiosSvg({ sizes, servers }: ServerReport): string {
  const largest = sizes.reduce((one, other) => (other.messages > one.messages ? other : one));
  return asSvg(
    largest.ratios.map(({ operation, ...overReference }) => ({
      name: operation,
      reference: servers[1] ?? "",
      milliseconds: largest.results.find((one) => one.operation === operation)?.milliseconds ?? 0,
      overReference,
      overBase: undefined,
    })),
  );
}

function rate({ unit, count, milliseconds, p99 }: OperationResult): string {
  if (unit === "latency") return `${shortNumber(milliseconds)} ms${p99 === undefined ? "" : `, p99 ${shortNumber(p99)} ms`}`;
  return `${Math.round((count * 1000) / milliseconds).toLocaleString("en")} ${unit}/s`;
}

/** It may be above 100 %: the time is a median, and this is a mean with the work before and after the commands. */
function driver({ driverSeconds, milliseconds }: OperationResult): string {
  const part = (driverSeconds * 1000) / milliseconds;
  return `${Math.round(part * 100)} %${part >= DRIVER_LIMIT ? " (limit)" : ""}`;
}

function shortNumber(value: number): string {
  if (value === 0) return "0";
  return value >= 10 ? value.toFixed(0) : value.toPrecision(2);
}
