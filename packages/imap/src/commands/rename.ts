import { LIMITS } from "../limits.ts";
import type { MailboxIndex } from "../mailbox/mailbox-index.ts";
import type { MailboxRecord } from "../mailbox/records.ts";
import { ALL_UIDS } from "../mailbox/uid-ranges.ts";
import { decodeMailboxName, decodeNewMailboxName, DELIMITER, isMailboxName, parentsOf } from "../protocol/mailbox-name.ts";
import { no } from "../protocol/status-error.ts";
import { defineCommand } from "../session/define-command.ts";
import { createParents } from "./create-mailbox.ts";

/**
 * RENAME, RFC 9051 section 6.3.6. What is below goes along, missing parents of the new name are created, and ids, UIDs and
 * UIDVALIDITY stay. Subscriptions are names and stay what they are: clients subscribe to the new name themselves.
 */
export const rename = defineCommand({
  name: "RENAME",
  states: ["authenticated", "selected"],
  sequences: "all",
  read(args, { session }) {
    args.space();
    const from = decodeMailboxName(args.astring("mailbox name"), session.enabled.utf8);
    args.space();
    const to = decodeNewMailboxName(args.astring("new mailbox name"), session.enabled.utf8);
    return { from, to };
  },
  run({ state }, { from, to }) {
    const { index } = state.account;
    const moved = from === "INBOX" ? [] : topmost(index, from);
    if (from !== "INBOX" && moved.length === 0) throw no("No such mailbox", "NONEXISTENT");
    if (to === from || index.findByName(to) !== undefined) throw no("Mailbox already exists", "ALREADYEXISTS");
    if (from === "INBOX") return emptyInbox(index, to);
    if (to.startsWith(from + DELIMITER)) throw no("A mailbox cannot be moved below itself", "CANNOT");
    for (const { name } of index.mailboxes()) {
      if (name.startsWith(from + DELIMITER) && !isMailboxName(to + name.slice(from.length))) {
        throw no(`A mailbox below would get a name of more than ${LIMITS.mailboxName} octets or ${LIMITS.mailboxLevels} levels`, "LIMIT");
      }
    }
    index.transaction(() => {
      createParents(index, to);
      for (const { id, name } of moved) index.rename(id, to + name.slice(from.length));
    });
  },
});

/** The mailbox of this name, or, when the name exists only as the parent of others, the topmost of these. */
function topmost(index: MailboxIndex, name: string): readonly MailboxRecord[] {
  const record = index.findByName(name);
  if (record !== undefined) return [record];
  const below = index.mailboxes().filter((other) => other.name.startsWith(name + DELIMITER));
  const names = new Set(below.map((other) => other.name));
  return below.filter((other) => !parentsOf(other.name).some((parent) => names.has(parent)));
}

/** INBOX always exists: its messages move, it stays and is empty, and what is below it is left alone (RFC 9051 section 6.3.6). */
function emptyInbox(index: MailboxIndex, name: string): void {
  index.transaction(() => {
    const inbox = index.findByName("INBOX");
    const source = inbox && index.open(inbox.id);
    createParents(index, name);
    const target = index.open(index.create(name).id);
    if (target === undefined) throw new TypeError("A mailbox vanished in the transaction that created it");
    source?.moveTo(target, ALL_UIDS);
  });
}
