import { uuidv7 } from "uuidv7";

import { LIMITS } from "../../limits.ts";
import type { BodyRef } from "../../mailbox/body-store.ts";
import {
  TextMatch,
  type ContentColumns,
  type ContentKey,
  type ContentRow,
  type Mailbox,
  type MailboxIndex,
  type NewContent,
} from "../../mailbox/mailbox-index.ts";
import { compareMailboxNames } from "../../mailbox/mailbox-order.ts";
import type { MessagePage } from "../../mailbox/message-page.ts";
import { EmailId, MailboxId, ThreadId, type MailboxRecord, type SpecialUse } from "../../mailbox/records.ts";
import { threadIds } from "../../mailbox/thread-ids.ts";
import { GramMatch, mayHold, type GramQuery, type TextSignature } from "../../mailbox/text-signature.ts";
import { no } from "../../protocol/status-error.ts";
import { subjectText } from "../../search/subject-text.ts";
import { MemoryMailbox, recordOf, type MemoryMailboxHost } from "./memory-mailbox.ts";
import { EMPTY_STATE, type MemoryContent, type MemoryMailboxState, type MemoryState } from "./memory-state.ts";

/** `now` gives milliseconds since 1970; the clock by default. */
export interface MemoryMailboxIndexOptions {
  readonly now?: () => number;
}

/**
 * A MailboxIndex of plain arrays and maps: the oracle of the contract suite and a double for other tests.
 *
 * The whole account is one immutable value, so a transaction is undone by putting the earlier value back.
 */
export function createMemoryMailboxIndex(options: MemoryMailboxIndexOptions = {}): MailboxIndex {
  return new MemoryMailboxIndex(options.now ?? Date.now);
}

class MemoryMailboxIndex implements MailboxIndex, MemoryMailboxHost {
  readonly #now: () => number;
  readonly #open = new Map<MailboxId, MemoryMailbox>();
  #state: MemoryState = EMPTY_STATE;
  #nextContent = 1;

  constructor(now: () => number) {
    this.#now = now;
  }

  transaction<T>(work: () => T): T {
    const before = this.#state;
    try {
      return work();
    } catch (error) {
      this.#state = before;
      throw error;
    }
  }

  mailboxes(): readonly MailboxRecord[] {
    const records = [...this.#state.mailboxes.values()].map(recordOf);
    return records.sort((a, b) => compareMailboxNames(a.name, b.name));
  }

  findByName(name: string): MailboxRecord | undefined {
    const state = this.#named(name);
    return state === undefined ? undefined : recordOf(state);
  }

  create(name: string, specialUse?: SpecialUse): MailboxRecord {
    if (this.#named(name) !== undefined) throw no("Mailbox already exists", "ALREADYEXISTS");
    if (this.#state.mailboxes.size >= LIMITS.mailboxes) throw no(`An account has at most ${LIMITS.mailboxes} mailboxes`, "LIMIT");
    const lastUidValidity = Math.max(this.#state.lastUidValidity + 1, this.nowSeconds());
    this.#state = { ...this.#state, lastUidValidity };
    const created: MemoryMailboxState = {
      id: MailboxId.parse(uuidv7()),
      name,
      uidValidity: lastUidValidity,
      uidNext: 1,
      highestModSeq: 1,
      firstRecentUid: 1,
      specialUse,
      keywords: [],
      messages: [],
      expunged: [],
    };
    this.replace(created);
    return recordOf(created);
  }

  rename(id: MailboxId, name: string): void {
    const from = this.#existing(id).name;
    const moved = [...this.#state.mailboxes.values()].filter((state) => state.name === from || state.name.startsWith(`${from}/`));
    const renamed = moved.map((state) => ({ ...state, name: name + state.name.slice(from.length) }));
    if (renamed.some((state) => this.#named(state.name) !== undefined)) throw no("Mailbox already exists", "ALREADYEXISTS");
    for (const state of renamed) this.replace(state);
  }

  remove(id: MailboxId): void {
    this.#existing(id);
    const mailboxes = new Map(this.#state.mailboxes);
    mailboxes.delete(id);
    this.#state = { ...this.#state, mailboxes };
  }

  setSpecialUse(id: MailboxId, specialUse: SpecialUse | undefined): void {
    this.replace({ ...this.#existing(id), specialUse });
  }

  subscriptions(): readonly string[] {
    return [...this.#state.subscriptions].sort(compareMailboxNames);
  }

  setSubscribed(name: string, subscribed: boolean): void {
    const subscriptions = new Set(this.#state.subscriptions);
    if (subscribed) subscriptions.add(name);
    else subscriptions.delete(name);
    if (subscriptions.size > LIMITS.subscriptions) throw no(`An account has at most ${LIMITS.subscriptions} subscriptions`, "LIMIT");
    this.#state = { ...this.#state, subscriptions };
  }

  open(id: MailboxId): Mailbox | undefined {
    if (!this.#state.mailboxes.has(id)) return undefined;
    const mailbox = this.#open.get(id) ?? new MemoryMailbox(id, this);
    this.#open.set(id, mailbox);
    return mailbox;
  }

  addContent(content: NewContent): ContentKey {
    const ids = threadIds(content);
    const threads = new Map(this.#state.threads);
    const threadId = ids.map((id) => threads.get(id)).find((thread) => thread !== undefined) ?? ThreadId.parse(uuidv7());
    for (const id of ids) if (!threads.has(id)) threads.set(id, threadId);
    const key = this.#nextContent++;
    const contents = new Map(this.#state.contents);
    contents.set(key, { ...copyBytes(content), key, emailId: EmailId.parse(uuidv7()), threadId });
    this.#state = { ...this.#state, contents, threads };
    return key;
  }

  readContents(page: MessagePage, from: number, to: number, columns: ContentColumns): ContentRow[] {
    return [...page.content.subarray(from, Math.min(to, page.count))].map((key) => {
      const content = this.#state.contents.get(key);
      if (content === undefined) throw new Error(`No such content: ${key}`);
      return columnsOf(content, columns);
    });
  }

  matchSubjects(page: MessagePage, from: number, to: number, text: string): Uint8Array {
    const matches = this.readContents(page, from, to, { head: true }).map(({ head }) => {
      const subject = head === undefined ? undefined : subjectText(head);
      if (subject === undefined) return TextMatch.unknown;
      return subject.includes(text) ? TextMatch.yes : TextMatch.no;
    });
    return Uint8Array.from(matches);
  }

  matchSignatures(page: MessagePage, from: number, to: number, { of, grams }: GramQuery): Uint8Array {
    const keys = page.content.subarray(from, Math.min(to, page.count));
    return Uint8Array.from(keys, (key) => {
      const signature = this.#state.contents.get(key)?.signature;
      if (signature === undefined) return GramMatch.unsigned;
      return mayHold(signature.body, grams) || (of === "text" && mayHold(signature.header, grams)) ? GramMatch.maybe : GramMatch.no;
    });
  }

  sign(key: ContentKey, signature: TextSignature): void {
    const content = this.#state.contents.get(key);
    if (content === undefined) return;
    this.#state = { ...this.#state, contents: new Map(this.#state.contents).set(key, { ...content, signature }) };
  }

  collectUnreferenced(limit: number, pinned: (key: ContentKey) => boolean): { bodies: readonly BodyRef[]; more: boolean } {
    const referenced = new Set(
      [...this.#state.mailboxes.values()].flatMap((mailbox) => mailbox.messages.map((message) => message.content)),
    );
    const free = [...this.#state.contents.values()].filter((content) => !referenced.has(content.key) && !pinned(content.key));
    const collected = free.slice(0, limit);
    const contents = new Map(this.#state.contents);
    const threads = new Map(this.#state.threads);
    for (const content of collected) {
      contents.delete(content.key);
      const { messageId } = content;
      if (messageId !== undefined && ![...contents.values()].some((other) => other.messageId === messageId)) threads.delete(messageId);
    }
    this.#state = { ...this.#state, contents, threads };
    return {
      bodies: collected.flatMap((content) => (content.body === undefined ? [] : [content.body])),
      more: free.length > collected.length,
    };
  }

  stateOf(id: MailboxId): MemoryMailboxState | undefined {
    return this.#state.mailboxes.get(id);
  }

  replace(state: MemoryMailboxState): void {
    this.#state = { ...this.#state, mailboxes: new Map(this.#state.mailboxes).set(state.id, state) };
  }

  hasContent(key: ContentKey): boolean {
    return this.#state.contents.has(key);
  }

  nowSeconds(): number {
    return Math.floor(this.#now() / 1000);
  }

  #named(name: string): MemoryMailboxState | undefined {
    return [...this.#state.mailboxes.values()].find((state) => state.name === name);
  }

  #existing(id: MailboxId): MemoryMailboxState {
    const state = this.#state.mailboxes.get(id);
    if (state === undefined) throw no("No such mailbox", "NONEXISTENT");
    return state;
  }
}

/** The caller may reuse its buffers after delivery. */
function copyBytes(content: NewContent): NewContent {
  return {
    ...content,
    head: content.head.slice(),
    envelope: content.envelope.slice(),
    bodyStructure: content.bodyStructure.slice(),
    structure: content.structure.slice(),
  };
}

function columnsOf(content: MemoryContent, columns: ContentColumns): ContentRow {
  return {
    key: content.key,
    emailId: columns.ids === true ? content.emailId : undefined,
    threadId: columns.ids === true ? content.threadId : undefined,
    envelope: columns.envelope === true ? content.envelope : undefined,
    bodyStructure: columns.bodyStructure === true ? content.bodyStructure : undefined,
    structure: columns.structure === true ? content.structure : undefined,
    head: columns.head === true ? content.head : undefined,
    headerSize: columns.head === true ? content.headerSize : undefined,
    body: columns.body === true ? content.body : undefined,
  };
}
