import * as z from "zod";

import { LIMITS, type Limits } from "./limits.ts";

/** A limit that may be set from `least` to `most`, both included. */
function within(least: number, most: number, unit: string): z.ZodInt {
  const error = `expects ${least} to ${most} ${unit}`;
  return z.int({ error }).min(least, { error }).max(most, { error });
}

function milliseconds(): z.ZodInt {
  return within(100, 24 * 3_600_000, "milliseconds");
}

/** None at all, or up to a minute: clients give up after that. */
function loginDelay(): z.ZodInt {
  return within(0, 60_000, "milliseconds");
}

function count(unit: string): z.ZodInt {
  return within(1, 1_000_000, unit);
}

/** What an operator may set, each within what the rest of the server can bear. The variable LIMITS holds it as JSON. */
export const LimitSettings = z
  .strictObject({
    loginTime: milliseconds(),
    idleTime: milliseconds(),
    commandTime: milliseconds(),
    commandProgress: within(1, LIMITS.lineLength, "octets"),
    keepAliveTime: milliseconds(),
    drainTime: milliseconds(),
    relinkTime: milliseconds(),
    lineLength: within(8 * 1024, LIMITS.lineLength, "octets"),
    appendSize: within(LIMITS.inlineTotal, 1024 * 1024 * 1024, "octets"),
    queuedItems: within(100, LIMITS.queuedItems, "items"),
    badCommands: count("commands"),
    connectionsPerAccount: within(1, 10_000, "connections"),
    connectionsPerAddress: count("connections"),
    connectionsPerIsolate: count("connections"),
    failedLogins: count("logins"),
    loginDelay: loginDelay(),
    loginDelayMax: loginDelay(),
    failedLoginMemory: milliseconds(),
  })
  .partial();
export type LimitSettings = z.infer<typeof LimitSettings>;

export function limitsWith(settings: LimitSettings): Limits {
  // Left out and undefined are the same here: the schema gives the one, a caller may give the other.
  return { ...LIMITS, ...Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) };
}
