import { check, countOf, flagsById, sampleMessage, withImap, type Target } from "../driver.ts";
import { addToMaildir, flagInMaildir, readMaildir, removeFromMaildir } from "./maildir.ts";

/**
 * What a program that keeps a Maildir and INBOX in step must get right: pull all, then flags, deletions and
 * new messages of both sides, then nothing. INBOX holds `count` sample messages before.
 */
export async function checkTwoWaySync(target: Target, folder: string, count: number, sync: () => Promise<unknown>): Promise<void> {
  await sync();
  const id = (at: number): string => `<sample-${at}@example.net>`;
  let local = await readMaildir(folder);
  check(local.size === count, `pulled ${local.size} of ${count}`);
  const path = (at: number): string => {
    const found = local.get(id(at));
    check(found !== undefined, `message ${at} is not in the Maildir`);
    return found;
  };

  for (const at of [3, 4, 5, 6]) await flagInMaildir(folder, path(at), "FS");
  for (const at of [10, 11, 12]) await removeFromMaildir(path(at));
  for (const at of [900, 901]) await addToMaildir(folder, sampleMessage(at), "S");
  await withImap(target, async (client) => {
    await client.mailboxOpen("INBOX");
    await client.messageFlagsAdd("21:23", ["\\Answered"]);
    await client.messageDelete("31:34");
  });
  await sync();

  const expected = count - 3 - 4 + 2;
  const remote = await flagsById(target, "INBOX");
  check(remote.size === expected, `the server has ${remote.size}, not ${expected}`);
  check(remote.get(id(3))?.has("\\Flagged") === true, "a local flag did not arrive");
  check(!remote.has(id(11)), "a local deletion did not arrive");
  check(remote.has(id(900)), "a new local message did not arrive");
  local = await readMaildir(folder);
  check(local.size === expected, `the Maildir has ${local.size}, not ${expected}`);
  check(/:2,[A-Z]*R/.test(local.get(id(20)) ?? ""), "a remote flag did not arrive");
  await sync();
  check((await countOf(target, "INBOX")) === expected, "a sync with nothing to do changed the server");
}
