import { pinsOf } from "../fetch/content-pins.ts";
import { LIMITS } from "../limits.ts";
import type { ContentColumns, ContentRow } from "../mailbox/mailbox-index.ts";
import { MessagePage } from "../mailbox/message-page.ts";
import type { MailboxRecord } from "../mailbox/records.ts";
import type { UidRanges } from "../mailbox/uid-ranges.ts";
import type { Completion, Task } from "../session/command.ts";
import type { Account, Session } from "../session/session.ts";
import type { View } from "../session/view.ts";
import { ViewLostError } from "../session/view-lost-error.ts";
import { BodySearch, type BodyTexts } from "./body-search.ts";
import { usesAny, type Criterion } from "./criteria.ts";
import { evaluate, type Candidate } from "./evaluate.ts";
import { HeaderText } from "./header-text.ts";
import { indexQuestions, type IndexQuestion, type KnownTexts } from "./index-questions.ts";
import { ResultWriter, SearchResults, type ResultOptions } from "./results.ts";
import { signStored } from "./sign-stored.ts";

const NO = 0;
const YES = 1;
const UNDECIDED = 2;

/**
 * Runs a compiled search over the view, a page of the index at a time.
 *
 * Each message is decided by the cheapest that can decide it: its index row, then its Subject, its header, its body. A step
 * ends after a page of rows, LIMITS.searchContents contents, or a window of a body. Others may change the mailbox
 * between two steps; what was not decided yet is then read again, as contents of expunged messages go away.
 */
export class SearchTask implements Task {
  readonly #session: Session;
  readonly #account: Account;
  readonly #view: View;
  readonly #criterion: Criterion;
  readonly #options: ResultOptions;
  readonly #columns: ContentColumns | undefined;
  readonly #texts: BodyTexts;
  readonly #questions: readonly IndexQuestion[];
  readonly #results = new SearchResults();
  #writer: ResultWriter | undefined;

  readonly #page = new MessagePage(LIMITS.pageRows);
  readonly #answers = new Uint8Array(LIMITS.pageRows);
  /** What the index has said of the page's texts. */
  #known: KnownTexts = {};
  /** The first row of the page that is not decided. */
  #row = 0;
  /** The mailbox as it was when the page was read. */
  #record: MailboxRecord | undefined;
  /** UIDs that can match at all, and where reading goes on. */
  readonly #ranges: UidRanges;
  #range = 0;
  #nextUid: number;

  /** Undecided rows whose contents were read together, and the next of them. */
  readonly #batch = new MessagePage(LIMITS.searchContents);
  #rows: readonly number[] = [];
  #contents: readonly ContentRow[] = [];
  #next = 0;
  /** The message whose body is being read. */
  #open: OpenMessage | undefined;
  #aborted = false;
  /** Why a signature could not be made: no further one is tried. */
  #fault: unknown;

  constructor(session: Session, account: Account, view: View, criterion: Criterion, options: ResultOptions) {
    this.#session = session;
    this.#account = account;
    this.#view = view;
    this.#criterion = criterion;
    this.#options = options;
    this.#ranges = boundingRanges(criterion) ?? Uint32Array.of(1, view.uidNextSeen - 1);
    this.#nextUid = this.#ranges[0] ?? 0;
    this.#texts = textsOf(criterion);
    this.#questions = indexQuestions(criterion, this.#texts);
    this.#columns = columnsFor(criterion);
  }

  /** One line may take many steps. */
  get responseOpen(): boolean {
    return this.#writer?.begun === true;
  }

  step(): Completion | undefined | Promise<Completion | undefined> {
    if (this.#writer !== undefined) return this.#writer.step() ? { fault: this.#fault } : undefined;
    if (!this.#view.mailbox.exists) {
      this.#close();
      throw new ViewLostError("The selected mailbox was deleted");
    }
    if (this.#open !== undefined) return this.#readContents();
    this.#collect();
    if (this.#record !== this.#view.mailbox.record) this.#discard();
    for (let budget = LIMITS.pageRows; budget > 0;) {
      if (this.#row < this.#page.count) return this.#readContents();
      if (this.#range >= this.#ranges.length) {
        this.#writer = new ResultWriter(this.#session, this.#results, this.#options);
        return undefined;
      }
      this.#load();
      budget -= Math.max(1, this.#page.count);
      this.#collect();
    }
    return undefined;
  }

  abort(): void {
    this.#aborted = true;
    this.#close();
  }

  /** Reads the next page and decides what the index can decide. */
  #load(): void {
    const page = this.#page;
    const end = Math.min(this.#ranges[this.#range + 1] ?? 0, this.#view.uidNextSeen - 1);
    this.#row = 0;
    this.#rows = [];
    this.#known = {};
    page.count = 0;
    this.#record = this.#view.mailbox.record;
    if (this.#nextUid <= end) this.#view.mailbox.read(this.#nextUid, end, page);
    for (let row = 0; row < page.count; row++) this.#answers[row] = answerOf(evaluate(this.#criterion, this.#candidate(row)));
    this.#askIndex();
    if (page.count < page.capacity) {
      this.#range += 2;
      this.#nextUid = this.#ranges[this.#range] ?? 0;
    } else this.#nextUid = (page.uid[page.count - 1] ?? 0) + 1;
  }

  /** Asks the index about the texts of the page, from the first to the last row that is not decided. */
  #askIndex(): void {
    const page = this.#page;
    const answers = this.#answers.subarray(0, page.count);
    for (const ask of this.#questions) {
      const first = answers.indexOf(UNDECIDED);
      if (first < 0) break;
      const end = answers.lastIndexOf(UNDECIDED) + 1;
      this.#known = { ...this.#known, ...ask(this.#account.index, page, first, end) };
      for (let row = first; row < end; row++) {
        if (answers[row] === UNDECIDED) answers[row] = answerOf(evaluate(this.#criterion, this.#candidate(row)));
      }
    }
  }

  /** What is left of the page is read again. */
  #discard(): void {
    const page = this.#page;
    if (this.#row >= page.count) return;
    this.#nextUid = page.uid[this.#row] ?? 0;
    if (page.count < page.capacity) this.#range -= 2;
    page.count = 0;
    this.#row = 0;
    this.#rows = [];
  }

  /** Takes over what is decided, up to the first row that is not. */
  #collect(): void {
    const page = this.#page;
    for (; this.#row < page.count && this.#answers[this.#row] !== UNDECIDED; this.#row++) {
      if (this.#answers[this.#row] !== YES) continue;
      const uid = page.uid[this.#row] ?? 0;
      this.#results.add(this.#options.byUid ? uid : this.#view.rank(uid) + 1, page.modSeq[this.#row] ?? 0);
    }
  }

  #candidate(row: number): Candidate {
    const { subjects, absent } = this.#known;
    return { page: this.#page, row, recent: this.#view.isRecent(this.#page.uid[row] ?? 0), subjects, absent };
  }

  /** Reads the contents of the next undecided rows together. */
  #fill(): void {
    const columns = this.#columns;
    if (columns === undefined) throw new TypeError("A criterion needs contents that were not asked for");
    const rows: number[] = [];
    let octets = 0;
    for (let row = this.#row; row < this.#page.count && rows.length < this.#batch.capacity; row++) {
      if (this.#answers[row] !== UNDECIDED) continue;
      octets += Math.min(this.#page.size[row] ?? 0, LIMITS.storedHeader);
      if (rows.length > 0 && octets > LIMITS.fetchContents) break;
      this.#batch.copyRow(rows.length, this.#page, row);
      rows.push(row);
    }
    this.#batch.count = rows.length;
    this.#contents = this.#account.index.readContents(this.#batch, 0, rows.length, columns);
    this.#rows = rows;
    this.#next = 0;
  }

  /** Decides the next rows by their headers and, where that is not enough, their bodies: about a window of octets in all. */
  async #readContents(): Promise<undefined> {
    if (this.#next >= this.#rows.length) this.#fill();
    for (let octets = 0; octets < LIMITS.searchWindow;) {
      octets += CONTENT_COST;
      if (this.#open !== undefined) {
        octets += await this.#readBody(this.#open);
        // What has been read of other messages may be out of date now.
        if (this.#aborted || this.#record !== this.#view.mailbox.record) return undefined;
        continue;
      }
      const row = this.#rows[this.#next];
      const content = this.#contents[this.#next];
      if (row === undefined || content === undefined) return undefined;
      octets += content.head?.length ?? 0;
      const candidate = { ...this.#candidate(row), content, header: content.head && new HeaderText(content.head, this.#account.octets) };
      const answer = evaluate(this.#criterion, candidate);
      if (answer === undefined) {
        const search = new BodySearch(this.#account.bodies, content, this.#texts, this.#account.octets);
        this.#open = { candidate: { ...candidate, body: search }, search, content, unsigned: this.#known.unsigned?.[row] === 1 };
        pinsOf(this.#account.index).pin(content.key);
      } else this.#decide(row, answer);
    }
    return undefined;
  }

  /** Looks at the next window of the open message. Answers the octets that were read. */
  async #readBody({ candidate, search, content, unsigned }: OpenMessage): Promise<number> {
    let read: number;
    try {
      read = await search.next();
    } catch (error) {
      this.#close();
      throw error;
    }
    if (this.#aborted) return read;
    const signs = unsigned && search.ended && this.#fault === undefined;
    if (signs) await this.#sign(content);
    if (this.#aborted) return read;
    const answer = evaluate(this.#criterion, candidate);
    if (answer !== undefined) {
      this.#close();
      this.#decide(candidate.row, answer);
    } else if (read === 0) throw new TypeError("A criterion cannot be decided by the whole message");
    // To be signed it was read once more: the step ends.
    return signs ? LIMITS.searchWindow : read;
  }

  /** The message was read to its end: the next search need not do so. This one answers without it as well, where the store is full, for example. */
  async #sign(content: ContentRow): Promise<void> {
    try {
      const signature = await signStored(this.#account, content);
      if (!this.#aborted) this.#account.index.sign(content.key, signature);
    } catch (error) {
      this.#fault = error;
    }
  }

  #decide(row: number, answer: boolean): void {
    this.#answers[row] = answerOf(answer);
    this.#next++;
  }

  #close(): void {
    if (this.#open !== undefined) pinsOf(this.#account.index).unpin(this.#open.content.key);
    this.#open = undefined;
  }
}

interface OpenMessage {
  readonly candidate: Candidate;
  readonly search: BodySearch;
  readonly content: ContentRow;
  /** It gets a signature when it was read to its end. */
  readonly unsigned: boolean;
}

/** What a message, or a part of one, costs beside its octets, as octets of a window. */
const CONTENT_COST = 1024;

function answerOf(answer: boolean | undefined): number {
  return answer === undefined ? UNDECIDED : answer ? YES : NO;
}

function textsOf(criterion: Criterion): BodyTexts {
  const texts = { body: new Set<string>(), text: new Set<string>() };
  usesAny(criterion, (leaf) => {
    if (leaf.kind === "body" || leaf.kind === "text") texts[leaf.kind].add(leaf.text);
    return false;
  });
  return texts;
}

function columnsFor(criterion: Criterion): ContentColumns | undefined {
  const uses = (...kinds: readonly Criterion["kind"][]): boolean => usesAny(criterion, ({ kind }) => kinds.includes(kind));
  const ids = uses("object-id");
  const head = uses("header", "sent-day", "body", "text");
  const body = uses("body", "text");
  return ids || head ? { ids, head, structure: body, body } : undefined;
}

/** The UIDs outside of which nothing can match, where the search itself names them. */
function boundingRanges(criterion: Criterion): UidRanges | undefined {
  if (criterion.kind === "uids") return criterion.ranges;
  if (criterion.kind !== "and") return undefined;
  return criterion.operands.map(boundingRanges).find((ranges) => ranges !== undefined);
}
