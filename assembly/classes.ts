/** What an octet begins when a token is expected. */
export const CLASS_ATOM: u32 = 0;
/** A digit, or one of `:` `,` `*`: a number or a sequence set, if all that follows is of this kind. */
export const CLASS_SET: u32 = 1;
export const CLASS_QUOTE: u32 = 2;
export const CLASS_OPEN: u32 = 3;
export const CLASS_CLOSE: u32 = 4;
export const CLASS_LITERAL: u32 = 5;
export const CLASS_CR: u32 = 6;
export const CLASS_LF: u32 = 7;
/** Controls, DEL and whatever is beyond ASCII. */
export const CLASS_ILLEGAL: u32 = 8;
/**
 * `~`, which begins an atom, or a literal8 if `{` follows; and `|`, which begins an atom, but is no backslash when its case bit is cleared.
 * No name that is looked up begins with either.
 */
export const CLASS_TILDE: u32 = 9;
export const CLASS_SPACE: u32 = 10;

export const CLASSES: usize = memory.data<u8>([
  8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 7, 8, 8, 6, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 10, 0, 2, 0, 0, 0, 0, 0, 3, 4, 1, 0, 1, 0,
  0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 9, 0, 9, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8,
  8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8,
  8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8,
  8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8,
]);
