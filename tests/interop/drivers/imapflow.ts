import { ImapFlow } from "imapflow";

import { check, fill, sampleMessage, until, withImap, type Driver, type Target } from "../driver.ts";

const MESSAGES = 200;

/** ImapFlow: CONDSTORE, QRESYNC, UTF8=ACCEPT, LIST-STATUS, MOVE, partial downloads, IDLE events. */
export const imapflow: Driver = {
  name: "imapflow",
  packages: [],
  async run(target) {
    await fill(target, "Flow", MESSAGES);
    const client = new ImapFlow({
      host: target.host,
      port: target.port,
      secure: true,
      auth: { user: target.user, pass: target.password },
      tls: { rejectUnauthorized: false, servername: "localhost" },
      logger: false,
      qresync: true,
    });
    await client.connect();
    try {
      await drive(client, target);
    } finally {
      await client.logout();
    }
    return `${MESSAGES} messages: fetch, search, flags, copy, move, delete, download, IDLE events`;
  },
};

async function drive(client: ImapFlow, target: Target): Promise<void> {
  await client.mailboxCreate("Flow \u00c4\u00d6");
  const folders = await client.list({ statusQuery: { messages: true } });
  check(
    folders.some((folder) => folder.path === "Flow \u00c4\u00d6"),
    "a name beyond ASCII does not come back",
  );
  check(
    folders.some((folder) => folder.specialUse === "\\Sent"),
    "no \\Sent",
  );

  const opened = await client.mailboxOpen("Flow");
  check(opened.exists === MESSAGES, `EXISTS ${opened.exists}`);
  let seen = 0;
  for await (const message of client.fetch("1:*", {
    uid: true,
    flags: true,
    envelope: true,
    bodyStructure: true,
    internalDate: true,
    size: true,
    source: true,
    threadId: true,
  })) {
    check(message.source?.equals(sampleMessage(seen)) === true, `the body of ${seen} differs`);
    check(message.emailId !== undefined && message.bodyStructure !== undefined, "no EMAILID or BODYSTRUCTURE");
    seen++;
  }
  check(seen === MESSAGES, `fetched ${seen}`);

  const found = await client.search({ subject: "lorem", seen: false }, { uid: true });
  check(Array.isArray(found) && found.length > 0, "SEARCH found nothing");
  await client.messageFlagsAdd({ uid: found.slice(0, 5).join(",") }, ["\\Flagged", "$Lab"], { uid: true });
  const flagged = await client.search({ flagged: true });
  check(Array.isArray(flagged) && flagged.length === Math.min(5, found.length), "flags");
  const copied = await client.messageCopy("1:20", "Flow \u00c4\u00d6");
  check(copied !== false && copied.uidMap?.size === 20, "COPYUID");
  const moved = await client.messageMove("21:30", "Flow \u00c4\u00d6");
  check(moved !== false && moved.uidMap?.size === 10, "MOVE");
  await client.messageDelete("1:5");
  await client.noop();
  check(client.mailbox !== false && client.mailbox.exists === MESSAGES - 15, "EXISTS after deletions");
  const download = await client.download("3");
  let octets = 0;
  check(download.content !== undefined, "no download");
  for await (const chunk of download.content) octets += Buffer.from(chunk).length;
  check(octets > 300, "download");

  const events = { exists: 0, flags: 0, expunge: 0 };
  client.on("exists", () => events.exists++);
  client.on("flags", () => events.flags++);
  client.on("expunge", () => events.expunge++);
  const idle = client.idle();
  await withImap(target, async (other) => {
    await other.append("Flow", sampleMessage(5000));
    await until("EXISTS in IDLE", async () => events.exists > 0);
    await other.mailboxOpen("Flow");
    await other.messageFlagsAdd("1", ["\\Answered"]);
    await until("FETCH in IDLE", async () => events.flags > 0);
    await other.messageDelete("1");
    await until("EXPUNGE in IDLE", async () => events.expunge > 0);
  });
  await client.noop();
  await idle;
  await client.mailboxClose();
  await client.mailboxRename("Flow \u00c4\u00d6", "Flow 2");
  await client.mailboxDelete("Flow 2");
}
