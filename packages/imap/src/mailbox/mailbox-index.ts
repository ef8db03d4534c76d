import type { FlagSet } from "../protocol/flags.ts";
import type { BodyRef } from "./body-store.ts";
import type { MessagePage } from "./message-page.ts";
import type { EmailId, MailboxId, MailboxRecord, SpecialUse, ThreadId } from "./records.ts";
import type { GramQuery, TextSignature } from "./text-signature.ts";
import type { UidRanges } from "./uid-ranges.ts";

/**
 * Port: the mailboxes of one account.
 *
 * Every method is synchronous, because the Durable Object's SQLite is: a command sees one moment of
 * the mailbox, never an await in the middle of it. Each writing method is one transaction by itself;
 * {@link transaction} joins several. Bodies live behind BodyStore.
 */
export interface MailboxIndex {
  /** Runs `work` as one transaction: all of it is kept, or nothing when it throws (the error goes on to the caller). */
  transaction<T>(work: () => T): T;

  /** All mailboxes, INBOX first, then by name. */
  mailboxes(): readonly MailboxRecord[];
  /** By exact name; the caller has already normalized it (INBOX in capitals). */
  findByName(name: string): MailboxRecord | undefined;
  /** Creates a mailbox, not its parents. Throws `NO [ALREADYEXISTS]`. UIDVALIDITY is never reused in an account. */
  create(name: string, specialUse?: SpecialUse): MailboxRecord;
  /** Gives a mailbox and all below it (`name/...`) new names; ids, UIDs and UIDVALIDITY stay. Throws `NO [ALREADYEXISTS]` if any target exists. */
  rename(id: MailboxId, name: string): void;
  /** Removes a mailbox and its messages; what is below it stays. */
  remove(id: MailboxId): void;
  /** Gives the special use to this mailbox, or takes it away. */
  setSpecialUse(id: MailboxId, specialUse: SpecialUse | undefined): void;

  /** Names that are subscribed, whether or not they exist (RFC 3501 section 6.3.6), sorted. */
  subscriptions(): readonly string[];
  setSubscribed(name: string, subscribed: boolean): void;

  /** The messages of a mailbox; the same object for all callers while it is in memory. `undefined` when there is no such mailbox (any more). */
  open(id: MailboxId): Mailbox | undefined;

  /** Writes a message's content once, at delivery. Assigns EMAILID and, from the message ids, THREADID. Not visible until a mailbox refers to it. */
  addContent(content: NewContent): ContentKey;
  /** Reads the wanted columns for rows `[from, to)` of a page, in the page's order: one entry per row. */
  readContents(page: MessagePage, from: number, to: number, columns: ContentColumns): ContentRow[];
  /**
   * Looks for a string in the Subjects of rows `[from, to)` of a page, without reading their headers: one of {@link TextMatch} per
   * row. The string is folded, and one that the search takes for a question to this index.
   */
  matchSubjects(page: MessagePage, from: number, to: number, text: string): Uint8Array;
  /** Looks for a text in the signatures of rows `[from, to)` of a page, without reading the messages: one of GramMatch per row. */
  matchSignatures(page: MessagePage, from: number, to: number, query: GramQuery): Uint8Array;
  /** Gives a content its signature. It may have gone: then nothing happens. */
  sign(content: ContentKey, signature: TextSignature): void;

  /**
   * Removes up to `limit` contents to which no mailbox refers any more. `pinned` names those that a running
   * response still reads. Returns the bodies whose bytes the caller must now remove, and whether there is more.
   */
  collectUnreferenced(limit: number, pinned: (key: ContentKey) => boolean): { readonly bodies: readonly BodyRef[]; readonly more: boolean };
}

/** What an index of texts says of a message. `unknown`: its header has to be read. */
export const TextMatch = { no: 0, yes: 1, unknown: 2 } as const;

/** Integer key of a content row inside one account's store. */
export type ContentKey = number;

export interface NewContent {
  /** Octets of the whole message. */
  readonly size: number;
  /** The first octets of the message: its header, up to LIMITS.storedHeader; the body store holds what follows. */
  readonly head: Uint8Array;
  /** Octets of the header with its empty line; larger than `head.length` only when the header is longer than LIMITS.storedHeader. */
  readonly headerSize: number;
  /** Ready-made IMAP bytes, see @sluice/mime. */
  readonly envelope: Uint8Array;
  readonly bodyStructure: Uint8Array;
  /** Encoded part tree, see @sluice/mime. */
  readonly structure: Uint8Array;
  readonly messageId: string | undefined;
  /** Message ids of In-Reply-To and References, for the thread. Bounded by the parser. */
  readonly references: readonly string[];
  /** Where the octets after `head` are; `undefined` when there are none. */
  readonly body: BodyRef | undefined;
  /** Missing: a search that reads the message makes it. */
  readonly signature?: TextSignature | undefined;
}

/** Which columns of a content to read; only these cost anything. */
export interface ContentColumns {
  readonly ids?: boolean;
  readonly envelope?: boolean;
  readonly bodyStructure?: boolean;
  readonly structure?: boolean;
  readonly head?: boolean;
  readonly body?: boolean;
}

/** The columns that were asked for; the others are `undefined`. `headerSize` comes with `head`. */
export interface ContentRow {
  readonly key: ContentKey;
  readonly emailId: EmailId | undefined;
  readonly threadId: ThreadId | undefined;
  readonly envelope: Uint8Array | undefined;
  readonly bodyStructure: Uint8Array | undefined;
  readonly structure: Uint8Array | undefined;
  readonly head: Uint8Array | undefined;
  readonly headerSize: number | undefined;
  /** With `body: true`: where the octets after `head` are. */
  readonly body: BodyRef | undefined;
}

/** The messages of one mailbox. */
export interface Mailbox {
  /** Always current: a new object after each change, the same one while nothing changes. */
  readonly record: MailboxRecord;
  /** The keywords in use, at most LIMITS.keywordsPerMailbox; the position is the bit in a page's keyword columns. Only grows. */
  readonly keywords: readonly string[];
  /** False after the mailbox was removed. */
  readonly exists: boolean;

  /** How many messages have a UID below `uid`: O(log n). */
  rank(uid: number): number;
  /** The UID at 0-based position `index`, `undefined` outside: O(log n). */
  uidAt(index: number): number | undefined;
  /** The first message (lowest UID, 0-based position) without `\Seen`, or `undefined`. */
  firstUnseen(): number | undefined;

  /** Fills `page` with the first messages whose UID is in `[from, to]`; returns the count (also in `page.count`). Go on from the last UID + 1. */
  read(from: number, to: number, page: MessagePage): number;
  /** Like {@link read}, but only messages with a mod-sequence above `since`; segments without one cost nothing. */
  readChanged(since: number, from: number, to: number, page: MessagePage): number;
  /** UIDs expunged with a mod-sequence above `since`, ascending; `undefined` if the history no longer reaches back that far. */
  expungedSince(since: number): Uint32Array | undefined;

  /** Adds messages, in order. UIDs are consecutive. Throws `NO [LIMIT]` when keywords run out or UIDs do. All get one new mod-sequence. */
  append(messages: readonly NewMessage[]): { readonly firstUid: number; readonly modSeq: number };
  /**
   * Changes flags. With `unchangedSince`, messages with a higher mod-sequence stay as they are and are returned in `modified` (RFC 7162).
   * `changed` holds the UIDs that really changed: only those get the new mod-sequence.
   */
  store(selection: UidRanges, change: FlagChange, unchangedSince?: number): StoreResult;
  /** Expunges the selected messages; with `onlyDeleted`, those of them that have `\Deleted`. Returns UIDs in ascending order. */
  expunge(selection: UidRanges, onlyDeleted: boolean): Uint32Array;
  /** Copies to another mailbox of the account (or this one): new rows that share the contents; flags, keywords and internal date go along. UIDs pairwise in order. */
  copyTo(target: Mailbox, selection: UidRanges): CopyResult;
  /** Like {@link copyTo} and expunges the sources, in one transaction. */
  moveTo(target: Mailbox, selection: UidRanges): CopyResult;
  /** Claims `\Recent`: returns the first UID that no session has claimed yet, and moves the mark to UIDNEXT. */
  claimRecent(): number;
}

export interface NewMessage {
  readonly content: ContentKey;
  readonly size: number;
  readonly flags: FlagSet;
  /** Seconds since 1970 and minutes east of UTC. */
  readonly internalDate: number;
  readonly zoneMinutes: number;
  readonly saveDate: number;
}

export interface FlagChange extends FlagSet {
  readonly mode: "replace" | "add" | "remove";
}

export interface StoreResult {
  readonly changed: UidRanges;
  readonly modified: UidRanges;
  readonly modSeq: number;
}

export interface CopyResult {
  /** Source UIDs and their new ones, pairwise: ranges that name the same number of UIDs. */
  readonly from: UidRanges;
  readonly to: UidRanges;
}
