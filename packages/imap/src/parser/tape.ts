/**
 * The token tape: four 32-bit integers per entry, `kind | flags << 8 | id << 16`, start, end, value.
 *
 * A command is one COMMAND entry and its tokens. The COMMAND entry has the id of the command's name
 * (its second token), the octets of the whole command with its line end as start and end, and the
 * number of its entries, itself included, as value. Starts and ends of tokens are offsets from the
 * first octet of their command. assembly/layout.ts is the other half of these numbers.
 */
export const ABI_VERSION = 2;

/** Integers per entry. */
export const ENTRY_SIZE = 4;

export const Kind = {
  atom: 1,
  /** Only digits, at most 2^32 - 1, which is the entry's value. More digits than that are an atom. */
  number: 2,
  /** Only digits, `:`, `,` and `*`, and not a number. */
  set: 3,
  /** Start and end are inside the quotes; escapes are still there. */
  quoted: 4,
  /** Start and end are the octets, value is the size. If the command stops here to wait for them, end is start. */
  literal: 5,
  open: 6,
  close: 7,
  command: 8,
  /** The rest of the command could not be read. Its id is a {@link TapeError}; start is where. */
  error: 9,
} as const;

export const TokenFlag = {
  /** At least one space stands before the token. */
  space: 1,
  /** A quoted string with `\"` or `\\`. */
  escape: 2,
  /** An atom or set with one of `%` `*` `+` `<` `>` `[` `\` `]`: not an atom in every grammar. */
  odd: 4,
  /** On a COMMAND entry: the last of its entries is an ERROR. */
  error: 8,
  /** A quoted string with octets beyond ASCII: whether they may be there, and are UTF-8, is the reader's to say. */
  eightBit: 16,
  /** `{n+}` (RFC 7888). */
  nonSynchronizing: 32,
  /** `~{n}` (RFC 3516): may hold NUL. */
  binary: 64,
  /** On a COMMAND entry: one of its lines ends with LF alone. */
  bareLineFeed: 128,
} as const;

export const TapeError = {
  unmatchedClose: 1,
  badEscape: 2,
  controlInQuoted: 3,
  literalHeader: 4,
  bareCarriageReturn: 5,
  illegalOctet: 6,
  missingClose: 7,
  poisoned: 8,
  tooManyTokens: 9,
} as const;

/** What each {@link TapeError} tells the client, by number. */
export const TAPE_ERROR_TEXT: readonly string[] = [
  "",
  "Closing parenthesis without an opening one",
  "Only a quote and a backslash can be escaped in a quoted string",
  "Quoted string is not closed in its line, or holds NUL",
  "Malformed literal: expected {size}, {size+}, ~{size} or ~{size+} and the end of the line",
  "CR without LF",
  "Octet that is not allowed outside of a string",
  "Closing parenthesis is missing",
  "Rest of a command that could not be read",
  "Too many tokens in one command",
];

/** Entries of one command at most; what is beyond becomes {@link TapeError.tooManyTokens}. */
export const COMMAND_ENTRIES = 0x8000;
/** Entries that one call of a tokenizer returns at most. */
export const TAPE_ENTRIES = 0x10000;

/** `depth` of an input that begins a new command; 0 and more continue one with that many open parentheses. */
export const DEPTH_NEW = -2;
/** `depth` of an input that continues a command in which an error was found. */
export const DEPTH_POISONED = -1;

/** Why a call of a tokenizer ended. */
export const Status = {
  /** All of the input was taken, or what is left needs more octets. */
  done: 0,
  /** A literal that waits for the server's word. */
  syncLiteral: 1,
  /** A non-synchronizing literal that is too long to be collected. */
  streamLiteral: 2,
  /** The tape is full: call again with what was not consumed. */
  tapeFull: 3,
  /** A non-synchronizing literal of 2^32 octets or more. */
  literalTooLarge: 4,
} as const;

/** Kind of entry `entry`, 0 behind the end of the tape. */
export function kindAt(tape: Int32Array, entry: number): number {
  return (tape[entry * ENTRY_SIZE] ?? 0) & 0xff;
}

export function flagsAt(tape: Int32Array, entry: number): number {
  return ((tape[entry * ENTRY_SIZE] ?? 0) >>> 8) & 0xff;
}

/** Atom id, or error number. */
export function idAt(tape: Int32Array, entry: number): number {
  return (tape[entry * ENTRY_SIZE] ?? 0) >>> 16;
}

export function startAt(tape: Int32Array, entry: number): number {
  return tape[entry * ENTRY_SIZE + 1] ?? 0;
}

export function endAt(tape: Int32Array, entry: number): number {
  return tape[entry * ENTRY_SIZE + 2] ?? 0;
}

/** Value of entry `entry`, unsigned. */
export function valueAt(tape: Int32Array, entry: number): number {
  return (tape[entry * ENTRY_SIZE + 3] ?? 0) >>> 0;
}

/** What is wrong with a command that holds an ERROR entry, for its BAD response; `undefined` if nothing is. */
export function tapeErrorText(tape: Int32Array): string | undefined {
  if ((flagsAt(tape, 0) & TokenFlag.error) === 0) return undefined;
  return TAPE_ERROR_TEXT[idAt(tape, tape.length / ENTRY_SIZE - 1)] ?? "Command that cannot be read";
}
