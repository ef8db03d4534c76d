/** Octets and octet classes of the mail grammars. */

export const NUL = 0x00;
export const TAB = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const SPACE = 0x20;
export const QUOTE = 0x22;
export const PERCENT = 0x25;
export const LEFT_PAREN = 0x28;
export const RIGHT_PAREN = 0x29;
export const STAR = 0x2a;
export const COMMA = 0x2c;
export const DASH = 0x2d;
export const DOT = 0x2e;
export const SLASH = 0x2f;
export const COLON = 0x3a;
export const SEMICOLON = 0x3b;
export const LESS = 0x3c;
export const EQUALS = 0x3d;
export const GREATER = 0x3e;
export const QUESTION = 0x3f;
export const AT = 0x40;
export const LEFT_BRACKET = 0x5b;
export const BACKSLASH = 0x5c;
export const RIGHT_BRACKET = 0x5d;

/** RFC 5322 atext, and every octet above ASCII: unencoded names are common and must survive. */
export const ATEXT = 1;
/** RFC 2045 token, with the same tolerance. */
export const TOKEN = 2;

/** Class bits (`ATEXT`, `TOKEN`) of each octet. */
export const CLASS: Uint8Array = buildClasses();

function buildClasses(): Uint8Array {
  const classes = new Uint8Array(256);
  const notAtext = '()<>@,;:\\".[]';
  const notToken = '()<>@,;:\\"/[]?=';
  for (let octet = 0; octet < 256; octet++) {
    if (octet <= SPACE || octet === 0x7f) continue;
    const char = String.fromCharCode(octet);
    classes[octet] = (notAtext.includes(char) ? 0 : ATEXT) | (notToken.includes(char) ? 0 : TOKEN);
  }
  return classes;
}

export function isBlank(octet: number | undefined): boolean {
  return octet === SPACE || octet === TAB;
}

/** The ASCII lower case of an octet; every other octet unchanged. */
export function lower(octet: number): number {
  return octet >= 0x41 && octet <= 0x5a ? octet | 0x20 : octet;
}

/** Whether `[start, end)` reads as `name`, which must be given in lower case. ASCII letters match in either case. */
export function matches(bytes: Uint8Array, start: number, end: number, name: Uint8Array): boolean {
  const length = name.length;
  if (end - start !== length) return false;
  for (let i = 0; i < length; i++) {
    if (lower(bytes[start + i] ?? 0) !== name[i]) return false;
  }
  return true;
}

/** One octet per character; characters above U+00FF do not occur in what is passed here. */
export function toBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** One character per octet (ISO-8859-1), so that nothing is lost or rejected. */
export function toText(bytes: Uint8Array, start = 0, end = bytes.length): string {
  let text = "";
  for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i] ?? 0);
  return text;
}

/** The value of a hexadecimal digit, or -1. */
export function hexValue(octet: number | undefined): number {
  if (octet === undefined) return -1;
  if (octet >= 0x30 && octet <= 0x39) return octet - 0x30;
  const letter = octet | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
