import { LIMITS } from "../limits.ts";
import type { BodyStore } from "../mailbox/body-store.ts";
import type { ContentColumns } from "../mailbox/mailbox-index.ts";
import { MessagePage } from "../mailbox/message-page.ts";
import type { Account, Session } from "../session/session.ts";
import type { View } from "../session/view.ts";
import { ContentBatch, type ContentSource, type ReadContent } from "./content-batch.ts";
import { givePage, takePage } from "./page-pool.ts";
import { sameButSet, singleFetch } from "./single-fetch.ts";

/** A FETCH that may be followed by others of its kind. */
export interface FetchRequest {
  /** The command from its tag to its last argument. */
  readonly octets: Uint8Array;
  readonly byUid: boolean;
  readonly account: Account;
  readonly view: View;
  readonly columns: ContentColumns;
  readonly bodies: BodyStore | undefined;
}

/**
 * Contents for a pipeline of FETCHes of one message each, which differ in nothing but the message: the first of them reads
 * what the next ones will ask for, because two questions to SQLite for each of them are half of what they cost.
 *
 * Only contents are read ahead: they never change. Whether a message is still there, its flags and its number are looked up when
 * its turn comes. Held are LIMITS.fetchBodies octets of messages at most, while these commands wait and their client reads.
 */
export class FetchAhead implements ContentSource {
  readonly #session: Session;
  #request: FetchRequest | undefined;
  #page: MessagePage | undefined;
  #batch: ContentBatch | undefined;
  #columns: ContentColumns = {};
  /** The row that is likely to be asked for next. */
  #row = 0;
  /** Commands for which it was read and which have not begun. */
  #waiting = 0;

  private constructor(session: Session) {
    this.#session = session;
  }

  static of(session: Session): FetchAhead {
    let ahead = bySession.get(session);
    if (ahead === undefined) {
      ahead = new FetchAhead(session);
      bySession.set(session, ahead);
    }
    return ahead;
  }

  /** A FETCH begins. */
  begin(request: FetchRequest): void {
    this.#request = request;
    if (this.#waiting > 0) this.#waiting--;
  }

  take(page: MessagePage, row: number): ReadContent | undefined {
    try {
      return this.#find(page.content[row] ?? 0) ?? (this.#fill(page, row) ? this.#find(page.content[row] ?? 0) : undefined);
    } catch {
      // The one that is at fault is read by itself then, and fails alone.
      this.drop();
      return undefined;
    }
  }

  /** The FETCH is over. */
  end(): void {
    this.#request = undefined;
    if (this.#waiting === 0 || !this.#session.output.hasRoom) this.drop();
  }

  /** The client does not read: neither is anything held for it, nor the message that its command came in. */
  stall(): void {
    this.#request = undefined;
    this.drop();
  }

  drop(): void {
    if (this.#page !== undefined) givePage(this.#page);
    this.#page = undefined;
    this.#batch = undefined;
    this.#waiting = 0;
  }

  #find(key: number): ReadContent | undefined {
    const page = this.#page;
    if (page === undefined || this.#batch === undefined || !sameColumns(this.#columns, this.#request?.columns)) return undefined;
    const row = page.content.subarray(0, page.count).indexOf(key, this.#row);
    if (row < 0) return undefined;
    this.#row = row + 1;
    return { content: this.#batch.at(page, row), body: this.#batch.body(row) };
  }

  /** Finds out what the commands that wait will want after this message. False: nothing that could be read together. */
  #fill(page: MessagePage, row: number): boolean {
    this.drop();
    const request = this.#request;
    if (request === undefined || this.#session.upcoming === undefined) return false;
    const { octets, byUid, account, view, columns, bodies } = request;
    const own = singleFetch(octets, byUid);
    if (own === undefined) return false;
    const rows = takePage();
    rows.copyRow(0, page, row);
    rows.count = 1;
    let size = page.size[row] ?? 0;
    let commands = 0;
    for (const next of this.#session.upcoming()) {
      const single = singleFetch(next, byUid);
      if (single === undefined || commands >= LIMITS.fetchesAhead || !sameButSet(octets, own, next, single)) break;
      const uid = byUid ? single.number : view.uidOf(single.number);
      // A command that will be refused.
      if (uid === undefined) break;
      if (view.mailbox.read(uid, uid, one) > 0) {
        size += one.size[0] ?? 0;
        if (size > LIMITS.fetchBodies) break;
        rows.copyRow(rows.count++, one, 0);
      }
      commands++;
    }
    this.#page = rows;
    if (rows.count === 1) {
      this.drop();
      return false;
    }
    this.#batch = new ContentBatch(account.index, columns, bodies);
    this.#columns = columns;
    this.#row = 0;
    this.#waiting = commands;
    return true;
  }
}

function sameColumns(a: ContentColumns, b: ContentColumns = {}): boolean {
  return (
    a.ids === b.ids &&
    a.envelope === b.envelope &&
    a.bodyStructure === b.bodyStructure &&
    a.structure === b.structure &&
    a.head === b.head &&
    a.body === b.body
  );
}

const bySession = new WeakMap<Session, FetchAhead>();

/** For one message at a time. */
const one = new MessagePage(1);
