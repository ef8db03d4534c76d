import { test } from "vitest";

import { LIMITS } from "../../src/limits.ts";
import type { ConnectionEvent, MeterEvent } from "../../src/observability/events.ts";
import { Metrics } from "../../src/observability/metrics.ts";

const SESSION = "01890a5d-ac96-774b-bcce-b302099a8058";
const OTHER_SESSION = "01890a5d-ac96-774b-bcce-b302099a8059";

function render(events: readonly MeterEvent[], labelValues?: number): string {
  const metrics = new Metrics(labelValues);
  for (const event of events) metrics.record(event);
  return metrics.render();
}

/** The lines of one metric, help and type left out. */
function linesOf(text: string, name: string): readonly string[] {
  return text.split("\n").filter((line) => new RegExp(`^${name}(_bucket|_sum|_count)?[{ ]`).test(line));
}

function connection(more: Partial<ConnectionEvent> = {}): ConnectionEvent {
  return {
    kind: "connection",
    sessionId: SESSION,
    transport: "tcp",
    loggedIn: true,
    reason: "finished",
    milliseconds: 1500,
    octetsIn: 10,
    octetsOut: 200,
    ...more,
  };
}

test("every event is counted, and the text is exact", ({ expect }) => {
  const text = render([
    { kind: "connection-started", sessionId: SESSION, transport: "tcp" },
    { kind: "connection-started", sessionId: OTHER_SESSION, transport: "tcp" },
    connection(),
    { kind: "command", sessionId: SESSION, name: "UID FETCH", status: "OK", milliseconds: 30 },
    { kind: "session", sessionId: OTHER_SESSION, open: true },
    { kind: "object-started" },
    { kind: "stall", sessionId: SESSION, direction: "to-client" },
    { kind: "limit", limit: "connectionsPerAccount" },
    { kind: "link-lost", sessionId: SESSION, survived: true, milliseconds: 60 },
    { kind: "link-lost", sessionId: SESSION, survived: false, milliseconds: 9000 },
  ]);
  expect(text).toMatchInlineSnapshot(`
    "# HELP sluice_connections_total Client connections that have begun.
    # TYPE sluice_connections_total counter
    sluice_connections_total{transport="tcp"} 2
    sluice_connections_total{transport="websocket"} 0
    # HELP sluice_connections_open Client connections that are open.
    # TYPE sluice_connections_open gauge
    sluice_connections_open{transport="tcp"} 1
    sluice_connections_open{transport="websocket"} 0
    # HELP sluice_connections_closed_total Client connections that have ended, by reason.
    # TYPE sluice_connections_closed_total counter
    sluice_connections_closed_total{transport="tcp",reason="finished"} 1
    # HELP sluice_connections_logged_in_total Client connections that have ended and had logged in.
    # TYPE sluice_connections_logged_in_total counter
    sluice_connections_logged_in_total{transport="tcp"} 1
    sluice_connections_logged_in_total{transport="websocket"} 0
    # HELP sluice_octets_received_total Octets from clients, counted when their connection ends.
    # TYPE sluice_octets_received_total counter
    sluice_octets_received_total{transport="tcp"} 10
    sluice_octets_received_total{transport="websocket"} 0
    # HELP sluice_octets_sent_total Octets to clients, counted when their connection ends.
    # TYPE sluice_octets_sent_total counter
    sluice_octets_sent_total{transport="tcp"} 200
    sluice_octets_sent_total{transport="websocket"} 0
    # HELP sluice_connection_duration_seconds How long client connections lasted.
    # TYPE sluice_connection_duration_seconds histogram
    sluice_connection_duration_seconds_bucket{transport="tcp",le="1"} 0
    sluice_connection_duration_seconds_bucket{transport="tcp",le="10"} 1
    sluice_connection_duration_seconds_bucket{transport="tcp",le="60"} 1
    sluice_connection_duration_seconds_bucket{transport="tcp",le="600"} 1
    sluice_connection_duration_seconds_bucket{transport="tcp",le="3600"} 1
    sluice_connection_duration_seconds_bucket{transport="tcp",le="36000"} 1
    sluice_connection_duration_seconds_bucket{transport="tcp",le="+Inf"} 1
    sluice_connection_duration_seconds_sum{transport="tcp"} 1.5
    sluice_connection_duration_seconds_count{transport="tcp"} 1
    sluice_connection_duration_seconds_bucket{transport="websocket",le="1"} 0
    sluice_connection_duration_seconds_bucket{transport="websocket",le="10"} 0
    sluice_connection_duration_seconds_bucket{transport="websocket",le="60"} 0
    sluice_connection_duration_seconds_bucket{transport="websocket",le="600"} 0
    sluice_connection_duration_seconds_bucket{transport="websocket",le="3600"} 0
    sluice_connection_duration_seconds_bucket{transport="websocket",le="36000"} 0
    sluice_connection_duration_seconds_bucket{transport="websocket",le="+Inf"} 0
    sluice_connection_duration_seconds_sum{transport="websocket"} 0
    sluice_connection_duration_seconds_count{transport="websocket"} 0
    # HELP sluice_commands_total Commands that have ended, by their tagged answer.
    # TYPE sluice_commands_total counter
    sluice_commands_total{command="UID FETCH",status="OK"} 1
    sluice_commands_total{command="UID FETCH",status="NO"} 0
    sluice_commands_total{command="UID FETCH",status="BAD"} 0
    # HELP sluice_command_duration_seconds From a command's first piece to its tagged answer.
    # TYPE sluice_command_duration_seconds histogram
    sluice_command_duration_seconds_bucket{command="UID FETCH",le="0.005"} 0
    sluice_command_duration_seconds_bucket{command="UID FETCH",le="0.025"} 0
    sluice_command_duration_seconds_bucket{command="UID FETCH",le="0.1"} 1
    sluice_command_duration_seconds_bucket{command="UID FETCH",le="0.5"} 1
    sluice_command_duration_seconds_bucket{command="UID FETCH",le="2.5"} 1
    sluice_command_duration_seconds_bucket{command="UID FETCH",le="10"} 1
    sluice_command_duration_seconds_bucket{command="UID FETCH",le="+Inf"} 1
    sluice_command_duration_seconds_sum{command="UID FETCH"} 0.03
    sluice_command_duration_seconds_count{command="UID FETCH"} 1
    # HELP sluice_sessions_open Sessions that account objects hold, asleep ones too.
    # TYPE sluice_sessions_open gauge
    sluice_sessions_open 1
    # HELP sluice_objects_started_total Times that an account object has come into memory.
    # TYPE sluice_objects_started_total counter
    sluice_objects_started_total 1
    # HELP sluice_credit_stalls_total Times that a sender had to wait for its receiver.
    # TYPE sluice_credit_stalls_total counter
    sluice_credit_stalls_total{direction="to-client"} 1
    sluice_credit_stalls_total{direction="to-object"} 0
    # HELP sluice_limits_hit_total Times that somebody ran into a limit.
    # TYPE sluice_limits_hit_total counter
    sluice_limits_hit_total{limit="connectionsPerAccount"} 1
    # HELP sluice_links_lost_total Links to account objects that were lost, by whether the connection went on.
    # TYPE sluice_links_lost_total counter
    sluice_links_lost_total{survived="true"} 1
    sluice_links_lost_total{survived="false"} 1
    # HELP sluice_relink_duration_seconds From the loss of a link to the new one.
    # TYPE sluice_relink_duration_seconds histogram
    sluice_relink_duration_seconds_bucket{le="0.05"} 0
    sluice_relink_duration_seconds_bucket{le="0.25"} 1
    sluice_relink_duration_seconds_bucket{le="1"} 1
    sluice_relink_duration_seconds_bucket{le="5"} 1
    sluice_relink_duration_seconds_bucket{le="30"} 1
    sluice_relink_duration_seconds_bucket{le="+Inf"} 1
    sluice_relink_duration_seconds_sum 0.06
    sluice_relink_duration_seconds_count 1
    "
  `);
});

test("a session that an object begins when its connection has ended already is none", ({ expect }) => {
  const metrics = new Metrics();
  const begin = (sessionId: string): void => metrics.record({ kind: "session", sessionId, open: true });
  metrics.record(connection());
  // The hello was on its way; the object restarts before it hears that the link is closed, and says no more.
  begin(SESSION);
  expect(linesOf(metrics.render(), "sluice_sessions_open")).toEqual(["sluice_sessions_open 0"]);
  // Not for ever: what is remembered is bounded.
  for (let at = 0; at < LIMITS.endedConnections; at++) metrics.record(connection({ sessionId: `id${at}` }));
  begin("id0");
  expect(linesOf(metrics.render(), "sluice_sessions_open")).toEqual(["sluice_sessions_open 0"]);
  begin(SESSION);
  expect(linesOf(metrics.render(), "sluice_sessions_open")).toEqual(["sluice_sessions_open 1"]);
});

test("the gauges fall again, and a session counts once", ({ expect }) => {
  const events: MeterEvent[] = [
    { kind: "connection-started", sessionId: SESSION, transport: "websocket" },
    { kind: "session", sessionId: SESSION, open: true },
    { kind: "session", sessionId: SESSION, open: true },
    { kind: "session", sessionId: OTHER_SESSION, open: true },
  ];
  const gauges = (): readonly string[] => {
    const text = render(events);
    return [...linesOf(text, "sluice_connections_open"), ...linesOf(text, "sluice_sessions_open")];
  };
  expect(gauges()).toEqual([
    'sluice_connections_open{transport="tcp"} 0',
    'sluice_connections_open{transport="websocket"} 1',
    "sluice_sessions_open 2",
  ]);
  events.push({ kind: "session", sessionId: OTHER_SESSION, open: false }, { kind: "session", sessionId: OTHER_SESSION, open: false });
  expect(gauges().at(-1)).toBe("sluice_sessions_open 1");
  // Its object is gone and says nothing: with the connection the session is over.
  events.push(connection({ transport: "websocket", reason: "object-lost" }));
  expect(gauges()).toEqual([
    'sluice_connections_open{transport="tcp"} 0',
    'sluice_connections_open{transport="websocket"} 0',
    "sluice_sessions_open 0",
  ]);
});

test("the ids of open sessions are bounded", ({ expect }) => {
  const metrics = new Metrics();
  for (let at = 0; at < LIMITS.countedSessions + 10; at++) metrics.record({ kind: "session", sessionId: `id${at}`, open: true });
  expect(linesOf(metrics.render(), "sluice_sessions_open")).toEqual([`sluice_sessions_open ${LIMITS.countedSessions}`]);
});

test("a duration counts in its bucket and all above it", ({ expect }) => {
  const command = (milliseconds: number): MeterEvent => ({ kind: "command", sessionId: SESSION, name: "NOOP", status: "OK", milliseconds });
  // The last one is of a clock that was set back.
  const text = render([0, 5, 6, 25, 9999, 10_001, 60_000, -3].map(command));
  expect(linesOf(text, "sluice_command_duration_seconds")).toEqual([
    'sluice_command_duration_seconds_bucket{command="NOOP",le="0.005"} 3',
    'sluice_command_duration_seconds_bucket{command="NOOP",le="0.025"} 5',
    'sluice_command_duration_seconds_bucket{command="NOOP",le="0.1"} 5',
    'sluice_command_duration_seconds_bucket{command="NOOP",le="0.5"} 5',
    'sluice_command_duration_seconds_bucket{command="NOOP",le="2.5"} 5',
    'sluice_command_duration_seconds_bucket{command="NOOP",le="10"} 6',
    'sluice_command_duration_seconds_bucket{command="NOOP",le="+Inf"} 8',
    'sluice_command_duration_seconds_sum{command="NOOP"} 80.036',
    'sluice_command_duration_seconds_count{command="NOOP"} 8',
  ]);
});

test("beyond the bound a label's value counts as other, and those known go on by themselves", ({ expect }) => {
  const names = ["A", "B", "C", "D", "A", "C"];
  const text = render(
    [
      ...names.map((name): MeterEvent => ({ kind: "command", sessionId: SESSION, name, status: "NO", milliseconds: 0 })),
      ...names.map((limit): MeterEvent => ({ kind: "limit", limit })),
      ...names.map((reason) => connection({ reason })),
    ],
    2,
  );
  expect(linesOf(text, "sluice_limits_hit_total")).toEqual([
    'sluice_limits_hit_total{limit="A"} 2',
    'sluice_limits_hit_total{limit="B"} 1',
    'sluice_limits_hit_total{limit="other"} 3',
  ]);
  expect(linesOf(text, "sluice_connections_closed_total")).toEqual([
    'sluice_connections_closed_total{transport="tcp",reason="A"} 2',
    'sluice_connections_closed_total{transport="tcp",reason="B"} 1',
    'sluice_connections_closed_total{transport="tcp",reason="other"} 3',
  ]);
  expect(linesOf(text, "sluice_commands_total").filter((line) => line.includes('"NO"'))).toEqual([
    'sluice_commands_total{command="A",status="NO"} 2',
    'sluice_commands_total{command="B",status="NO"} 1',
    'sluice_commands_total{command="other",status="NO"} 3',
  ]);
  const many = Array.from({ length: 10 * LIMITS.labelValues }, (_, at): MeterEvent => ({ kind: "limit", limit: `limit${at}` }));
  expect(linesOf(render(many), "sluice_limits_hit_total")).toHaveLength(LIMITS.labelValues + 1);
});

test("a label's value is escaped, and names of the language are values like others", ({ expect }) => {
  const names = ['a"b\\c\nd', "__proto__", "constructor"];
  expect(linesOf(render(names.map((limit): MeterEvent => ({ kind: "limit", limit }))), "sluice_limits_hit_total")).toEqual([
    'sluice_limits_hit_total{limit="a\\"b\\\\c\\nd"} 1',
    'sluice_limits_hit_total{limit="__proto__"} 1',
    'sluice_limits_hit_total{limit="constructor"} 1',
  ]);
});
