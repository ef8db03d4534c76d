import type { MeterEvent } from "./events.ts";
import type { Logger } from "./logger.ts";

/** Port: counts what happens. Called on the hot path: it must be cheap and must not throw. */
export interface Meter {
  record(event: MeterEvent): void;
}

/** Counts with `meter`, and logs the end of each connection (info) and of each command (debug). */
export function createLoggingMeter(meter: Meter, log: Logger): Meter {
  // The level never changes: asked once, a level that is off costs nothing.
  const connections = log.enabled("info");
  const commands = log.enabled("debug");
  return {
    record(event) {
      meter.record(event);
      if (event.kind === "connection" && connections) {
        const { sessionId: session, transport, loggedIn, reason, milliseconds, octetsIn, octetsOut } = event;
        log.log("info", "connection ended", { session, transport, loggedIn, reason, milliseconds, octetsIn, octetsOut });
      } else if (event.kind === "command" && commands) {
        const { sessionId: session, name: command, status, milliseconds } = event;
        log.log("debug", "command ended", { session, command, status, milliseconds });
      }
    },
  };
}
