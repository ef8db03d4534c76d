/**
 * Makes text comparable: compatibility forms and case do not matter (in the spirit of i;unicode-casemap, RFC 5051),
 * and runs of white space are as they stand. Both sides of a comparison go through this.
 */
export function foldText(text: string): string {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x7f) return foldUnicode(text);
  return text.toLowerCase();
}

/** The lower case of sigma depends on whether a word ends there: a part of a word must fold like the whole. */
function foldUnicode(text: string): string {
  return text.normalize("NFKC").toLowerCase().replaceAll("\u03c2", "\u03c3");
}
