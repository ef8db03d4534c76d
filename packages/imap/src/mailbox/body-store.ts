import * as z from "zod";

/** Where a body is: the store's name, a colon, the store's own key. Kept in the content row. */
export const BodyRef = z
  .string()
  .regex(/^(sqlite|disk|r2|memory):[0-9a-z/-]+$/)
  .brand<"BodyRef">();
export type BodyRef = z.infer<typeof BodyRef>;

/**
 * Port: the octets of messages after their stored head.
 *
 * A method answers at once where its store can (SQLite, memory) and with a promise where it cannot
 * (disk, R2); callers await only promises, so small mail never leaves the turn.
 */
export interface BodyStore {
  /** Begins a body of `size` octets. Nothing refers to it until a content row does; an unfinished one is removed at the next start. */
  begin(size: number): BodyWriter;
  /** Reads `length` octets from `offset`. Throws when they are not there: a truncated body is a fault, never silence. */
  read(body: BodyRef, offset: number, length: number): Uint8Array | Promise<Uint8Array>;
  /**
   * Reads whole bodies together where that costs less than one by one. `undefined` in the place of a body that has to be
   * read by itself, also because something is wrong with it. The caller bounds their octets.
   */
  readTogether?(bodies: readonly WholeBody[]): readonly (Uint8Array | undefined)[];
  remove(body: BodyRef): void | Promise<void>;
}

/** A body and its length in octets. */
export interface WholeBody {
  readonly body: BodyRef;
  readonly length: number;
}

export interface BodyWriter {
  /** Takes the next octets; the caller waits for a returned promise before the next call. The bytes are copied or written before that. */
  write(chunk: Uint8Array): void | Promise<void>;
  /** Ends the body. Durable no later than the content row that will name it. Throws unless exactly `size` octets came. */
  commit(): BodyRef | Promise<BodyRef>;
  /** Drops what was written. Safe to call at any time, also after a failed write. */
  abort(): void | Promise<void>;
}
