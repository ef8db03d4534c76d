import { Random } from "../../packages/cli/src/demo/random.ts";
import { corpusMessage } from "./corpus.ts";
import { ImapWire } from "./imap-wire.ts";
import type { MailServer } from "./mail-server.ts";

/** As many as a small company has open, four for each account as one person's devices are. */
export const MIXED_CLIENTS = 20;
export const MIXED_ACCOUNTS = 5;
/** Messages of each account's INBOX. */
export const MIXED_MESSAGES = 500;
/** Sessions of each client, one after the other. */
const SESSIONS = 4;
/** FETCHes of a list and of a body in a session. */
const FETCHES = 3;
/** Messages of one list. */
const LISTED = 20;

export const MIXED_COMMANDS = ["login", "list", "status", "select", "fetch", "store", "append", "expunge", "logout"] as const;
export type MixedCommand = (typeof MIXED_COMMANDS)[number];

/** Milliseconds of each command that was answered; LOGIN with the connection, its TLS handshake and the greeting. */
export type Latencies = Readonly<Record<MixedCommand, number[]>>;

export function noLatencies(): Latencies {
  return { login: [], list: [], status: [], select: [], fetch: [], store: [], append: [], expunge: [], logout: [] };
}

export function mixedUser(account: number): string {
  return `mixed${account}`;
}

/**
 * All clients at once, each through its sessions: list, look, read, mark, store a message and expunge it again, so that each round finds the
 * mailbox as the one before. Every command waits for its answer. @throws Error when one is not OK
 */
export async function runMixed(server: MailServer, seed: number, latencies: Latencies): Promise<void> {
  await Promise.all(
    Array.from({ length: MIXED_CLIENTS }, async (_, client) => {
      const random = Random.forItem(seed, client);
      for (let session = 0; session < SESSIONS; session++) await runSession(server, client, random, latencies);
    }),
  );
}

async function runSession({ endpoint, password }: MailServer, client: number, random: Random, latencies: Latencies): Promise<void> {
  const time = async <Result>(command: MixedCommand, work: () => Promise<Result>): Promise<Result> => {
    const start = performance.now();
    const result = await work();
    latencies[command].push(performance.now() - start);
    return result;
  };
  const wire = await time("login", () => ImapWire.login(endpoint, mixedUser(client % MIXED_ACCOUNTS), password));
  const send = (command: MixedCommand, line: string): Promise<string> => time(command, () => wire.run([line]));
  await send("list", 'LIST "" *');
  await send("status", "STATUS INBOX (MESSAGES UNSEEN UIDNEXT)");
  await send("select", "SELECT INBOX");
  for (let turn = 0; turn < FETCHES; turn++) {
    const first = random.between(1, MIXED_MESSAGES - LISTED);
    await send("fetch", `UID FETCH ${first}:${first + LISTED - 1} (UID FLAGS ENVELOPE)`);
    await send("fetch", `UID FETCH ${random.between(1, MIXED_MESSAGES)} (BODY.PEEK[])`);
  }
  const marked = random.between(1, MIXED_MESSAGES);
  await send("store", `UID STORE ${marked} +FLAGS.SILENT (\\Flagged)`);
  await send("store", `UID STORE ${marked} -FLAGS.SILENT (\\Flagged)`);
  const { bytes } = corpusMessage(client, random.between(0, MIXED_MESSAGES));
  const appended = await time("append", () => wire.run([["APPEND INBOX (\\Seen)", bytes]]));
  const uid = /\[APPENDUID \d+ (\d+)\]/.exec(appended)?.[1];
  if (uid === undefined) throw new Error(`no APPENDUID: ${appended}`);
  await send("store", `UID STORE ${uid} +FLAGS.SILENT (\\Deleted)`);
  await send("expunge", "EXPUNGE");
  await send("status", "STATUS INBOX (MESSAGES UNSEEN UIDNEXT)");
  await time("logout", () => wire.logout());
}
