const BACKSLASH = 0x5c;
const PERCENT = 0x25;
const STAR = 0x2a;
const CLOSE_BRACKET = 0x5d;
/** Octets that become text at a time: more arguments than this overflow the stack of some engines. */
const TEXT_STEP = 4096;

/**
 * The rules below are for octets of one ATOM or SET token: printable ASCII without space, `"`, `(`,
 * `)` and `{`, so only `%` `*` `\` and `]` are left to tell them apart (RFC 9051 section 9).
 */

/** atom = 1*ATOM-CHAR */
export function isAtom(octets: Uint8Array): boolean {
  return octets.every((octet) => octet !== PERCENT && octet !== STAR && octet !== BACKSLASH && octet !== CLOSE_BRACKET);
}

/** 1*ASTRING-CHAR; ASTRING-CHAR = ATOM-CHAR / "]" */
export function isAstringAtom(octets: Uint8Array): boolean {
  return octets.every((octet) => octet !== PERCENT && octet !== STAR && octet !== BACKSLASH);
}

/** 1*list-char; list-char = ATOM-CHAR / "%" / "*" / "]" */
export function hasListWildcardsOnly(octets: Uint8Array): boolean {
  return !octets.includes(BACKSLASH);
}

/** flag = "\" atom / atom. `\*` is none: only the server says it. */
export function isFlag(octets: Uint8Array): boolean {
  if (octets[0] !== BACKSLASH) return isAtom(octets);
  return octets.length > 1 && isAtom(octets.subarray(1));
}

/** Octets as text, each a character: what is not ASCII becomes Latin-1. */
export function text(octets: Uint8Array): string {
  if (octets.length <= TEXT_STEP) return String.fromCharCode(...octets);
  let out = "";
  for (let at = 0; at < octets.length; at += TEXT_STEP) out += String.fromCharCode(...octets.subarray(at, at + TEXT_STEP));
  return out;
}

/** The content of a quoted string without the backslashes of its escapes. The tokenizer has checked them. */
export function unescape(octets: Uint8Array): Uint8Array {
  const out = new Uint8Array(octets.length);
  let length = 0;
  for (let at = 0; at < octets.length; at++) {
    if (octets[at] === BACKSLASH) at++;
    out[length++] = octets[at] ?? 0;
  }
  return out.subarray(0, length);
}

/** A line without its CRLF, or LF; a view. */
export function withoutLineEnd(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  if (bytes[end - 1] === 0x0a) end--;
  if (bytes[end - 1] === 0x0d) end--;
  return bytes.subarray(0, end);
}
