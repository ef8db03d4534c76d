/** System flags (RFC 9051 section 2.3.2) as bits of one number; `\Recent` is a fact of a session, not of a message, so it has no bit. */
export const Flag = { seen: 1, answered: 2, flagged: 4, deleted: 8, draft: 16 } as const;

/** All system flags that a client may set. */
export const ALL_SYSTEM_FLAGS = 31;

/** Names in the order in which they are written, each with its bit. */
export const SYSTEM_FLAG_NAMES: readonly (readonly [name: string, bit: number])[] = [
  ["\\Answered", Flag.answered],
  ["\\Flagged", Flag.flagged],
  ["\\Deleted", Flag.deleted],
  ["\\Seen", Flag.seen],
  ["\\Draft", Flag.draft],
];

/** A set of flags as a client names it: system flags as bits, keywords by name in the client's case. */
export interface FlagSet {
  readonly system: number;
  readonly keywords: readonly string[];
}

export const NO_FLAGS: FlagSet = { system: 0, keywords: [] };
