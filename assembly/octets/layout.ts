/**
 * The memory of the module and the numbers of its binary interface. packages/mime/src/wasm-octet-scanner.ts is the other half: the
 * two change together, and then ABI_VERSION changes too.
 *
 * RESULT | TEXT | NAME | NAMES | INPUT + pad | OUTPUT + pad. Memory never grows, so the host's views never detach.
 */
export const ABI_VERSION: i32 = 2;

/** What a call says beside its return value: 32-bit numbers. */
export const RESULT: usize = 0x400;
/** A text or a name that is looked for: PATTERN_SIZE octets in lower case, then as many masks, 0x20 where a letter is and else 0. */
export const TEXT: usize = 0x500;
export const NAME: usize = 0x600;
export const PATTERN_SIZE: usize = 64;
/** Behind the text: where in it the two octets are that it is looked for by, the lower first. */
export const ANCHORS: usize = TEXT + 2 * PATTERN_SIZE;
/**
 * The names of a filter: for each length two octets, the index of its first name and how many there are; then the names, which are
 * sorted by length, each with its masks.
 */
export const NAMES: usize = 0x1000;
export const NAMES_SIZE: i32 = 0x1000;
/** Octets of a name of a filter, and of the entries before the names. */
export const NAME_SIZE: i32 = 32;
export const NAME_TABLE: i32 = 64;

/**
 * The octet before the input is the module's own. The address lies far from where a page of 4 KiB begins, because most arrays begin there: where a
 * copy's target lies in its page just behind its source, the processor takes many loads for ones of what was just stored, and workerd needs twice the time.
 */
export const INPUT: usize = 0x2c00;
export const INPUT_SIZE: i32 = 0x10000;
/** Behind the input: a sentinel, and room for loads of 64 octets and one that begin before it. */
const PAD: usize = 96;
export const OUTPUT: usize = INPUT + <usize>INPUT_SIZE + PAD;
