import { setTimeout as delay } from "node:timers/promises";

import { readMetric } from "../support/metrics.ts";
import type { StartedServer } from "../support/started-server.ts";
import { openIdle } from "./accounts.ts";
import { Deliverer } from "./delivery.ts";
import type { IdleSession, Target } from "./idle-session.ts";
import { settledMemory } from "./memory.ts";

/** Seconds after which an object without work has left memory: the runtime takes ten. */
export const ASLEEP = 15;

/** Constructions of account objects since the server has started. */
const OBJECTS_STARTED = "sluice_objects_started_total";

/** Memory with so many sessions in IDLE. */
export interface IdleMemory {
  readonly connections: number;
  /** Octets of the process. */
  readonly memory: number;
}

/**
 * Opens sessions in IDLE up to each of the counts, and says what the process holds then, in octets; first without any.
 *
 * Before that each account has had one session, one after the other, so that code and caches that do not grow with the
 * connections are there. Returns the sessions, which stay open.
 */
export async function idleMemory(
  server: StartedServer,
  target: Target,
  accounts: readonly string[],
  counts: readonly number[],
  settle: number,
): Promise<{ readonly sessions: readonly IdleSession[]; readonly samples: readonly IdleMemory[] }> {
  const { workerdPid: pid } = server;
  for (const account of accounts) for (const session of await openIdle(target, [account], 1)) session.close();
  const samples: IdleMemory[] = [{ connections: 0, memory: await settledMemory(pid, settle) }];
  const sessions: IdleSession[] = [];
  for (const connections of counts) {
    sessions.push(...(await openIdle(target, accounts, connections - sessions.length)));
    samples.push({ connections, memory: await settledMemory(pid, settle) });
  }
  return { sessions, samples };
}

/** What happened to objects whose sessions all wait in IDLE. */
export interface HibernationReport {
  readonly accounts: number;
  /** Objects that came into memory while nothing happened: zero, or something wakes them. */
  readonly startedInQuiet: number;
  /** Keep-alives that the session with the fewest has heard meanwhile. */
  readonly keepAlives: number;
  /** Objects that came into memory for one delivery to each account: one for each that was asleep. */
  readonly startedByDelivery: number;
}

/** Watches sleeping objects for so many quiet seconds, then delivers once to each. @throws Error when a session is not told */
export async function hibernation(
  server: StartedServer,
  sessions: readonly IdleSession[],
  quietSeconds: number,
): Promise<HibernationReport> {
  const deliverers = await Deliverer.forAll(server, sessions);
  try {
    await delay(ASLEEP * 1000);
    const heard = sessions.map(({ keepAlives }) => keepAlives);
    const before = await readMetric(server, OBJECTS_STARTED);
    await delay(quietSeconds * 1000);
    const quiet = await readMetric(server, OBJECTS_STARTED);
    const keepAlives = Math.min(...sessions.map((session, at) => session.keepAlives - (heard[at] ?? 0)));
    for (const deliverer of deliverers) await deliverer.deliver();
    const delivered = await readMetric(server, OBJECTS_STARTED);
    return { accounts: deliverers.length, startedInQuiet: quiet - before, keepAlives, startedByDelivery: delivered - quiet };
  } finally {
    for (const deliverer of deliverers) deliverer.close();
  }
}

/** Milliseconds from an APPEND to its EXISTS, one for each idle session and delivery. */
export interface PushLatencies {
  readonly asleep: readonly number[];
  readonly awake: readonly number[];
}

/**
 * Delivers twice to each account, one after the other, `gap` milliseconds between two. The first finds its object asleep,
 * given {@link ASLEEP} seconds without work before. @throws Error when a session is not told
 */
export async function pushLatencies(
  server: StartedServer,
  sessions: readonly IdleSession[],
  { sleep, gap }: { readonly sleep: number; readonly gap: number },
): Promise<PushLatencies> {
  const deliverers = await Deliverer.forAll(server, sessions);
  const asleep: number[] = [];
  const awake: number[] = [];
  try {
    await delay(sleep * 1000);
    for (const deliverer of deliverers) {
      await delay(gap);
      asleep.push(...(await deliverer.deliver()));
      await delay(gap);
      awake.push(...(await deliverer.deliver()));
    }
    return { asleep, awake };
  } finally {
    for (const deliverer of deliverers) deliverer.close();
  }
}
