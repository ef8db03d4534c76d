import { LIMITS } from "../limits.ts";
import type { ContentColumns } from "../mailbox/mailbox-index.ts";
import { MessagePage } from "../mailbox/message-page.ts";
import type { UidRanges } from "../mailbox/uid-ranges.ts";
import type { Completion, Task } from "../session/command.ts";
import type { Account, Session } from "../session/session.ts";
import type { View } from "../session/view.ts";
import { searchBody } from "./body-text.ts";
import { usesAny, type Criterion } from "./criteria.ts";
import { evaluate, type Candidate } from "./evaluate.ts";
import { writeResults, type ResultOptions, type SearchResults } from "./results.ts";

/**
 * Runs a compiled search over the view, a page of the index at a time.
 *
 * Each message is decided by the cheapest that can decide it: its index row, then its header, then its
 * body. A turn ends after one page of rows or LIMITS.searchContents messages read.
 */
export class SearchTask implements Task {
  readonly #session: Session;
  readonly #account: Account;
  readonly #view: View;
  readonly #criterion: Criterion;
  readonly #options: ResultOptions;
  readonly #columns: ContentColumns | undefined;
  readonly #bodyTexts: readonly string[];
  readonly #page = new MessagePage(LIMITS.pageRows);
  readonly #one = new MessagePage(LIMITS.searchContents);
  readonly #results: SearchResults = { numbers: [], firstModSeq: 0, lastModSeq: 0, highestModSeq: 0 };
  /** Rows of the page that the index could not decide, and how far they have been read. */
  #undecided: number[] = [];
  #matched = new Uint8Array(LIMITS.pageRows);
  /** UIDs that can match at all, and where reading goes on. */
  readonly #ranges: UidRanges;
  #range = 0;
  #nextUid: number;

  constructor(session: Session, account: Account, view: View, criterion: Criterion, options: ResultOptions) {
    this.#session = session;
    this.#account = account;
    this.#view = view;
    this.#criterion = criterion;
    this.#options = options;
    this.#ranges = boundingRanges(criterion) ?? Uint32Array.of(1, view.uidNextSeen - 1);
    this.#nextUid = this.#ranges[0] ?? 0;
    const texts = new Set<string>();
    usesAny(criterion, (leaf) => {
      if (leaf.kind === "body" || leaf.kind === "text") texts.add(leaf.text);
      return false;
    });
    this.#bodyTexts = [...texts];
    const head = usesAny(
      criterion,
      (leaf) => leaf.kind === "header" || leaf.kind === "text" || leaf.kind === "sent-day" || leaf.kind === "body",
    );
    const ids = usesAny(criterion, (leaf) => leaf.kind === "object-id");
    if (head || ids) this.#columns = { ids, head, structure: texts.size > 0, body: texts.size > 0 };
  }

  step(): Completion | undefined | Promise<Completion | undefined> {
    if (this.#undecided.length > 0) return this.#readContents();
    if (this.#range >= this.#ranges.length) return this.#finish();
    const end = Math.min(this.#ranges[this.#range + 1] ?? 0, this.#view.uidNextSeen - 1);
    const count = this.#nextUid > end ? 0 : this.#view.mailbox.read(this.#nextUid, end, this.#page);
    for (let row = 0; row < count; row++) {
      const answer = evaluate(this.#criterion, this.#candidate(this.#page, row));
      this.#matched[row] = answer === true ? 1 : 0;
      if (answer === undefined) this.#undecided.push(row);
    }
    if (count < this.#page.capacity) {
      this.#range += 2;
      this.#nextUid = this.#ranges[this.#range] ?? 0;
    } else this.#nextUid = (this.#page.uid[count - 1] ?? 0) + 1;
    if (this.#undecided.length > 0) return this.#readContents();
    this.#collect();
    return undefined;
  }

  #candidate(page: MessagePage, row: number): Candidate {
    return { page, row, recent: this.#view.isRecent(page.uid[row] ?? 0) };
  }

  /** Decides the next few undecided rows by their contents. */
  async #readContents(): Promise<undefined> {
    const rows = this.#undecided.splice(0, LIMITS.searchContents);
    const columns = this.#columns;
    if (columns === undefined) throw new TypeError("A criterion needs contents that were not asked for");
    for (const [at, row] of rows.entries()) this.#one.copyRow(at, this.#page, row);
    this.#one.count = rows.length;
    const contents = this.#account.index.readContents(this.#one, 0, rows.length, columns);
    for (const [at, row] of rows.entries()) {
      const known = { ...this.#candidate(this.#page, row), content: contents[at] };
      let answer = evaluate(this.#criterion, known);
      const content = contents[at];
      if (answer === undefined && content !== undefined) {
        const body = await searchBody(this.#account.bodies, content, this.#bodyTexts);
        answer = evaluate(this.#criterion, { ...known, body });
      }
      this.#matched[row] = answer === true ? 1 : 0;
    }
    if (this.#undecided.length === 0) this.#collect();
    return undefined;
  }

  #collect(): void {
    const { numbers } = this.#results;
    for (let row = 0; row < this.#page.count; row++) {
      if (this.#matched[row] !== 1) continue;
      const uid = this.#page.uid[row] ?? 0;
      const modSeq = this.#page.modSeq[row] ?? 0;
      if (numbers.length === 0) this.#results.firstModSeq = modSeq;
      this.#results.lastModSeq = modSeq;
      this.#results.highestModSeq = Math.max(this.#results.highestModSeq, modSeq);
      numbers.push(this.#options.byUid ? uid : this.#view.rank(uid) + 1);
    }
  }

  #finish(): Completion {
    writeResults(this.#session, this.#results, this.#options);
    return {};
  }
}

/** The UIDs outside of which nothing can match, where the search itself names them. */
function boundingRanges(criterion: Criterion): UidRanges | undefined {
  if (criterion.kind === "uids") return criterion.ranges;
  if (criterion.kind !== "and") return undefined;
  return criterion.operands.map(boundingRanges).find((ranges) => ranges !== undefined);
}
