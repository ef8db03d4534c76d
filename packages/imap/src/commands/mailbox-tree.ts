import type { MailboxIndex } from "../mailbox/mailbox-index.ts";
import { compareMailboxNames } from "../mailbox/mailbox-order.ts";
import type { MailboxRecord } from "../mailbox/records.ts";
import { parentsOf } from "../protocol/mailbox-name.ts";

/** A name that LIST or LSUB may show. */
export interface NamedMailbox {
  readonly name: string;
  /** `undefined`: there is no such mailbox. */
  readonly record: MailboxRecord | undefined;
  /** A mailbox exists below it. */
  readonly hasChildren: boolean;
  readonly subscribed: boolean;
}

/** Every name of an account in the order of lists: mailboxes, subscriptions, and what exists only as the parent of either. */
export function namedMailboxes(index: MailboxIndex): readonly NamedMailbox[] {
  const names = new Map<string, { name: string; record: MailboxRecord | undefined; hasChildren: boolean; subscribed: boolean }>();
  const at = (name: string) => {
    let named = names.get(name);
    if (named === undefined) names.set(name, (named = { name, record: undefined, hasChildren: false, subscribed: false }));
    return named;
  };
  for (const record of index.mailboxes()) {
    at(record.name).record = record;
    for (const parent of parentsOf(record.name)) at(parent).hasChildren = true;
  }
  for (const name of index.subscriptions()) {
    at(name).subscribed = true;
    for (const parent of parentsOf(name)) at(parent);
  }
  return [...names.values()].sort((a, b) => compareMailboxNames(a.name, b.name));
}
