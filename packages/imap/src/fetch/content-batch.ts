import { LIMITS } from "../limits.ts";
import type { BodyStore, WholeBody } from "../mailbox/body-store.ts";
import type { ContentColumns, ContentRow, MailboxIndex } from "../mailbox/mailbox-index.ts";
import type { MessagePage } from "../mailbox/message-page.ts";

/** How many octets of BODYSTRUCTURE, part tree and ENVELOPE an octet of message can become at worst: a part needs a boundary line at least. */
const STRUCTURE_GROWTH = 16;

/** The content of a message, and what follows its head if that has been read. */
export interface ReadContent {
  readonly content: ContentRow;
  readonly body: Uint8Array | undefined;
}

/** Who may have a content already. */
export interface ContentSource {
  /** The content of a row of a page, with the columns of the batch. */
  take(page: MessagePage, row: number): ReadContent | undefined;
}

/**
 * The content rows of some messages of a page, read together; memory is bounded by LIMITS.fetchContents. With `bodies` their
 * octets as well; then it is bounded by LIMITS.fetchBodies, and a message that is larger is not among them.
 */
export class ContentBatch {
  readonly #index: MailboxIndex;
  readonly #columns: ContentColumns;
  readonly #store: BodyStore | undefined;
  readonly #source: ContentSource | undefined;
  #rows: readonly ContentRow[] = [];
  #bodies: readonly (Uint8Array | undefined)[] = [];
  #from = 0;

  /** `source` is asked first for what the page has only one of. */
  constructor(index: MailboxIndex, columns: ContentColumns, bodies?: BodyStore, source?: ContentSource) {
    this.#source = source;
    this.#index = index;
    this.#columns = columns;
    this.#store = bodies;
  }

  /** The content of a row of the page. Call {@link drop} when the page has been filled anew. */
  at(page: MessagePage, row: number): ContentRow {
    const known = row < this.#from ? undefined : this.#rows[row - this.#from];
    if (known !== undefined) return known;
    this.drop();
    const taken = page.count === 1 ? this.#source?.take(page, row) : undefined;
    if (taken !== undefined) {
      this.#rows = [taken.content];
      this.#bodies = [taken.body];
      this.#from = row;
      return taken.content;
    }
    let end = row + 1;
    let octets = this.#cost(page.size[row] ?? 0);
    let whole = page.size[row] ?? 0;
    while (end < page.count && (octets += this.#cost(page.size[end] ?? 0)) <= LIMITS.fetchContents) {
      if (this.#store !== undefined && (whole += page.size[end] ?? 0) > LIMITS.fetchBodies) break;
      end++;
    }
    this.#rows = this.#index.readContents(page, row, end, this.#columns);
    this.#from = row;
    const content = this.#rows[0];
    if (content === undefined) throw new RangeError("A message has no content");
    if (end > row + 1) this.#readBodies(page);
    return content;
  }

  /** What follows the head of the message in a row that {@link at} was called with, if it has been read. */
  body(row: number): Uint8Array | undefined {
    return this.#bodies[row - this.#from];
  }

  #readBodies(page: MessagePage): void {
    if (this.#store?.readTogether === undefined) return;
    const wanted: WholeBody[] = [];
    const places: number[] = [];
    for (const [place, { body, head }] of this.#rows.entries()) {
      const length = (page.size[this.#from + place] ?? 0) - (head?.length ?? 0);
      if (body === undefined || length <= 0) continue;
      wanted.push({ body, length });
      places.push(place);
    }
    const bodies = Array.from<Uint8Array | undefined>({ length: this.#rows.length });
    try {
      for (const [at, octets] of this.#store.readTogether(wanted).entries()) bodies[places[at] ?? 0] = octets;
    } catch {
      // Each is read by itself then, and only the one that is at fault fails.
      return;
    }
    this.#bodies = bodies;
  }

  drop(): void {
    this.#rows = [];
    this.#bodies = [];
    this.#from = 0;
  }

  /** An upper bound, nearly always far too high. */
  #cost(size: number): number {
    const { head, envelope, bodyStructure, structure } = this.#columns;
    const header = head === true ? Math.min(size, LIMITS.storedHeader) : 0;
    const structures =
      envelope === true || bodyStructure === true || structure === true ? Math.min(size * STRUCTURE_GROWTH, LIMITS.filteredHeader) : 0;
    return header + structures;
  }
}
