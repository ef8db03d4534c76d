import { test } from "vitest";

import { createJsonLogger, describeError, LOG_LEVELS } from "../../src/observability/logger.ts";
import { Secret } from "../../src/protocol/secret.ts";

test("a line is JSON, from its level on, with secrets hidden", ({ expect }) => {
  const lines: string[] = [];
  const log = createJsonLogger(
    "warn",
    (_level, line) => lines.push(line),
    () => 0,
  );
  expect(LOG_LEVELS.map((level) => log.enabled(level))).toEqual([false, false, true, true]);
  log.log("info", "unheard");
  log.log("warn", "heard\nin one line", { session: "s", password: new Secret("hunter2") });
  expect(lines).toEqual([
    '{"time":"1970-01-01T00:00:00.000Z","level":"warn","message":"heard\\nin one line","session":"s","password":"[secret]"}',
  ]);
});

test("a fault is logged with its causes, bounded", ({ expect }) => {
  const lines: string[] = [];
  const log = createJsonLogger(
    "error",
    (_level, line) => lines.push(line),
    () => 0,
  );
  log.fault("failed", new Error("outer", { cause: new Error("inner") }), { session: "s" });
  expect(lines[0]).toContain("outer");
  expect(lines[0]).toContain("caused by Error: inner");
  expect(describeError(new Error("x".repeat(100_000))).length).toBeLessThan(10_000);
  expect(describeError({ password: "hunter2" })).toBe("thrown: object");
});
