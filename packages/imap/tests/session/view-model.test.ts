import * as fc from "fast-check";
import { test } from "vitest";

import { LIMITS } from "../../src/limits.ts";
import type { Mailbox } from "../../src/mailbox/mailbox-index.ts";
import { MessagePage } from "../../src/mailbox/message-page.ts";
import { includesUid, uidsOf } from "../../src/mailbox/uid-ranges.ts";
import { STAR } from "../../src/protocol/sequence-set.ts";
import type { Account } from "../../src/session/session.ts";
import { tellChanges } from "../../src/session/tell-changes.ts";
import { View, ViewSnapshot } from "../../src/session/view.ts";
import { addMessages, createAccount, createSession, openMailbox, type TestSession } from "./fixture.ts";

/** A client that believes what it is told, and nothing else. */
class Client {
  readonly #account: Account;
  readonly #mailbox: Mailbox;
  readonly told: TestSession;
  /** UIDs by sequence number. */
  readonly uids: number[];
  readonly flags = new Map<number, string>();

  constructor(account: Account, mailbox: Mailbox, options: { readonly condstore: boolean; readonly qresync: boolean }) {
    this.#account = account;
    this.#mailbox = mailbox;
    this.told = createSession(account, mailbox);
    this.told.session.enabled.condstore = options.condstore || options.qresync;
    this.told.session.enabled.qresync = options.qresync;
    this.uids = uidsIn(mailbox);
    for (const [uid, flags] of flagsIn(mailbox)) this.flags.set(uid, flags);
  }

  get view(): View {
    const { view } = this.told.session;
    if (view === undefined) throw new Error("No mailbox is selected");
    return view;
  }

  /** With `room`, only so many octets fit in the output window. */
  hear(expunges: boolean, room?: number): void {
    const { output } = this.told.session;
    if (room !== undefined) {
      // Octets that are on their way and not acknowledged.
      output.writer.octets(new Uint8Array(LIMITS.outputWindow - room));
      output.flush();
      this.told.forget();
    }
    tellChanges(this.told.session, expunges);
    for (const line of this.told.take().split("\r\n")) this.#hearLine(line, expunges);
  }

  #hearLine(line: string, expunges: boolean): void {
    const expunge = /^\* (\d+) EXPUNGE$/.exec(line);
    const vanished = /^\* VANISHED ([\d:,]+)$/.exec(line);
    const exists = /^\* (\d+) EXISTS$/.exec(line);
    const fetch = /^\* (\d+) FETCH \(UID (\d+) FLAGS \(([^)]*)\)/.exec(line);
    if (expunge !== null || vanished !== null) {
      if (!expunges) throw new Error(`An expunge where none may be told: ${line}`);
      if ((vanished !== null) !== this.told.session.enabled.qresync) throw new Error(`The wrong kind of expunge: ${line}`);
    }
    if (expunge !== null) {
      const at = Number(expunge[1]) - 1;
      if (at < 0 || at >= this.uids.length) throw new Error(`No such message: ${line}`);
      this.uids.splice(at, 1);
    } else if (vanished !== null) {
      for (const range of (vanished[1] ?? "").split(",")) {
        const [from = 0, to = from] = range.split(":").map(Number);
        for (let uid = from; uid <= to; uid++) if (this.uids.includes(uid)) this.uids.splice(this.uids.indexOf(uid), 1);
      }
    } else if (exists !== null) {
      const count = Number(exists[1]);
      if (count <= this.uids.length) throw new Error(`EXISTS may only grow: ${line}`);
      // A client asks for what is new: by UID it sees what is there, in their places what came and went stays unknown.
      const fresh = uidsIn(this.#mailbox).filter((uid) => uid > (this.uids.at(-1) ?? 0) && !this.uids.includes(uid));
      const gone = goneIn(this.view, this.uids);
      this.uids.push(...[...fresh, ...gone].sort((a, b) => a - b));
      if (this.uids.length !== count) throw new Error(`EXISTS says ${count}, the mailbox has ${this.uids.length}`);
      for (const [uid, flags] of flagsIn(this.#mailbox)) if (fresh.includes(uid)) this.flags.set(uid, flags);
    } else if (fetch !== null) {
      const uid = Number(fetch[2]);
      if (this.uids[Number(fetch[1]) - 1] !== uid) throw new Error(`Wrong sequence number: ${line}`);
      this.flags.set(uid, (fetch[3] ?? "").replace(/ ?\\Recent/, ""));
    }
  }

  restart(): void {
    const snapshot = ViewSnapshot.parse(JSON.parse(JSON.stringify(this.view.snapshot())));
    const view = View.restore(this.#account.index, snapshot);
    this.told.session.state = { name: "selected", account: this.#account, view };
  }
}

function goneIn(view: View, known: readonly number[]): number[] {
  return [...view.pendingExpunged].filter((uid) => !known.includes(uid));
}

function uidsIn(mailbox: Mailbox): number[] {
  return Array.from({ length: mailbox.record.messages }, (_, at) => mailbox.uidAt(at) ?? 0);
}

function flagsIn(mailbox: Mailbox): [number, string][] {
  const page = new MessagePage(1000);
  mailbox.read(1, 0xffff_ffff, page);
  const names = ["\\Seen", "\\Answered", "\\Flagged", "\\Deleted", "\\Draft"];
  const order = [1, 2, 3, 0, 4];
  return Array.from({ length: page.count }, (_, row) => {
    const bits = page.flags[row] ?? 0;
    return [
      page.uid[row] ?? 0,
      order
        .filter((bit) => ((bits >> bit) & 1) === 1)
        .map((bit) => names[bit] ?? "")
        .join(" "),
    ];
  });
}

type Step =
  | { readonly kind: "append"; readonly count: number }
  | { readonly kind: "expunge"; readonly at: number; readonly count: number }
  | { readonly kind: "flag"; readonly at: number; readonly count: number; readonly system: number }
  | { readonly kind: "hear"; readonly client: number; readonly expunges: boolean; readonly room: number | undefined }
  | { readonly kind: "restart"; readonly client: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant("append" as const), count: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ kind: fc.constant("expunge" as const), at: fc.nat(20), count: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ kind: fc.constant("flag" as const), at: fc.nat(20), count: fc.integer({ min: 1, max: 6 }), system: fc.nat(31) }),
  fc.record({
    kind: fc.constant("hear" as const),
    client: fc.nat(2),
    expunges: fc.boolean(),
    room: fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined }),
  }),
  fc.record({ kind: fc.constant("restart" as const), client: fc.nat(2) }),
);

function same(what: string, got: unknown, want: unknown): void {
  if (JSON.stringify(got) !== JSON.stringify(want))
    throw new Error(`${what}: got ${JSON.stringify(got)}, the client has ${JSON.stringify(want)}`);
}

function check(client: Client, mailbox: Mailbox): void {
  const { view, uids } = client;
  const numbers = Array.from({ length: uids.length + 2 }, (_, at) => at);
  const live = new Set(uidsIn(mailbox));
  same("count", view.count, uids.length);
  same(
    "uidOf",
    numbers.map((at) => view.uidOf(at) ?? 0),
    numbers.map((at) => uids[at - 1] ?? 0),
  );
  same(
    "rank",
    uids.map((uid) => view.rank(uid)),
    uids.map((_, at) => at),
  );
  same(
    "pending",
    [...view.pendingExpunged],
    uids.filter((uid) => !live.has(uid)),
  );
  if (uids.length === 0) return;
  const third = Math.ceil(uids.length / 3);
  const slice = view.select([third, STAR], false);
  same(
    "select by sequence",
    uids.filter((uid) => includesUid(slice, uid)),
    uids.slice(third - 1),
  );
  const last = view.select([0xffff_fff0, STAR], true);
  same("select above the last UID", [...uidsOf(last)], [uids.at(-1)]);
  same(
    "selects expunged",
    view.selectsExpunged(view.select([1, STAR], false)),
    uids.some((uid) => !live.has(uid)),
  );
}

test("whatever happens, a view is what its client was told", ({ expect }) => {
  const options = fc.record({ condstore: fc.boolean(), qresync: fc.boolean() });
  fc.assert(
    fc.property(fc.nat(8), fc.array(options, { minLength: 3, maxLength: 3 }), fc.array(step, { maxLength: 40 }), (first, kinds, steps) => {
      const account = createAccount();
      const mailbox = openMailbox(account);
      if (first > 0) addMessages(account, mailbox, first);
      const clients = kinds.map((kind) => new Client(account, mailbox, kind));
      for (const next of steps) {
        const uids = uidsIn(mailbox);
        if (next.kind === "append") addMessages(account, mailbox, next.count);
        else if (next.kind === "hear") clients[next.client]?.hear(next.expunges, next.room);
        else if (next.kind === "restart") clients[next.client]?.restart();
        else if (uids.length > 0) {
          const from = uids[next.at % uids.length] ?? 0;
          const selection = Uint32Array.of(from, from + next.count - 1);
          if (next.kind === "expunge") mailbox.expunge(selection, false);
          else mailbox.store(selection, { mode: "replace", system: next.system, keywords: [] });
        }
        for (const client of clients) check(client, mailbox);
      }
      for (const client of clients) {
        client.hear(true);
        check(client, mailbox);
        expect(client.view.upToDate).toBe(true);
        expect(client.uids.map((uid) => [uid, client.flags.get(uid)])).toEqual(flagsIn(mailbox));
      }
    }),
    { numRuns: 150 },
  );
});
