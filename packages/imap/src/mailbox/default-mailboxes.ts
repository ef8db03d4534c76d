import type { MailboxIndex } from "./mailbox-index.ts";
import type { SpecialUse } from "./records.ts";

/** What a new account starts with: INBOX, and one mailbox for each special use of RFC 6154, so that every client agrees where sent mail goes. */
const DEFAULT_MAILBOXES: readonly (readonly [name: string, specialUse: SpecialUse | undefined])[] = [
  ["INBOX", undefined],
  ["Drafts", "\\Drafts"],
  ["Sent", "\\Sent"],
  ["Junk", "\\Junk"],
  ["Trash", "\\Trash"],
  ["Archive", "\\Archive"],
];

/** Creates and subscribes the mailboxes of a new account, all or none. Does nothing in an account that has any mailbox. */
export function createAccountMailboxes(index: MailboxIndex): void {
  if (index.mailboxes().length > 0) return;
  index.transaction(() => {
    for (const [name, specialUse] of DEFAULT_MAILBOXES) {
      index.create(name, specialUse);
      index.setSubscribed(name, true);
    }
  });
}
