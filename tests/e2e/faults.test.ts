import { readdirSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, onTestFinished, test } from "vitest";

import { Random } from "../../packages/cli/src/demo/random.ts";
import { difference, type AccountState } from "../crash/model.ts";
import { readAccount } from "../crash/read-account.ts";
import { Writer } from "../crash/writer.ts";
import { FaultProxy, type EndFault, type Faults } from "../support/fault-proxy.ts";
import { ImapClient } from "../support/imap-client.ts";
import { removeData, startServer, type StartedServer } from "../support/started-server.ts";

let server: StartedServer;

beforeAll(async () => {
  server = await startServer();
  for (const name of ["stall", "torn", "whole", "split", "bad"]) await server.addAccount(name, `pw-${name}`);
});

afterAll(async () => {
  await server.stop();
  await removeData(server);
});

async function startProxy(faults: { readonly toServer?: Faults; readonly toClient?: Faults }): Promise<FaultProxy> {
  const proxy = await FaultProxy.start(server.imapPort, faults);
  onTestFinished(() => proxy.close());
  return proxy;
}

/** A message of exactly so many octets. */
function messageOf(octets: number): Buffer {
  const message = Buffer.alloc(octets, "0123456789abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ\r\n");
  message.write(`Subject: ${octets} octets\r\n\r\n`);
  message.write("\r\n", octets - 2);
  return message;
}

test("a client that stops reading in a FETCH of 20 MB holds nobody up, and reads on where it was", async ({ expect }) => {
  const message = messageOf(20 * 1024 * 1024);
  const other = await ImapClient.login(server.imapPort, "stall", "pw-stall");
  await other.ok("APPEND INBOX", message);
  await other.ok("SELECT INBOX");

  const proxy = await startProxy({ toClient: { end: { after: 3_000_000, how: "hold" } } });
  const stalled = await ImapClient.login(proxy.port, "stall", "pw-stall");
  await stalled.ok("SELECT INBOX");
  const tag = stalled.send("UID FETCH 1 (BODY.PEEK[])");
  const answer = stalled.answer(tag);
  // The message is under way, and the client no longer reads.
  while (proxy.fromServer <= 3_000_000) await other.ok("NOOP");
  for (let round = 1; round <= 50; round++) {
    await other.ok("APPEND INBOX (\\Seen)", messageOf(2000));
    await other.ok("UID STORE 1 +FLAGS (\\Flagged)");
    await other.ok("UID STORE 1 -FLAGS.SILENT (\\Flagged)");
    expect((await other.ok("UID FETCH 1 (FLAGS BODY.PEEK[]<1000.1000>)")).untagged[0]?.literals[0]).toEqual(message.subarray(1000, 2000));
  }
  expect(proxy.fromServer).toBeLessThan(message.length);

  proxy.release();
  const { result, untagged } = await answer;
  expect(result).toMatch(/^OK /);
  expect(untagged.find(({ literals }) => literals.length > 0)?.literals[0]?.equals(message)).toBe(true);
  expect((await stalled.ok("NOOP")).untagged.map(({ text }) => text).join("\n")).toMatch(/51 EXISTS|^$/);
  expect((await stalled.ok("STATUS INBOX (MESSAGES)")).untagged.at(-1)?.text).toBe("* STATUS INBOX (MESSAGES 51)");
  for (const client of [stalled, other]) client.destroy();
});

function bodyFiles(): string[] {
  return readdirSync(join(server.data, "bodies"), { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? [join(entry.parentPath, entry.name)] : [],
  );
}

test("an APPEND that is cut, reset or half-closed in the middle leaves nothing", { timeout: 120_000 }, async ({ expect }) => {
  const witness = await ImapClient.login(server.imapPort, "torn", "pw-torn");
  await witness.ok("SELECT INBOX");
  const before = bodyFiles();
  for (const size of [9000, 300_000, 4_000_000]) {
    for (const how of ["cut", "reset", "half-close"] satisfies EndFault[]) {
      const proxy = await startProxy({ toServer: { end: { after: Math.floor(size * 0.8), how } } });
      const client = await ImapClient.login(proxy.port, "torn", "pw-torn");
      await expect(client.ok("APPEND INBOX", messageOf(size))).rejects.toThrow(/ended the connection|answered with \* BYE/);
      client.destroy();
      expect((await witness.ok("STATUS INBOX (MESSAGES UIDNEXT SIZE)")).untagged.at(-1)?.text).toBe(
        "* STATUS INBOX (MESSAGES 0 UIDNEXT 1 SIZE 0)",
      );
    }
  }
  // The session of a connection that has just broken may still be clearing up; the account answers meanwhile.
  for (let asked = 0; asked < 2000 && bodyFiles().length > before.length; asked++) await witness.ok("NOOP");
  expect(bodyFiles()).toEqual(before);
  await witness.ok("APPEND INBOX", messageOf(4_000_000));
  expect((await witness.ok("STATUS INBOX (MESSAGES UIDNEXT)")).untagged.at(-1)?.text).toBe("* STATUS INBOX (MESSAGES 1 UIDNEXT 2)");
  witness.destroy();
});

/** A session with literals of all kinds, pipelines, IDLE and errors, as the octets of a client that does not wait. */
function script(user: string): string {
  const short = "Subject: one\r\nFrom: a@example.org\r\n\r\nbody of one\r\n";
  const long = messageOf(40_000).toString("latin1");
  const commands = [
    "CAPABILITY",
    `LOGIN {${user.length}+}\r\n${user} "pw-${user}"`,
    'LIST "" *',
    "CREATE Split/Below",
    "SELECT INBOX",
    `APPEND INBOX (\\Seen) "02-Nov-2026 10:00:00 +0000" {${short.length}+}\r\n${short}`,
    `APPEND INBOX "02-Nov-2026 11:00:00 +0000" {${long.length}+}\r\n${long}`,
    "NOOP",
    "FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE)",
    "FETCH 2 (BODY.PEEK[] BODY.PEEK[HEADER.FIELDS (Subject)])",
    "IDLE\r\nDONE",
    "STORE 1 +FLAGS (\\Deleted $Work)",
    "SEARCH SUBJECT {3+}\r\none",
    "UID COPY 1:* Split/Below",
    "NONSENSE (",
    "FETCH 99 FLAGS",
    "EXPUNGE",
    "STATUS Split/Below (MESSAGES UIDNEXT)",
    "LOGOUT",
  ];
  return commands.map((command, at) => `a${at} ${command}\r\n`).join("");
}

/** What the server says to the script until it closes; UIDVALIDITY and mailbox ids are what differs between accounts. */
async function play(port: number, user: string): Promise<string> {
  const client = await ImapClient.connect(port);
  client.socket.write(script(user), "latin1");
  let text = "";
  while (!/^a\d+ OK LOGOUT/m.test(text)) {
    const response = await client.response();
    text += `${response.text}${response.literals.map((literal) => literal.toString("latin1")).join("|")}\n`;
  }
  return text.replaceAll(/(UIDVALIDITY|APPENDUID|COPYUID) \d+/g, "$1 N").replaceAll(/MAILBOXID \([^)]*\)/g, "MAILBOXID (N)");
}

test("a session whose octets come and go one by one is answered like any other", { timeout: 120_000 }, async ({ expect }) => {
  const whole = await play(server.imapPort, "whole");
  const proxy = await startProxy({ toServer: { split: true }, toClient: { split: true } });
  const split = await play(proxy.port, "split");
  expect(split).toBe(whole);
  expect(whole.match(/^a\d+ (OK|NO|BAD)/gm)).toHaveLength(19);
});

const ROUNDS = 12;
const SEED = 993;

function drawFaults(random: Random): { readonly toServer: Faults; readonly toClient: Faults } {
  const direction = (longest: number | undefined): Faults => {
    const kind = random.between(0, 5);
    return {
      ...(kind === 0 && { delay: random.between(1, 5) }),
      ...(kind === 1 && { octetsPerSecond: random.between(1_000_000, 4_000_000) }),
      // Not where a message of a megabyte may come along.
      ...(kind === 2 && longest !== undefined && { split: true }),
      ...(longest !== undefined && {
        end: {
          after: random.between(20, kind === 2 ? Math.min(longest, 40_000) : longest),
          how: random.pick<EndFault>(["cut", "reset", "half-close"]),
        },
      }),
    };
  };
  // One of the two directions ends, or the writer would go on for ever.
  const clientEnds = random.chance(0.7);
  return { toServer: direction(clientEnds ? 400_000 : undefined), toClient: direction(clientEnds ? undefined : 15_000) };
}

/** What the server has once it has finished what came before the line broke: two looks that agree. */
async function settled(prefixes: readonly string[]): Promise<AccountState> {
  let last = await readAccount(server.imapPort, "bad", "pw-bad", prefixes);
  for (let look = 0; look < 50; look++) {
    const next = await readAccount(server.imapPort, "bad", "pw-bad", prefixes);
    if (difference(last, next) === undefined) return next;
    last = next;
  }
  throw new Error("the account does not come to rest");
}

test("random writes over random faults: nothing acknowledged is lost, nothing is there twice", { timeout: 180_000 }, async ({ expect }) => {
  const random = new Random(SEED);
  const writer = new Writer("w0", "bad", "shared", SEED);
  const setup = await ImapClient.login(server.imapPort, "bad", "pw-bad");
  for (const name of ["w0", "shared"]) await setup.ok(`CREATE ${name}`);
  for (let round = 1; round <= ROUNDS; round++) {
    const faults = drawFaults(random);
    const proxy = await startProxy(faults);
    await writer.run(proxy.port, "pw-bad");
    await proxy.close();
    const found = await settled(["w0", "shared"]);
    const differences = writer.possible.map((state) => difference(state, found));
    expect(differences, `round ${round} of seed ${SEED}, ${JSON.stringify(faults)}`).toContain(undefined);
    writer.state = found;
    writer.pending = [];
  }
  expect(writer.acknowledged).toBeGreaterThan(ROUNDS);
  expect((await setup.ok("NOOP")).result).toMatch(/^OK/);
  setup.destroy();
});
