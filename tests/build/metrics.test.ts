import { test } from "vitest";

import { parseMetrics } from "../support/metrics.ts";

test("Prometheus's text format is read into series and values", ({ expect }) => {
  const text = [
    "# HELP sluice_objects_started_total Account objects that came into memory.",
    "# TYPE sluice_objects_started_total counter",
    "sluice_objects_started_total 12",
    'sluice_commands_total{name="UID FETCH",status="OK"} 3 1700000000000',
    'sluice_seconds_bucket{le="+Inf"} +Inf',
    "sluice_ratio 1.5e-3",
    "",
  ].join("\n");
  expect([...parseMetrics(text)]).toEqual([
    ["sluice_objects_started_total", 12],
    ['sluice_commands_total{name="UID FETCH",status="OK"}', 3],
    ['sluice_seconds_bucket{le="+Inf"}', Infinity],
    ["sluice_ratio", 0.0015],
  ]);
});

test("what is no metric is refused", ({ expect }) => {
  expect(() => parseMetrics("<html>")).toThrow("No metric");
  expect(() => parseMetrics("sluice_objects_started_total many")).toThrow("No metric");
});
