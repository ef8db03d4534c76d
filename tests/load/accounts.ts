import { readFile } from "node:fs/promises";

import { AdminClient } from "../../packages/cli/src/admin-client.ts";
import { dataPaths, readSettings } from "../../packages/cli/src/files/data-directory.ts";
import { readRunFile } from "../../packages/cli/src/files/run-file.ts";
import type { StartedServer } from "../support/started-server.ts";
import { IdleSession, type Target } from "./idle-session.ts";

/** Sessions that are opened at the same time: more would only wait for the checks of their passwords. */
const OPENING = 8;

/** Adds accounts named `load0` and so on. */
export async function addAccounts(server: StartedServer, count: number): Promise<readonly string[]> {
  const settings = readSettings(dataPaths(server.data));
  if (settings === undefined) throw new Error("The server has no settings");
  const admin = new AdminClient({ host: server.host, port: server.httpPort }, settings.adminToken);
  const names = Array.from({ length: count }, (_, at) => `load${at}`);
  for (const name of names) await admin.add(name, passwordOf(name));
  return names;
}

export function passwordOf(account: string): string {
  return `pw-${account}`;
}

export async function targetOf(server: StartedServer, tls: boolean): Promise<Target> {
  return tls ? { port: server.imapsPort, ca: await readFile(server.ca, "utf8") } : { port: server.imapPort, ca: undefined };
}

/** The process that is measured. */
export function workerdPid(server: StartedServer): number {
  const run = readRunFile(dataPaths(server.data).run);
  if (run === undefined) throw new Error("The server does not run");
  return run.workerdPid;
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
