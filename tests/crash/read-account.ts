import { ImapClient } from "../support/imap-client.ts";
import { messageOf } from "./message.ts";
import type { AccountState, Entry } from "./model.ts";

/**
 * Everything that the server has of one account: mailboxes whose names begin with one of `prefixes`.
 *
 * @throws Error when a message is not octet for octet what its name says, or the counters do not agree with the messages.
 */
export async function readAccount(port: number, account: string, password: string, prefixes: readonly string[]): Promise<AccountState> {
  const client = await ImapClient.login(port, account, password);
  const state = new Map<string, { readonly entries: Entry[] }>();
  const { untagged } = await client.ok('LIST "" *');
  for (const { text } of untagged) {
    const [, attributes = "", name = ""] = /^\* LIST \(([^)]*)\) "\/" "?([^"]+)"?$/.exec(text) ?? [];
    if (prefixes.some((prefix) => name.startsWith(prefix)) && !attributes.includes("\\NonExistent"))
      state.set(name, { entries: await readMailbox(client, name) });
  }
  client.destroy();
  return state;
}

async function readMailbox(client: ImapClient, name: string): Promise<Entry[]> {
  const status = (await client.ok(`STATUS ${name} (MESSAGES UIDNEXT UNSEEN SIZE)`)).untagged[0]?.text ?? "";
  await client.ok(`EXAMINE ${name}`);
  const { untagged } = await client.ok("UID FETCH 1:* (UID FLAGS RFC822.SIZE BODY.PEEK[])");
  const entries: Entry[] = [];
  let size = 0;
  for (const { text, literals } of untagged) {
    const [body] = literals;
    const uid = Number(/ UID (\d+)|\(UID (\d+)/.exec(text)?.slice(1).find(Boolean));
    const flags = new Set((/FLAGS \(([^)]*)\)/.exec(text)?.[1] ?? "").split(" ").filter((flag) => flag !== "" && flag !== "\\Recent"));
    if (body === undefined || !Number.isSafeInteger(uid)) throw new Error(`${name}: FETCH was answered with ${text}`);
    const content = /^Message-ID: <([^@]+)@crash\.test>\r\n/.exec(body.toString("latin1", 0, 80))?.[1];
    if (content === undefined || !body.equals(messageOf(content))) throw new Error(`${name}: the message with UID ${uid} is torn`);
    if (!text.includes(`RFC822.SIZE ${body.length}`)) throw new Error(`${name}: the size of UID ${uid} is wrong: ${text}`);
    size += body.length;
    entries.push({ message: { content, uid }, flags });
  }
  const unseen = entries.filter(({ flags }) => !flags.has("\\Seen")).length;
  const next = Number(/UIDNEXT (\d+)/.exec(status)?.[1]);
  for (const count of [`MESSAGES ${entries.length}`, `UNSEEN ${unseen}`, `SIZE ${size}`])
    if (!status.includes(count)) throw new Error(`${name}: ${count} counted, but ${status}`);
  if (!entries.every(({ message }) => (message.uid ?? 0) < next)) throw new Error(`${name}: a UID is beyond UIDNEXT ${next}`);
  return entries;
}
