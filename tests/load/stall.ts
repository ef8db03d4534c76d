import { setTimeout as delay } from "node:timers/promises";

import { ImapClient } from "../support/imap-client.ts";
import type { StartedServer } from "../support/started-server.ts";
import { passwordOf } from "./accounts.ts";
import { peakMemory, privateMemory, settledMemory } from "./memory.ts";
import { StallingReader } from "./stalling-reader.ts";

/** Between two NOOPs of the session that is watched, in milliseconds. */
const PACE = 2;

export interface StallOptions {
  /** Octets of the message. */
  readonly octets: number;
  /** Clients at once. */
  readonly clients: number;
  /** Seconds without work before memory is read. */
  readonly settle: number;
  /** NOOPs of the other session before, and meanwhile. */
  readonly noops: number;
}

export interface StallReport {
  /** Octets that the process holds more than before, while the clients do not read. */
  readonly growth: number;
  /** Milliseconds of another session's NOOPs. */
  readonly noopsBefore: readonly number[];
  readonly noopsMeanwhile: readonly number[];
  /** Octets of the message that each client has got once it read on. */
  readonly received: readonly number[];
}

/** Clients that stop reading in the middle of a FETCH, what the server holds for them, and how another session of the account fares. */
export async function stalledFetch(server: StartedServer, account: string, options: StallOptions): Promise<StallReport> {
  const { workerdPid: pid } = server;
  const other = await ImapClient.login(server.imapPort, account, passwordOf(account));
  await other.ok("SELECT INBOX");
  const noopsBefore = await noops(other, options.noops);
  const readers: StallingReader[] = [];
  for (let left = options.clients; left > 0; left--)
    readers.push(await StallingReader.login(server.imapPort, account, passwordOf(account)));
  // What the server has once it has served such an answer is no cost of a client that does not read it.
  for (const reader of readers) {
    await reader.fetchAndStall();
    await reader.readOn();
  }
  const before = await settledMemory(pid, options.settle);
  for (const reader of readers) await reader.fetchAndStall();
  const growth = (await settledMemory(pid, options.settle)) - before;
  const noopsMeanwhile = await noops(other, options.noops);
  const received: number[] = [];
  for (const reader of readers) received.push(await reader.readOn());
  for (const client of [other, ...readers]) client.destroy();
  return { growth, noopsBefore, noopsMeanwhile, received };
}

export interface FloodReport {
  /** Octets that the process held more than before, at most. */
  readonly peak: number;
  /** And after so many seconds without work. */
  readonly kept: number;
  readonly milliseconds: number;
  readonly noopsBefore: readonly number[];
  readonly noopsMeanwhile: readonly number[];
}

/** Clients that send one large message each to one account, all at once and as fast as they are let. @throws Error when one is refused */
export async function appendFlood(server: StartedServer, account: string, options: StallOptions): Promise<FloodReport> {
  const { workerdPid: pid } = server;
  const message = Buffer.alloc(options.octets, `${"0123456789abcdef".repeat(4)}\r\n`);
  message.write("Subject: flood\r\n\r\n");
  const other = await ImapClient.login(server.imapPort, account, passwordOf(account));
  await other.ok("SELECT INBOX");
  const noopsBefore = await noops(other, options.noops);
  const writers: ImapClient[] = [];
  for (let left = options.clients; left > 0; left--) writers.push(await ImapClient.login(server.imapPort, account, passwordOf(account)));
  await settledMemory(pid, options.settle);
  const before = privateMemory(pid);
  const since = performance.now();
  const sent = new AbortController();
  const append = async (): Promise<void> => {
    try {
      await Promise.all(writers.map((writer) => writer.ok("APPEND INBOX", message)));
    } finally {
      sent.abort();
    }
  };
  const noopsMeanwhile: number[] = [];
  const watch = async (): Promise<void> => {
    while (!sent.signal.aborted) noopsMeanwhile.push(...(await noops(other, 1)));
  };
  const peak = await peakMemory(pid, Promise.all([append(), watch()]));
  const milliseconds = performance.now() - since;
  const kept = (await settledMemory(pid, options.settle)) - before;
  for (const client of [other, ...writers]) client.destroy();
  return { peak: peak - before, kept, milliseconds, noopsBefore, noopsMeanwhile };
}

async function noops(client: ImapClient, count: number): Promise<number[]> {
  const latencies: number[] = [];
  for (let left = count; left > 0; left--) {
    const since = performance.now();
    await client.ok("NOOP");
    latencies.push(performance.now() - since);
    await delay(PACE);
  }
  return latencies;
}
