import type { ContentKey, NewContent } from "../../mailbox/mailbox-index.ts";
import type { EmailId, MailboxId, SpecialUse, ThreadId } from "../../mailbox/records.ts";

/** One message of one mailbox, as plainly as it can be said. */
export interface MemoryMessage {
  readonly uid: number;
  readonly modSeq: number;
  readonly content: ContentKey;
  readonly size: number;
  readonly system: number;
  /** Positions in the mailbox's keyword list. */
  readonly keywords: ReadonlySet<number>;
  readonly internalDate: number;
  readonly zoneMinutes: number;
  readonly saveDate: number;
}

/** One mailbox. Never changed in place: a change makes a new one, so that an earlier state is undone by putting it back. */
export interface MemoryMailboxState {
  readonly id: MailboxId;
  readonly name: string;
  readonly uidValidity: number;
  readonly uidNext: number;
  readonly highestModSeq: number;
  readonly firstRecentUid: number;
  readonly specialUse: SpecialUse | undefined;
  readonly keywords: readonly string[];
  readonly messages: readonly MemoryMessage[];
  readonly expunged: readonly { readonly uid: number; readonly modSeq: number }[];
}

export interface MemoryContent extends NewContent {
  readonly key: ContentKey;
  readonly emailId: EmailId;
  readonly threadId: ThreadId;
}

/** Everything one account has. */
export interface MemoryState {
  readonly mailboxes: ReadonlyMap<MailboxId, MemoryMailboxState>;
  readonly subscriptions: ReadonlySet<string>;
  readonly contents: ReadonlyMap<ContentKey, MemoryContent>;
  readonly threads: ReadonlyMap<string, ThreadId>;
  readonly lastUidValidity: number;
}

export const EMPTY_STATE: MemoryState = {
  mailboxes: new Map(),
  subscriptions: new Set(),
  contents: new Map(),
  threads: new Map(),
  lastUidValidity: 0,
};
