/** The value of a label that stands for all those beyond the bound. */
export const OTHER = "other";

/**
 * What is counted for each value of a label.
 *
 * Values come from our own code, so there are few; the bound keeps a mistake there from growing memory
 * and the answer to a scrape without end.
 */
export class BoundedRows<Row> {
  readonly #rows = new Map<string, Row>();
  readonly #bound: number;
  readonly #create: () => Row;

  constructor(bound: number, create: () => Row) {
    this.#bound = bound;
    this.#create = create;
  }

  /** The row of a value, or that of {@link OTHER} when there are as many as may be. Allocates only for a value that is new. */
  at(value: string): Row {
    return this.#rows.get(value) ?? this.#add(value);
  }

  entries(): Iterable<readonly [value: string, row: Row]> {
    return this.#rows;
  }

  #add(value: string): Row {
    const key = this.#rows.size < this.#bound ? value : OTHER;
    let row = this.#rows.get(key);
    if (row === undefined) this.#rows.set(key, (row = this.#create()));
    return row;
  }
}
