import { LIMITS } from "../../limits.ts";
import type { CopyResult, FlagChange, Mailbox, NewMessage, StoreResult } from "../../mailbox/mailbox-index.ts";
import type { MessagePage } from "../../mailbox/message-page.ts";
import type { MailboxId, MailboxRecord } from "../../mailbox/records.ts";
import { includesUid, MAX_UID, rangesOf, type UidRanges } from "../../mailbox/uid-ranges.ts";
import { ALL_SYSTEM_FLAGS, Flag } from "../../protocol/flags.ts";
import { no } from "../../protocol/status-error.ts";
import type { MemoryMailboxState, MemoryMessage } from "./memory-state.ts";

/** What a mailbox needs from its index. */
export interface MemoryMailboxHost {
  stateOf(id: MailboxId): MemoryMailboxState | undefined;
  replace(state: MemoryMailboxState): void;
  hasContent(key: number): boolean;
  transaction<T>(work: () => T): T;
  nowSeconds(): number;
}

/** The record of a state, counted afresh from its messages. */
export function recordOf(state: MemoryMailboxState): MailboxRecord {
  return {
    id: state.id,
    name: state.name,
    uidValidity: state.uidValidity,
    uidNext: state.uidNext,
    highestModSeq: state.highestModSeq,
    messages: state.messages.length,
    unseen: state.messages.filter((message) => (message.system & Flag.seen) === 0).length,
    deleted: state.messages.filter((message) => (message.system & Flag.deleted) !== 0).length,
    size: state.messages.reduce((sum, message) => sum + message.size, 0),
    firstRecentUid: state.firstRecentUid,
    ...(state.specialUse === undefined ? {} : { specialUse: state.specialUse }),
  };
}

export class MemoryMailbox implements Mailbox {
  readonly #id: MailboxId;
  readonly #host: MemoryMailboxHost;
  #counted: { readonly state: MemoryMailboxState; readonly record: MailboxRecord } | undefined;

  constructor(id: MailboxId, host: MemoryMailboxHost) {
    this.#id = id;
    this.#host = host;
  }

  get #state(): MemoryMailboxState {
    const state = this.#host.stateOf(this.#id);
    if (state === undefined) throw no("The mailbox was removed", "NONEXISTENT");
    return state;
  }

  get record(): MailboxRecord {
    const state = this.#state;
    if (this.#counted?.state !== state) this.#counted = { state, record: recordOf(state) };
    return this.#counted.record;
  }

  get keywords(): readonly string[] {
    return this.#state.keywords;
  }

  get exists(): boolean {
    return this.#host.stateOf(this.#id) !== undefined;
  }

  rank(uid: number): number {
    return this.#state.messages.filter((message) => message.uid < uid).length;
  }

  uidAt(index: number): number | undefined {
    return this.#state.messages[index]?.uid;
  }

  firstUnseen(): number | undefined {
    const index = this.#state.messages.findIndex((message) => (message.system & Flag.seen) === 0);
    return index < 0 ? undefined : index;
  }

  read(from: number, to: number, page: MessagePage): number {
    return this.readChanged(0, from, to, page);
  }

  readChanged(since: number, from: number, to: number, page: MessagePage): number {
    const wanted = this.#state.messages.filter((message) => message.uid >= from && message.uid <= to && message.modSeq > since);
    page.count = 0;
    for (const message of wanted.slice(0, page.capacity)) fillRow(page, page.count++, message);
    return page.count;
  }

  expungedSince(since: number): Uint32Array | undefined {
    const uids = this.#state.expunged.filter((gone) => gone.modSeq > since).map((gone) => gone.uid);
    return Uint32Array.from(uids).sort();
  }

  append(messages: readonly NewMessage[]): { firstUid: number; modSeq: number } {
    const state = this.#state;
    if (messages.length === 0) return { firstUid: state.uidNext, modSeq: state.highestModSeq };
    for (const { content } of messages) if (!this.#host.hasContent(content)) throw new Error(`No such content: ${content}`);
    const keywords = withKeywords(
      state.keywords,
      messages.flatMap((message) => message.flags.keywords),
    );
    return this.#add(
      keywords,
      messages.map((message) => ({
        content: message.content,
        size: message.size,
        system: message.flags.system & ALL_SYSTEM_FLAGS,
        keywords: bitsOf(keywords, message.flags.keywords),
        internalDate: message.internalDate,
        zoneMinutes: message.zoneMinutes,
        saveDate: message.saveDate,
      })),
    );
  }

  #add(keywords: readonly string[], messages: readonly Omit<MemoryMessage, "uid" | "modSeq">[]): { firstUid: number; modSeq: number } {
    const state = this.#state;
    if (state.uidNext + messages.length > MAX_UID) throw no("The mailbox has no UIDs left", "LIMIT");
    const modSeq = state.highestModSeq + 1;
    const added = messages.map((message, at) => ({ ...message, uid: state.uidNext + at, modSeq }));
    this.#host.replace({
      ...state,
      keywords,
      uidNext: state.uidNext + messages.length,
      highestModSeq: modSeq,
      messages: [...state.messages, ...added],
    });
    return { firstUid: state.uidNext, modSeq };
  }

  store(selection: UidRanges, change: FlagChange, unchangedSince?: number): StoreResult {
    const state = this.#state;
    const selected = state.messages.filter((message) => includesUid(selection, message.uid));
    if (selected.length === 0) return { changed: rangesOf([]), modified: rangesOf([]), modSeq: state.highestModSeq };
    const keywords = change.mode === "remove" ? state.keywords : withKeywords(state.keywords, change.keywords);
    const bits = bitsOf(keywords, change.keywords);
    const modified = new Set(selected.filter((message) => unchangedSince !== undefined && message.modSeq > unchangedSince));
    const candidates = new Set(selected.filter((message) => !modified.has(message)));
    const changed: number[] = [];
    const modSeq = state.highestModSeq + 1;
    const messages = state.messages.map((message) => {
      if (!candidates.has(message)) return message;
      const next = changeFlags(message, change, bits);
      if (next.system === message.system && sameBits(next.keywords, message.keywords)) return message;
      changed.push(message.uid);
      return { ...next, modSeq };
    });
    const highestModSeq = changed.length > 0 ? modSeq : state.highestModSeq;
    this.#host.replace({ ...state, keywords, messages, highestModSeq });
    return { changed: rangesOf(changed), modified: rangesOf([...modified].map((message) => message.uid)), modSeq: highestModSeq };
  }

  expunge(selection: UidRanges, onlyDeleted: boolean): Uint32Array {
    const state = this.#state;
    const goes = (message: MemoryMessage): boolean =>
      includesUid(selection, message.uid) && (!onlyDeleted || (message.system & Flag.deleted) !== 0);
    const uids = state.messages.filter(goes).map((message) => message.uid);
    if (uids.length === 0) return new Uint32Array(0);
    const modSeq = state.highestModSeq + 1;
    this.#host.replace({
      ...state,
      highestModSeq: modSeq,
      messages: state.messages.filter((message) => !goes(message)),
      expunged: [...state.expunged, ...uids.map((uid) => ({ uid, modSeq }))],
    });
    return Uint32Array.from(uids);
  }

  copyTo(target: Mailbox, selection: UidRanges): CopyResult {
    if (!(target instanceof MemoryMailbox)) throw new TypeError("The target is a mailbox of another store");
    const source = this.#state;
    const copied = source.messages.filter((message) => includesUid(selection, message.uid));
    if (copied.length === 0) return { from: rangesOf([]), to: rangesOf([]) };
    const used = source.keywords.filter((_, bit) => copied.some((message) => message.keywords.has(bit)));
    const keywords = withKeywords(target.#state.keywords, used);
    const saveDate = this.#host.nowSeconds();
    const { firstUid } = target.#add(
      keywords,
      copied.map((message) => ({
        ...message,
        saveDate,
        keywords: bitsOf(
          keywords,
          [...message.keywords].map((bit) => source.keywords[bit] ?? ""),
        ),
      })),
    );
    return { from: rangesOf(copied.map((message) => message.uid)), to: rangesOf(copied.map((_, at) => firstUid + at)) };
  }

  moveTo(target: Mailbox, selection: UidRanges): CopyResult {
    return this.#host.transaction(() => {
      const result = this.copyTo(target, selection);
      this.expunge(result.from, false);
      return result;
    });
  }

  claimRecent(): number {
    const state = this.#state;
    if (state.firstRecentUid !== state.uidNext) this.#host.replace({ ...state, firstRecentUid: state.uidNext });
    return state.firstRecentUid;
  }
}

function positionOf(keywords: readonly string[], name: string): number {
  return keywords.findIndex((known) => known.toLowerCase() === name.toLowerCase());
}

function withKeywords(keywords: readonly string[], names: readonly string[]): readonly string[] {
  const all = [...keywords];
  for (const name of names) if (positionOf(all, name) < 0) all.push(name);
  if (all.length > LIMITS.keywordsPerMailbox) throw no(`A mailbox has at most ${LIMITS.keywordsPerMailbox} keywords`, "LIMIT");
  return all.length === keywords.length ? keywords : all;
}

function bitsOf(keywords: readonly string[], names: readonly string[]): ReadonlySet<number> {
  return new Set(names.map((name) => positionOf(keywords, name)).filter((bit) => bit >= 0));
}

function sameBits(a: ReadonlySet<number>, b: ReadonlySet<number>): boolean {
  return a.size === b.size && [...a].every((bit) => b.has(bit));
}

function changeFlags(message: MemoryMessage, change: FlagChange, bits: ReadonlySet<number>): MemoryMessage {
  const system = change.system & ALL_SYSTEM_FLAGS;
  if (change.mode === "replace") return { ...message, system, keywords: bits };
  if (change.mode === "add") return { ...message, system: message.system | system, keywords: new Set([...message.keywords, ...bits]) };
  return { ...message, system: message.system & ~system, keywords: new Set([...message.keywords].filter((bit) => !bits.has(bit))) };
}

function fillRow(page: MessagePage, at: number, message: MemoryMessage): void {
  page.uid[at] = message.uid;
  page.flags[at] = message.system;
  page.keywordsLow[at] = [...message.keywords].filter((bit) => bit < 32).reduce((bits, bit) => bits | (1 << bit), 0);
  page.keywordsHigh[at] = [...message.keywords].filter((bit) => bit >= 32).reduce((bits, bit) => bits | (1 << (bit - 32)), 0);
  page.modSeq[at] = message.modSeq;
  page.internalDate[at] = message.internalDate;
  page.zoneMinutes[at] = message.zoneMinutes;
  page.saveDate[at] = message.saveDate;
  page.size[at] = message.size;
  page.content[at] = message.content;
}
