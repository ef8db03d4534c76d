import { LIMITS } from "../limits.ts";
import type { ContentColumns, ContentRow, MailboxIndex } from "../mailbox/mailbox-index.ts";
import type { MessagePage } from "../mailbox/message-page.ts";

/** How many octets of BODYSTRUCTURE, part tree and ENVELOPE an octet of message can become at worst: a part needs a boundary line at least. */
const STRUCTURE_GROWTH = 16;

/** The content rows of some messages of a page, read together; memory is bounded by LIMITS.fetchContents. */
export class ContentBatch {
  readonly #index: MailboxIndex;
  readonly #columns: ContentColumns;
  #rows: readonly ContentRow[] = [];
  #from = 0;

  constructor(index: MailboxIndex, columns: ContentColumns) {
    this.#index = index;
    this.#columns = columns;
  }

  /** The content of a row of the page. Call {@link drop} when the page has been filled anew. */
  at(page: MessagePage, row: number): ContentRow {
    const known = row < this.#from ? undefined : this.#rows[row - this.#from];
    if (known !== undefined) return known;
    this.drop();
    let end = row + 1;
    let octets = this.#cost(page.size[row] ?? 0);
    while (end < page.count && (octets += this.#cost(page.size[end] ?? 0)) <= LIMITS.fetchContents) end++;
    this.#rows = this.#index.readContents(page, row, end, this.#columns);
    this.#from = row;
    const content = this.#rows[0];
    if (content === undefined) throw new RangeError("A message has no content");
    return content;
  }

  drop(): void {
    this.#rows = [];
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
