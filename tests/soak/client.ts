import type { Random } from "../../packages/cli/src/demo/random.ts";
import type { ImapClient } from "../support/imap-client.ts";

/** Messages of a mailbox above which a client deletes its oldest, so that a run of any length is bounded. */
const MESSAGES = 60;

type Step = (client: ImapClient, random: Random) => Promise<void>;

/** Some message of the mailbox, by its number; 1 in an empty one, which every command then answers with OK and nothing. */
async function someUid(client: ImapClient, random: Random): Promise<number> {
  const { untagged } = await client.ok("UID SEARCH ALL");
  const uids = (untagged.find(({ text }) => text.startsWith("* SEARCH"))?.text ?? "").split(" ").slice(2);
  return Number(uids[random.next() % Math.max(1, uids.length)] ?? 1);
}

function newMessage(random: Random): Buffer {
  const length = random.chance(0.02) ? 1_200_000 : random.chance(0.1) ? 60_000 : random.between(300, 9000);
  const line = `${random.hex(64)}\r\n`;
  const head = `Message-ID: <${random.hex(16)}@soak.test>\r\nSubject: soak ${random.hex(6)}\r\nFrom: a@soak.test\r\nTo: b@soak.test\r\n\r\n`;
  return Buffer.from(head + line.repeat(Math.ceil(length / line.length)), "latin1");
}

const HEADERS = "UID RFC822.SIZE FLAGS BODY.PEEK[HEADER.FIELDS (From To Cc Subject Date Message-ID References Content-Type)]";

/** What clients do, in parts of a hundred: the platform validation mix of mail services. QUOTA is not offered, so CAPABILITY stands in for it. */
const MIX: readonly (readonly [number, Step])[] = [
  [30, async (client) => void (await client.ok("STATUS INBOX (MESSAGES UIDNEXT UIDVALIDITY UNSEEN)"))],
  [
    15,
    async (client) => {
      const tag = client.send("IDLE");
      const { text } = await client.response();
      if (text !== "+ idling") throw new Error(`IDLE was answered with ${text}`);
      client.socket.write("DONE\r\n");
      const { result } = await client.answer(tag);
      if (!result.startsWith("OK")) throw new Error(`IDLE was answered with ${result}`);
    },
  ],
  [9, async (client) => void (await client.ok(`UID FETCH 1:* (${HEADERS})`))],
  [9, async (client, random) => void (await client.ok(`UID FETCH ${await someUid(client, random)} (UID BODY.PEEK[])`))],
  [8, async (client, random) => void (await client.ok("APPEND INBOX (\\Seen)", newMessage(random)))],
  [8, async (client) => void (await client.ok("NOOP"))],
  [9, async (client) => void (await client.ok("CAPABILITY"))],
  [2, async (client, random) => void (await client.ok(`UID SEARCH SUBJECT ${random.hex(2)}`))],
  [2, async (client) => void (await client.ok("SELECT INBOX"))],
  [2, async (client, random) => void (await client.ok(`UID STORE ${await someUid(client, random)} +FLAGS (\\Flagged)`))],
  [1, async (client) => void (await client.ok('LIST "" * RETURN (SPECIAL-USE)'))],
  [1, expunge],
  [1, async (client) => void (await client.ok("CHECK"))],
];
const TOTAL = MIX.reduce((sum, [weight]) => sum + weight, 0);

async function expunge(client: ImapClient): Promise<void> {
  const { untagged } = await client.ok("UID SEARCH ALL");
  const uids = (untagged.find(({ text }) => text.startsWith("* SEARCH"))?.text ?? "").split(" ").slice(2);
  if (uids.length <= MESSAGES / 2) return void (await client.ok("EXPUNGE"));
  await client.ok(`UID STORE ${uids.slice(0, uids.length - MESSAGES / 2).join(",")} +FLAGS.SILENT (\\Deleted)`);
  await client.ok("EXPUNGE");
}

/** One command of the mix. @throws Error when it is not answered with OK */
export async function step(client: ImapClient, random: Random): Promise<void> {
  let at = random.between(1, TOTAL);
  const [, run] = MIX.find(([weight]) => (at -= weight) <= 0) ?? [0, expunge];
  await run(client, random);
}

/** Keeps a mailbox from growing for ever, whatever the mix draws. */
export async function trim(client: ImapClient): Promise<void> {
  const { untagged } = await client.ok("STATUS INBOX (MESSAGES)");
  if (Number(/MESSAGES (\d+)/.exec(untagged.at(-1)?.text ?? "")?.[1]) > MESSAGES) await expunge(client);
}
