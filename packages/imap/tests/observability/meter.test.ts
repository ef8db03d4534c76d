import { test } from "vitest";

import type { MeterEvent } from "../../src/observability/events.ts";
import { createJsonLogger, type LogLevel } from "../../src/observability/logger.ts";
import { createLoggingMeter } from "../../src/observability/meter.ts";

const SESSION = "01890a5d-ac96-774b-bcce-b302099a8058";
const EVENTS: readonly MeterEvent[] = [
  { kind: "connection-started", sessionId: SESSION, transport: "tcp" },
  { kind: "command", sessionId: SESSION, name: "LOGIN", status: "OK", milliseconds: 50 },
  { kind: "session", sessionId: SESSION, open: true },
  {
    kind: "connection",
    sessionId: SESSION,
    transport: "tcp",
    loggedIn: true,
    reason: "finished",
    milliseconds: 1500,
    octetsIn: 10,
    octetsOut: 200,
  },
];

/** The lines that are logged from a level on. All events must be counted in any case. */
function logged(least: LogLevel): { readonly lines: readonly string[]; readonly counted: readonly MeterEvent[] } {
  const lines: string[] = [];
  const counted: MeterEvent[] = [];
  const log = createJsonLogger(
    least,
    (_level, line) => lines.push(line),
    () => 0,
  );
  const meter = createLoggingMeter({ record: (event) => void counted.push(event) }, log);
  for (const event of EVENTS) meter.record(event);
  return { lines, counted };
}

const COMMAND = `{"time":"1970-01-01T00:00:00.000Z","level":"debug","message":"command ended","session":"${SESSION}","command":"LOGIN","status":"OK","milliseconds":50}`;
const CONNECTION = `{"time":"1970-01-01T00:00:00.000Z","level":"info","message":"connection ended","session":"${SESSION}","transport":"tcp","loggedIn":true,"reason":"finished","milliseconds":1500,"octetsIn":10,"octetsOut":200}`;

test("the ends of connections are logged from info on, those of commands from debug on, and all is counted", ({ expect }) => {
  expect(logged("debug")).toEqual({ lines: [COMMAND, CONNECTION], counted: EVENTS });
  expect(logged("info")).toEqual({ lines: [CONNECTION], counted: EVENTS });
  expect(logged("warn")).toEqual({ lines: [], counted: EVENTS });
});

test("a line that nobody wants is not made", ({ expect }) => {
  const log = {
    enabled: () => false,
    log() {
      throw new Error("not to be called");
    },
    fault() {},
  };
  const meter = createLoggingMeter({ record() {} }, log);
  expect(() => EVENTS.forEach((event) => meter.record(event))).not.toThrow();
});
