/**
 * The memory of the module and the numbers of its binary interface. packages/imap/src/parser/tape.ts
 * is the other half: the two change together, and then ABI_VERSION changes too.
 *
 * Static tables | HEADER | INPUT + pad | TAPE + spare entries | MASKS. Memory never grows, so the host's views never detach.
 */
export const ABI_VERSION: i32 = 2;

/** Where the static tables must have ended. */
export const HEADER: usize = 0x4000;
/**
 * Far from the beginning of a page of 4 KiB, where most arrays begin: processors copy slowly where the target lies, within its page, a little
 * behind the source (octets/layout.ts).
 */
export const INPUT: usize = 0x4800;
export const INPUT_SIZE: i32 = 0x40000;
/** Room for the sentinel, and for loads of 64 octets in all that begin at it. */
const INPUT_PAD: usize = 64;
export const TAPE: usize = INPUT + <usize>INPUT_SIZE + INPUT_PAD;
export const TAPE_ENTRIES: i32 = 0x10000;
export const ENTRY: usize = 16;
/** Masks are made for so many octets ahead at most. */
export const MOST_MASKS: usize = 2048;
/** Behind the room for entries, which they may leave until somebody looks: a token has at least one octet, and few are begun where no mask is. */
const SPARE_ENTRIES: usize = MOST_MASKS + 256;
export const TAPE_END: usize = TAPE + ENTRY * (<usize>TAPE_ENTRIES + SPARE_ENTRIES);
/** One bit for each octet of INPUT and of the block in which the sentinel is, and 128 that are clear behind them. */
export const MASKS: usize = TAPE_END;
/** Entries of one command, its first one included: bounds what a line of parentheses can cost the account. */
export const COMMAND_ENTRIES: i32 = 0x8000;
/** A command is begun only below this address, so that a whole one and its error entry always fit. */
export const TAPE_LAST_START: usize = TAPE + ENTRY * <usize>(TAPE_ENTRIES - COMMAND_ENTRIES - 2);

export const KIND_ATOM: u32 = 1;
export const KIND_NUMBER: u32 = 2;
export const KIND_SET: u32 = 3;
export const KIND_QUOTED: u32 = 4;
export const KIND_LITERAL: u32 = 5;
export const KIND_OPEN: u32 = 6;
/** KIND_OPEN and 1, as their octets are: words.ts counts on it. */
export const KIND_CLOSE: u32 = 7;
export const KIND_COMMAND: u32 = 8;
export const KIND_ERROR: u32 = 9;

export const FLAG_SPACE: u32 = 1;
export const FLAG_ESCAPE: u32 = 2;
export const FLAG_ODD: u32 = 4;
export const FLAG_ERROR: u32 = 8;
export const FLAG_EIGHT_BIT: u32 = 16;
export const FLAG_NON_SYNC: u32 = 32;
export const FLAG_BINARY: u32 = 64;
export const FLAG_BARE_LF: u32 = 128;

export const STATUS_DONE: i32 = 0;
export const STATUS_SYNC_LITERAL: i32 = 1;
export const STATUS_STREAM_LITERAL: i32 = 2;
export const STATUS_TAPE_FULL: i32 = 3;
export const STATUS_LITERAL_TOO_LARGE: i32 = 4;

export const ERROR_UNMATCHED_CLOSE: u32 = 1;
export const ERROR_BAD_ESCAPE: u32 = 2;
export const ERROR_CONTROL_IN_QUOTED: u32 = 3;
export const ERROR_LITERAL_HEADER: u32 = 4;
export const ERROR_BARE_CR: u32 = 5;
export const ERROR_ILLEGAL_OCTET: u32 = 6;
export const ERROR_MISSING_CLOSE: u32 = 7;
export const ERROR_POISONED: u32 = 8;
export const ERROR_TOO_MANY_TOKENS: u32 = 9;

/** Of `parseLines`: there is something else than commands of one line each. */
export const ELSE: i32 = -1;

/** `depth` of an input that begins a new command; 0 and more continue one with that many open parentheses. */
export const DEPTH_NEW: i32 = -2;
/** `depth` of an input that continues a command in which an error was found. */
export const DEPTH_POISONED: i32 = -1;
