/** What SQLite gives back; a BLOB is an ArrayBuffer of its own. */
export type SqlValue = ArrayBuffer | string | number | null;

/** What may be bound to a `?`. Numbers are bound as they are; columns of type INTEGER keep whole ones as integers. */
export type SqlBinding = ArrayBufferView | ArrayBuffer | string | number | null;

/** The result of a statement. Writing statements are done when `exec` returns. */
export interface SqlCursor {
  /** The rows, each an array in the order of the columns. */
  raw(): IterableIterator<SqlValue[]>;
  /** Rows (of tables and indexes) that were read and written so far: what production bills. */
  readonly rowsRead: number;
  readonly rowsWritten: number;
}

/** The part of a Durable Object's `ctx.storage` that the adapters here need; `ctx.storage` itself satisfies it. */
export interface SqlDatabase {
  readonly sql: { exec(query: string, ...bindings: SqlBinding[]): SqlCursor };
  /** Runs `work` in a transaction, nested ones as savepoints; rolls back when it throws. */
  transactionSync<T>(work: () => T): T;
}

/** The place of a BLOB that may be empty: a pointer to no octets is bound as NULL. */
export const BLOB = `coalesce(?, x'')`;

/** All rows at once: an unfinished cursor would hold its statement. */
export function rowsOf(cursor: SqlCursor): SqlValue[][] {
  return [...cursor.raw()];
}

export function firstRowOf(cursor: SqlCursor): SqlValue[] | undefined {
  return rowsOf(cursor)[0];
}

/** A value that must be a number. Throws when it is not: the database is not ours, or damaged. */
export function numberOf(value: SqlValue | undefined): number {
  if (typeof value !== "number") throw new TypeError(`Expected a number in the database, found ${kindOf(value)}`);
  return value;
}

export function textOf(value: SqlValue | undefined): string {
  if (typeof value !== "string") throw new TypeError(`Expected text in the database, found ${kindOf(value)}`);
  return value;
}

/** Text that was checked when it was written: an id or a body reference. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller names the brand
export function brandedOf<Text extends string>(value: SqlValue | undefined): Text {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- checking every row again would cost more than reading it
  return textOf(value) as Text;
}

export function bufferOf(value: SqlValue | undefined): ArrayBuffer {
  if (!(value instanceof ArrayBuffer)) throw new TypeError(`Expected a blob in the database, found ${kindOf(value)}`);
  return value;
}

function kindOf(value: unknown): string {
  return value === null ? "NULL" : typeof value;
}
