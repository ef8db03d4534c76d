/**
 * Makes text comparable: compatibility forms and case do not matter (in the spirit of i;unicode-casemap, RFC 5051),
 * and runs of white space are as they stand. Both sides of a comparison go through this.
 */
export function foldText(text: string): string {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x7f) return text.normalize("NFKC").toLowerCase();
  return text.toLowerCase();
}
