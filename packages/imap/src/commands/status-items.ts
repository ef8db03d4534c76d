import type { MailboxRecord } from "../mailbox/records.ts";
import type { ArgumentReader } from "../parser/argument-reader.ts";
import { encodeMailboxName } from "../protocol/mailbox-name.ts";
import { bad } from "../protocol/status-error.ts";
import { enableCondstore } from "../session/enable-condstore.ts";
import type { Account, Session } from "../session/session.ts";

/** What a STATUS item is worth. Each comes from the mailbox's own row; only RECENT of unclaimed messages looks further. */
const ITEMS = {
  MESSAGES: ({ record }: Source) => record.messages,
  RECENT: ({ record, account }: Source) => recentCount(account, record),
  UIDNEXT: ({ record }: Source) => record.uidNext,
  UIDVALIDITY: ({ record }: Source) => record.uidValidity,
  UNSEEN: ({ record }: Source) => record.unseen,
  // RFC 9051 section 6.3.11.
  DELETED: ({ record }: Source) => record.deleted,
  // RFC 8438.
  SIZE: ({ record }: Source) => record.size,
  // RFC 7162 section 3.1.7.
  HIGHESTMODSEQ: ({ record }: Source) => record.highestModSeq,
  // RFC 8474 section 4.3.
  MAILBOXID: ({ record }: Source) => `(${record.id})`,
  // RFC 7889 section 4.
  APPENDLIMIT: ({ session }: Source) => session.server.appendLimit,
} satisfies Record<string, (source: Source) => number | string>;

interface Source {
  readonly session: Session;
  readonly account: Account;
  readonly record: MailboxRecord;
}

export type StatusItem = keyof typeof ITEMS;

/** "(" status-att *(SP status-att) ")" (RFC 9051 section 9), each item once in the order in which it was first asked for. */
export function readStatusItems(args: ArgumentReader): readonly StatusItem[] {
  const items = new Set<StatusItem>();
  args.open("list of STATUS items");
  do {
    if (items.size > 0) args.space();
    const name = args.keyword("STATUS item");
    if (!isStatusItem(name)) throw bad("Unknown STATUS item");
    items.add(name);
  } while (!args.tryClose());
  return [...items];
}

/** To be called once for a command that answers with these items: HIGHESTMODSEQ enables CONDSTORE (RFC 7162 section 3.1). */
export function enableForStatus(session: Session, items: readonly StatusItem[]): void {
  if (items.includes("HIGHESTMODSEQ")) enableCondstore(session);
}

/** The text of a STATUS response (RFC 9051 section 7.3.4) after `* `. */
export function statusText(session: Session, account: Account, record: MailboxRecord, items: readonly StatusItem[]): string {
  const source = { session, account, record };
  const values = items.map((item) => `${item} ${ITEMS[item](source)}`);
  return `STATUS ${encodeMailboxName(record.name, session.enabled.utf8)} (${values.join(" ")})`;
}

function isStatusItem(name: string): name is StatusItem {
  return Object.hasOwn(ITEMS, name);
}

function recentCount(account: Account, record: MailboxRecord): number {
  if (record.firstRecentUid >= record.uidNext) return 0;
  const mailbox = account.index.open(record.id);
  return mailbox === undefined ? 0 : record.messages - mailbox.rank(record.firstRecentUid);
}
