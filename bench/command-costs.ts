/** What whole commands cost the database: rows read and written, and statements. */
import { createSqliteBodyStore } from "../packages/imap/src/adapters/sqlite/sqlite-body-store.ts";
import { createSqliteMailboxIndex } from "../packages/imap/src/adapters/sqlite/sqlite-mailbox-index.ts";
import type { MailboxIndex } from "../packages/imap/src/mailbox/mailbox-index.ts";
import { sampleContent, sampleMessage } from "../packages/imap/tests/support/content.ts";
import { InMemoryServer, NOW } from "../packages/imap/tests/support/in-memory-server.ts";
import { type CountingDatabase, openNodeSqlite } from "../packages/imap/tests/support/node-sqlite.ts";
import type { CounterPlant, Counters } from "./counters.ts";

const MESSAGES = 10_000;
const COPIED = 1000;
const SELECT = "s SELECT INBOX";
/** Messages with a text of their own, which takes a command each: more than a page of them. */
const TEXTS = 300;

/** What each of these costs the database, on a mailbox of 10,000 messages in SQLite, right after the account was opened. */
const COMMANDS: readonly Counted[] = [
  { name: "select", lines: ["a SELECT INBOX"] },
  { name: "status", lines: ["a STATUS INBOX (MESSAGES UNSEEN UIDNEXT UIDVALIDITY SIZE)"] },
  { name: "fetch-flags", before: [SELECT], lines: ["a UID FETCH 1:* (FLAGS)"] },
  { name: "store-one", before: [SELECT], lines: ["a UID STORE 700 +FLAGS.SILENT (\\Seen)"] },
  { name: "copy-1000", before: [SELECT], lines: [`a UID COPY 1:${COPIED} Archive`] },
  { name: "move-1000", before: [SELECT], lines: [`a UID MOVE 1:${COPIED} Archive`] },
  { name: "expunge-1000", before: [SELECT, `s UID STORE 1:${COPIED} +FLAGS.SILENT (\\Deleted)`], lines: ["a EXPUNGE"] },
  { name: "search-flags", before: [SELECT], lines: ["a UID SEARCH UNSEEN SINCE 1-Jan-2020"] },
  { name: "search-subject", before: [SELECT], lines: ['a UID SEARCH SUBJECT "message 77"'] },
  { name: "search-body", before: [...textAppends(), "s SELECT Archive"], lines: ['a UID SEARCH BODY "text 77 of"'] },
  { name: "append", lines: ["a APPEND INBOX {27+}", "Subject: a", "", "A short body."] },
];

/** No command: a session in IDLE that is told of a delivery. */
const WAKE = "idle-wake";

interface Counted {
  readonly name: string;
  /** Commands before it, one line each, that are not counted. */
  readonly before?: readonly string[];
  readonly lines: readonly string[];
}

/** The names of all that is counted here: what stands before the point in the name of a counter. */
export const COUNTED: readonly string[] = [...COMMANDS.map(({ name }) => name), WAKE];

export async function countRows(plant: CounterPlant): Promise<Counters> {
  const counters: Counters = {};
  for (const name of COUNTED) {
    const { read, written, statements, said } = await runCounted(name, plant);
    counters[`${name}.rows-read`] = read;
    counters[`${name}.rows-written`] = written;
    counters[`${name}.statements`] = statements.length;
    if (name === "search-body") counters[`${name}.bodies-read`] = statements.filter((text) => text.includes("body_chunk")).length;
    if (name === "fetch-flags") counters[`${name}.octets-sent`] = said.length;
  }
  return counters;
}

interface Cost {
  readonly read: number;
  readonly written: number;
  /** Their text, without the values, in the order in which they were run. */
  readonly statements: readonly string[];
  /** The answer. */
  readonly said: string;
}

function textAppends(): string[] {
  return Array.from({ length: TEXTS }, (_, at) => {
    const text = `Subject: a\r\n\r\nThis is text ${at} of some hundreds.`;
    return `s APPEND Archive {${text.length}+}\r\n${text}`;
  });
}

/** @throws Error when the command is not answered with OK */
export async function runCounted(name: string, plant?: CounterPlant): Promise<Cost> {
  const { database, server } = openServer(plant);
  try {
    const command = COMMANDS.find((one) => one.name === name);
    const { cost, ok } = command === undefined ? await wake(database, server) : await run(command, database, server);
    if (!ok || server.faults.length > 0) throw new Error(`${name}: ${cost.said.slice(-200)}`);
    return cost;
  } finally {
    database.close();
  }
}

interface Counting {
  readonly cost: Cost;
  readonly ok: boolean;
}

async function run({ before = [], lines }: Counted, database: CountingDatabase, server: InMemoryServer): Promise<Counting> {
  const connection = server.connect();
  for (const line of before) await connection.exchange(line);
  const cost = await costOf(database, () => connection.exchange(...lines));
  return { cost, ok: /^a OK /m.test(cost.said) };
}

/** A session in IDLE is told of a message that has arrived: each of them pays this, for each delivery. */
async function wake(database: CountingDatabase, server: InMemoryServer): Promise<Counting> {
  const connection = server.connect();
  await connection.exchange(SELECT, "a IDLE");
  const { index } = server.account;
  const record = index.findByName("INBOX");
  const inbox = record && index.open(record.id);
  inbox?.append([sampleMessage(1)]);
  const cost = await costOf(database, async () => {
    connection.dispatcher.notify();
    await connection.dispatcher.run();
    return connection.take();
  });
  return { cost, ok: cost.said.includes(`* ${MESSAGES + 1} EXISTS`) };
}

async function costOf(database: CountingDatabase, work: () => Promise<string>): Promise<Cost> {
  const before = { read: database.rowsRead, written: database.rowsWritten, statements: database.statements.length };
  const said = await work();
  return {
    read: database.rowsRead - before.read,
    written: database.rowsWritten - before.written,
    statements: database.statements.slice(before.statements),
    said,
  };
}

function openServer(plant: CounterPlant): { readonly database: CountingDatabase; readonly server: InMemoryServer } {
  const database = openNodeSqlite();
  const first = createSqliteMailboxIndex(database, { now: () => NOW });
  const inbox = first.open(first.create("INBOX").id);
  if (inbox === undefined) throw new Error("no INBOX");
  first.create("Archive");
  const contents = Array.from({ length: COPIED }, (_, at) => first.addContent(sampleContent(`message ${at}`)));
  inbox.append(Array.from({ length: MESSAGES }, (_, at) => sampleMessage(contents[at % COPIED] ?? 0)));
  const fresh = createSqliteMailboxIndex(database, { now: () => NOW });
  const index = plant === "extra-row" ? withExtraRow(fresh) : fresh;
  const server = new InMemoryServer({ account: { index, bodies: createSqliteBodyStore(database) } });
  return { database, server };
}

function withExtraRow(index: MailboxIndex): MailboxIndex {
  return new Proxy(index, {
    get(target, name) {
      if (name === "findByName") {
        return (mailbox: string) => {
          target.findByName(mailbox);
          return target.findByName(mailbox);
        };
      }
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
