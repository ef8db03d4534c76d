import type { MeterEvent } from "./events.ts";

/** Port: counts what happens. Called on the hot path: it must be cheap and must not throw. */
export interface Meter {
  record(event: MeterEvent): void;
}

/** Counts nothing. */
export const noMeter: Meter = { record() {} };
