import { readFile } from "node:fs/promises";

import type { StartedServer } from "../support/started-server.ts";
import { IdleSession, type Target } from "./idle-session.ts";

/** Sessions that are opened at the same time: more would only wait for the checks of their passwords. */
const OPENING = 8;

/** Adds accounts named `load0` and so on. */
export async function addAccounts(server: StartedServer, count: number): Promise<readonly string[]> {
  const names = Array.from({ length: count }, (_, at) => `load${at}`);
  for (const name of names) await server.admin.add(name, passwordOf(name));
  return names;
}

export function passwordOf(account: string): string {
  return `pw-${account}`;
}

export async function targetOf(server: StartedServer, tls: boolean): Promise<Target> {
  return tls ? { port: server.imapsPort, ca: await readFile(server.ca, "utf8") } : { port: server.imapPort, ca: undefined };
}

/** Opens so many sessions in IDLE, dealt out to the accounts in turn. */
export async function openIdle(target: Target, accounts: readonly string[], count: number): Promise<IdleSession[]> {
  const sessions: IdleSession[] = [];
  let next = 0;
  const open = async (): Promise<void> => {
    for (let at = next++; at < count; at = next++) {
      const account = accounts[at % accounts.length] ?? "";
      sessions.push(await IdleSession.open(target, account, passwordOf(account)));
    }
  };
  await Promise.all(Array.from({ length: Math.min(OPENING, count) }, open));
  return sessions;
}
