/** What an octet begins when a token is expected. The first three are those that a word goes on with: they are told by one comparison with CLASS_SET. */
export const CLASS_ATOM: u32 = 0;
/**
 * `~`, which begins an atom, or a literal8 if `{` follows; and `|`, which begins an atom, but is no backslash when its case bit is cleared.
 * No name that is looked up begins with either.
 */
export const CLASS_TILDE: u32 = 1;
/** A digit, or one of `:` `,` `*`: a number or a sequence set, if all that follows is of this kind. */
export const CLASS_SET: u32 = 2;
export const CLASS_QUOTE: u32 = 3;
export const CLASS_OPEN: u32 = 4;
export const CLASS_CLOSE: u32 = 5;
export const CLASS_LITERAL: u32 = 6;
export const CLASS_CR: u32 = 7;
export const CLASS_LF: u32 = 8;
/** Controls, DEL and whatever is beyond ASCII. */
export const CLASS_ILLEGAL: u32 = 9;
export const CLASS_SPACE: u32 = 10;

export const CLASSES: usize = memory.data<u8>([
  9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 8, 9, 9, 7, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 10, 0, 3, 0, 0, 0, 0, 0, 4, 5, 2, 0, 2, 0,
  0, 0, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 6, 1, 0, 1, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9,
  9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9,
  9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9,
  9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9,
]);
