import type { BodyRef } from "./body-store.ts";

/**
 * Port: remembers bodies outside the account's database while no content names them, so that a start after a crash
 * can remove what is left of them. The index takes a body out when a content row names it, and puts it back when that content is collected.
 */
export interface BodyJournal {
  /** Durable before the body's first octet is. */
  add(body: BodyRef): void;
  /** The body is gone. */
  remove(body: BodyRef): void;
  /** All bodies of one store (`disk`, `r2`) that nothing names. */
  pending(store: string): readonly BodyRef[];
}
