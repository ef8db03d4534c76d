import type { MailboxIndex } from "../mailbox/mailbox-index.ts";
import type { MailboxRecord, SpecialUse } from "../mailbox/records.ts";
import { parentsOf } from "../protocol/mailbox-name.ts";

/** Creates the mailboxes above `name` that are missing (RFC 9051 section 6.3.4). Call it in a transaction. */
export function createParents(index: MailboxIndex, name: string): void {
  for (const parent of parentsOf(name)) if (index.findByName(parent) === undefined) index.create(parent);
}

/** Creates a mailbox and those above it that are missing: all or none. Throws `NO [ALREADYEXISTS]` or `NO [LIMIT]`. */
export function createMailbox(index: MailboxIndex, name: string, specialUse?: SpecialUse): MailboxRecord {
  return index.transaction(() => {
    createParents(index, name);
    return index.create(name, specialUse);
  });
}
