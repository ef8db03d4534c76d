import { ImapClient } from "../support/imap-client.ts";
import { BOXES, type Box, type Found } from "./ledger.ts";
import { messageOf } from "./message.ts";

/** What both mailboxes hold. @throws when a message is not octet for octet what was delivered. */
export async function readMailboxes(port: number, user: string, password: string): Promise<ReadonlyMap<Box, Found>> {
  const client = await ImapClient.login(port, user, password);
  try {
    const found = new Map<Box, Found>();
    for (const box of BOXES) found.set(box, await readMailbox(client, box));
    return found;
  } finally {
    client.destroy();
  }
}

async function readMailbox(client: ImapClient, box: Box): Promise<Found> {
  await client.ok(`EXAMINE ${box}`);
  const ids = new Map<number, number>();
  const flags = new Map<number, Set<string>>();
  for (const { text, literals } of (await client.ok("UID FETCH 1:* (FLAGS BODY.PEEK[])")).untagged) {
    const [, uid = "", told = ""] = /^\* \d+ FETCH \(UID (\d+) FLAGS \(([^)]*)\) BODY\[\] \{\d+\}\)$/.exec(text) ?? [];
    if (uid === "") continue;
    const body = literals[0]?.toString("latin1") ?? "";
    const id = Number(/^X-Id: (\d+)\r\n/.exec(body)?.[1]);
    if (body !== messageOf(id))
      throw new Error(`message ${box} ${uid} is not what was delivered: ${body.length} octets of ${body.slice(0, 20)}`);
    ids.set(Number(uid), id);
    flags.set(Number(uid), new Set(told.split(" ").filter((flag) => flag !== "" && flag !== "\\Recent")));
  }
  return { ids, flags };
}
