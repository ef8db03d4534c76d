import { setTimeout as delay } from "node:timers/promises";

import { Random } from "../../packages/cli/src/demo/random.ts";
import { ImapClient } from "../support/imap-client.ts";
import { removeData, startServer, type StartedServer } from "../support/started-server.ts";
import { difference, type AccountState, type MailboxState } from "./model.ts";
import { readAccount } from "./read-account.ts";
import { Writer } from "./writer.ts";

const ACCOUNTS = ["anna", "bert"] as const;
const WRITERS_PER_ACCOUNT = 2;
const SHARED = "shared";
/** Milliseconds of load before the kill: from "nothing has been answered yet" to some hundred writes. */
const KILL_AFTER = [20, 900] as const;

export interface CrashReport {
  readonly acknowledged: number;
  /** One line for each writer whose mailboxes were not what they must be. */
  readonly lost: readonly string[];
}

/**
 * Loads a server, kills it, starts it again and compares, `rounds` times. What was acknowledged must be there; of what was under way
 * each operation may have happened, in order and whole. Stops at the first round that lost something.
 */
export async function crashLoop(rounds: number, seed: number, say: (line: string) => void): Promise<CrashReport> {
  let server = await startServer();
  const { data } = server;
  const random = new Random(seed);
  const writers = ACCOUNTS.flatMap((account, at) =>
    Array.from({ length: WRITERS_PER_ACCOUNT }, (_, number) => new Writer(`w${at * WRITERS_PER_ACCOUNT + number}`, account, SHARED, seed)),
  );
  const lost: string[] = [];
  try {
    await prepare(server, writers);
    for (let round = 1; round <= rounds && lost.length === 0; round++) {
      const before = total(writers);
      await loadAndKill(server, writers, random.between(...KILL_AFTER));
      const inFlight = writers.reduce((sum, { pending }) => sum + pending.length, 0);
      server = await startServer({ data });
      lost.push(...(await compare(server, writers)));
      say(`round ${round}: ${total(writers) - before} acknowledged, ${inFlight} under way, ${lost.length} lost`);
    }
  } finally {
    await server.stop();
  }
  if (lost.length === 0) await removeData(server);
  else say(`the data directory is kept: ${data}`);
  return { acknowledged: total(writers), lost };
}

function total(writers: readonly Writer[]): number {
  return writers.reduce((sum, { acknowledged }) => sum + acknowledged, 0);
}

function passwordOf(account: string): string {
  return `pw-${account}`;
}

async function prepare(server: StartedServer, writers: readonly Writer[]): Promise<void> {
  for (const account of ACCOUNTS) {
    await server.addAccount(account, passwordOf(account));
    const client = await ImapClient.login(server.imapPort, account, passwordOf(account));
    await client.ok(`CREATE ${SHARED}`);
    for (const writer of writers) if (writer.account === account) await client.ok(`CREATE ${writer.name}`);
    client.destroy();
  }
}

async function loadAndKill(server: StartedServer, writers: readonly Writer[], after: number): Promise<void> {
  const runs = Promise.all(writers.map((writer) => writer.run(server.imapPort, passwordOf(writer.account))));
  try {
    // A writer that fails ends the round at once.
    await Promise.race([delay(after), runs]);
  } finally {
    await server.kill();
  }
  await runs;
}

/** Compares each writer's mailboxes, and goes on from what was found. */
async function compare(server: StartedServer, writers: readonly Writer[]): Promise<string[]> {
  const lost: string[] = [];
  for (const account of ACCOUNTS) {
    const found = await readAccount(server.imapPort, account, passwordOf(account), [SHARED, ...writers.map(({ name }) => name)]);
    for (const writer of writers) {
      if (writer.account !== account) continue;
      const actual = shareOf(found, writer);
      const differences = writer.possible.map((state) => difference(state, actual));
      if (!differences.includes(undefined)) {
        const sent = writer.pending.map(({ command }) => command).join("; ");
        lost.push(`${writer.name}: ${[...new Set(differences)].join(" | ")}; under way: ${sent}`);
      }
      writer.state = actual;
      writer.pending = [];
    }
  }
  return lost;
}

/** A writer's own mailboxes, and what it has put into the shared one. */
function shareOf(found: AccountState, writer: Writer): AccountState {
  const share = new Map<string, MailboxState>();
  for (const [name, { entries }] of found) {
    if (name === SHARED) share.set(name, { entries: entries.filter(({ message }) => message.content.startsWith(`${writer.name}-`)) });
    else if (name.startsWith(writer.name)) share.set(name, { entries });
  }
  return share;
}
