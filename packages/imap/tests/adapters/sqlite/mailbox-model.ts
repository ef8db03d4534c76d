import * as fc from "fast-check";

import { BodyRef } from "../../../src/mailbox/body-store.ts";
import type { ContentKey, FlagChange, Mailbox, MailboxIndex } from "../../../src/mailbox/mailbox-index.ts";
import { MessagePage } from "../../../src/mailbox/message-page.ts";
import { ALL_UIDS, formatRanges, RangeBuilder, type UidRanges } from "../../../src/mailbox/uid-ranges.ts";
import { StatusError } from "../../../src/protocol/status-error.ts";
import { sampleContent, sampleMessage } from "../../support/content.ts";

/** One random operation, as data, so that it can be done to several indexes and shrunk. */
export type Operation =
  | { readonly kind: "create" | "remove" | "claim"; readonly name: string }
  | { readonly kind: "rename"; readonly name: string; readonly to: string }
  | {
      readonly kind: "deliver";
      readonly name: string;
      readonly count: number;
      readonly system: number;
      readonly keywords: readonly string[];
      readonly messageIds: readonly string[];
    }
  | { readonly kind: "refer"; readonly name: string; readonly content: number; readonly times: number }
  | { readonly kind: "content"; readonly messageIds: readonly string[] }
  | {
      readonly kind: "store";
      readonly name: string;
      readonly selection: UidRanges;
      readonly change: FlagChange;
      readonly back: number | undefined;
    }
  | { readonly kind: "expunge"; readonly name: string; readonly selection: UidRanges; readonly onlyDeleted: boolean }
  | { readonly kind: "copy" | "move"; readonly name: string; readonly to: string; readonly selection: UidRanges }
  | { readonly kind: "collect"; readonly limit: number; readonly pinned: number }
  | { readonly kind: "reopen" }
  | { readonly kind: "transaction"; readonly operations: readonly Operation[]; readonly keep: boolean };

const names = fc.constantFrom("INBOX", "a", "a/b", "b");
const keywords = fc.uniqueArray(fc.constantFrom("x", "X", "y", "$Z", ...Array.from({ length: 40 }, (_, at) => `k${at}`)), { maxLength: 3 });
const messageIds = fc.array(fc.constantFrom("<1@m>", "<2@m>", "<3@m>", "<4@m>", ""), { maxLength: 3 });
const system = fc.integer({ min: 0, max: 31 });

const selections: fc.Arbitrary<UidRanges> = fc.oneof(
  { weight: 1, arbitrary: fc.constant(ALL_UIDS) },
  {
    weight: 4,
    arbitrary: fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 6 })), { maxLength: 5 }).map((steps) => {
      const ranges = new RangeBuilder();
      let uid = 0;
      for (const [gap, length] of steps) {
        const from = uid + gap + 1;
        uid = from + length;
        ranges.addRange(from, uid);
      }
      return ranges.build();
    }),
  },
);

const flagChanges: fc.Arbitrary<FlagChange> = fc.record({ mode: fc.constantFrom("replace", "add", "remove"), system, keywords });

const simple: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom("create", "create", "remove", "claim"), name: names }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("rename" as const), name: names, to: names }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("deliver" as const),
      name: names,
      count: fc.integer({ min: 1, max: 9 }),
      system,
      keywords,
      messageIds,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("refer" as const), name: names, content: fc.nat(30), times: fc.integer({ min: 1, max: 3 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("content" as const), messageIds }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("store" as const),
      name: names,
      selection: selections,
      change: flagChanges,
      back: fc.option(fc.nat(3), { nil: undefined }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant("expunge" as const), name: names, selection: selections, onlyDeleted: fc.boolean() }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom("copy", "move"), name: names, to: names, selection: selections }) },
);

const nested: fc.Arbitrary<Operation> = fc.record({
  kind: fc.constant("transaction" as const),
  operations: fc.array(
    fc.oneof(
      { weight: 5, arbitrary: simple },
      {
        weight: 1,
        arbitrary: fc.record({
          kind: fc.constant("transaction" as const),
          operations: fc.array(simple, { maxLength: 4 }),
          keep: fc.boolean(),
        }),
      },
    ),
    { maxLength: 5 },
  ),
  keep: fc.boolean(),
});

/** Operations that begin with an INBOX, so that most of them have something to work on. */
export const operations: fc.Arbitrary<Operation[]> = fc
  .array(
    fc.oneof(
      { weight: 12, arbitrary: simple },
      { weight: 2, arbitrary: nested },
      {
        weight: 2,
        arbitrary: fc.record({ kind: fc.constant("collect" as const), limit: fc.integer({ min: 1, max: 20 }), pinned: fc.nat(30) }),
      },
      { weight: 1, arbitrary: fc.constant({ kind: "reopen" as const }) },
    ),
    { minLength: 5, maxLength: 40 },
  )
  .map((list) => [{ kind: "create", name: "INBOX" }, { kind: "create", name: "a" }, ...list]);

class RolledBack extends Error {}

/** An index under test and what the operations need to remember of it; two of them are fed the same operations. */
export class Subject {
  index: MailboxIndex;
  readonly #reopen: (index: MailboxIndex) => MailboxIndex;
  /** Keys of living contents by their number, which is the same for all subjects. */
  #contents = new Map<number, ContentKey>();
  #nextContent = 1;

  constructor(index: MailboxIndex, reopen: (index: MailboxIndex) => MailboxIndex) {
    this.index = index;
    this.#reopen = reopen;
  }

  /** Does an operation; what it answered, or how it was refused, in terms that do not depend on the index. */
  apply(operation: Operation): unknown {
    try {
      return this.#apply(operation);
    } catch (error) {
      if (error instanceof StatusError) return `refused: ${error.code}`;
      throw error;
    }
  }

  #mailbox(name: string): Mailbox | undefined {
    const record = this.index.findByName(name);
    return record === undefined ? undefined : this.index.open(record.id);
  }

  #apply(operation: Operation): unknown {
    switch (operation.kind) {
      case "create":
        return this.index.create(operation.name).uidValidity;
      case "content":
        return this.#add(operation.messageIds)[0];
      case "collect":
        return this.#collect(operation.limit, operation.pinned);
      case "reopen":
        this.index = this.#reopen(this.index);
        return undefined;
      case "transaction":
        return this.#transaction(operation.operations, operation.keep);
      default: {
        const mailbox = this.#mailbox(operation.name);
        return mailbox === undefined ? "no mailbox" : this.#applyTo(mailbox, operation);
      }
    }
  }

  #applyTo(mailbox: Mailbox, operation: Extract<Operation, { readonly name: string }>): unknown {
    switch (operation.kind) {
      case "create":
        return undefined;
      case "remove":
        return this.index.remove(mailbox.record.id);
      case "claim":
        return mailbox.claimRecent();
      case "rename":
        return this.index.rename(mailbox.record.id, operation.to);
      case "deliver": {
        const { system: flags, keywords: words } = operation;
        return this.index.transaction(() => {
          const added = Array.from({ length: operation.count }, () => this.#add(operation.messageIds));
          return mailbox.append(
            added.map(([number, key]) =>
              sampleMessage(key, { flags: { system: flags, keywords: words }, size: number, internalDate: number }),
            ),
          );
        });
      }
      case "refer": {
        const key = this.#contents.get(operation.content);
        return key === undefined
          ? "no content"
          : mailbox.append(Array.from({ length: operation.times }, () => sampleMessage(key, { internalDate: 7, size: 7 })));
      }
      case "store": {
        const since = operation.back === undefined ? undefined : mailbox.record.highestModSeq - operation.back;
        const result = mailbox.store(operation.selection, operation.change, since);
        return [formatRanges(result.changed), formatRanges(result.modified), result.modSeq];
      }
      case "expunge":
        return [...mailbox.expunge(operation.selection, operation.onlyDeleted)];
      case "copy":
      case "move": {
        const target = this.#mailbox(operation.to);
        if (target === undefined) return "no target";
        const result =
          operation.kind === "copy" ? mailbox.copyTo(target, operation.selection) : mailbox.moveTo(target, operation.selection);
        return [formatRanges(result.from), formatRanges(result.to)];
      }
      default:
        return operation satisfies never;
    }
  }

  #add(ids: readonly string[]): [number: number, key: ContentKey] {
    const number = this.#nextContent++;
    const [messageId, ...references] = ids;
    const key = this.index.addContent(
      sampleContent(`content ${number}`, { messageId, references, body: BodyRef.parse(`memory:${number}`) }),
    );
    this.#contents.set(number, key);
    return [number, key];
  }

  #collect(limit: number, pinned: number): unknown {
    const key = this.#contents.get(pinned);
    const result = this.index.collectUnreferenced(limit, (candidate) => candidate === key);
    for (const body of result.bodies) this.#contents.delete(Number(body.slice("memory:".length)));
    return result;
  }

  #transaction(list: readonly Operation[], keep: boolean): unknown {
    const contents = new Map(this.#contents);
    const results: unknown[] = [];
    try {
      this.index.transaction(() => {
        for (const operation of list) results.push(this.apply(operation));
        if (!keep) throw new RolledBack();
      });
    } catch (error) {
      if (!(error instanceof RolledBack)) throw error;
      this.#contents = contents;
    }
    return results;
  }

  /** All that can be seen of the index, with contents by their number and threads by the first message in them. */
  observe(): unknown {
    const numbers = new Map([...this.#contents].map(([number, key]) => [key, number]));
    const threads = new Map<string, number>();
    return this.index.mailboxes().map(({ id, ...record }) => {
      const mailbox = this.index.open(id);
      if (mailbox === undefined) throw new Error(`Mailbox ${record.name} does not open`);
      const { id: same, ...current } = mailbox.record;
      const messages = rowsOf(mailbox).map(({ content, ...row }) => ({ ...row, content: numbers.get(content) }));
      return {
        record,
        current,
        same: same === id,
        keywords: mailbox.keywords,
        messages,
        threads: threadsOf(this.index, mailbox, threads),
        ranks: Array.from({ length: 30 }, (_, uid) => mailbox.rank(uid * 2)),
        uids: Array.from({ length: record.messages + 1 }, (_, at) => mailbox.uidAt(at)),
        firstUnseen: mailbox.firstUnseen(),
        changed: [0, 1, 2, 3, 5].map((back) => changedUids(mailbox, record.highestModSeq - back)),
        expunged: [0, 1, 2, 3, 5, 100].map((back) => [
          ...(mailbox.expungedSince(Math.max(0, record.highestModSeq - back)) ?? ["forgotten"]),
        ]),
      };
    });
  }
}

function rowsOf(mailbox: Mailbox): { content: number; row: readonly unknown[] }[] {
  const page = new MessagePage(5);
  const rows: { content: number; row: readonly unknown[] }[] = [];
  for (let from = 1; mailbox.read(from, 0xffff_ffff, page) > 0; from = (page.uid[page.count - 1] ?? 0) + 1) {
    for (let at = 0; at < page.count; at++) {
      const columns = [
        page.uid,
        page.flags,
        page.keywordsLow,
        page.keywordsHigh,
        page.modSeq,
        page.internalDate,
        page.zoneMinutes,
        page.saveDate,
        page.size,
      ];
      rows.push({ content: page.content[at] ?? 0, row: columns.map((column) => column[at]) });
    }
  }
  return rows;
}

function threadsOf(index: MailboxIndex, mailbox: Mailbox, known: Map<string, number>): unknown {
  const page = new MessagePage(300);
  mailbox.read(1, 0xffff_ffff, page);
  const text = new TextDecoder();
  return index.readContents(page, 0, page.count, { ids: true, envelope: true, body: true }).map(({ threadId, envelope, body }) => {
    const thread = threadId ?? "none";
    if (!known.has(thread)) known.set(thread, known.size);
    return [known.get(thread), text.decode(envelope), body];
  });
}

function changedUids(mailbox: Mailbox, since: number): number[] {
  const page = new MessagePage(300);
  mailbox.readChanged(since, 1, 0xffff_ffff, page);
  return [...page.uid.subarray(0, page.count)];
}
