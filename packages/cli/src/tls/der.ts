/**
 * The few ASN.1 types of an X.509 certificate in DER (ITU-T X.690). Each function returns one whole
 * element: tag, length, content.
 */

const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** Any element with the given identifier octet. */
export function element(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const size = contents.reduce((sum, content) => sum + content.length, 0);
  const length = encodeLength(size);
  const bytes = new Uint8Array(1 + length.length + size);
  bytes[0] = tag;
  bytes.set(length, 1);
  let at = 1 + length.length;
  for (const content of contents) {
    bytes.set(content, at);
    at += content.length;
  }
  return bytes;
}

/** X.690 section 10.1: the shortest form that holds the length. */
function encodeLength(size: number): readonly number[] {
  if (size < 0x80) return [size];
  const octets: number[] = [];
  for (let rest = size; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return [0x80 | octets.length, ...octets];
}

export function sequence(...elements: readonly Uint8Array[]): Uint8Array {
  return element(TAG.sequence, ...elements);
}

/** A SET of one element; of several they would have to be sorted (X.690 section 11.6). */
export function setOf(one: Uint8Array): Uint8Array {
  return element(TAG.set, one);
}

/** `[number] EXPLICIT`, or a constructed `[number] IMPLICIT`. */
export function tagged(number: number, ...elements: readonly Uint8Array[]): Uint8Array {
  return element(0xa0 | number, ...elements);
}

/** A primitive `[number] IMPLICIT`. */
export function taggedPrimitive(number: number, content: Uint8Array): Uint8Array {
  return element(0x80 | number, content);
}

/** DER writes TRUE as 0xff. FALSE never occurs here: it is always the default, which DER leaves out. */
export function booleanTrue(): Uint8Array {
  return element(TAG.boolean, Uint8Array.of(0xff));
}

/** A non-negative INTEGER from its octets, most significant first. */
export function integer(octets: Uint8Array): Uint8Array {
  let start = 0;
  while (start < octets.length - 1 && octets[start] === 0) start++;
  const shortest = octets.subarray(start);
  // A leading 1 bit would make it negative.
  const sign = (shortest[0] ?? 0) >= 0x80 || shortest.length === 0 ? Uint8Array.of(0) : new Uint8Array();
  return element(TAG.integer, sign, shortest);
}

export function octetString(content: Uint8Array): Uint8Array {
  return element(TAG.octetString, content);
}

/** A BIT STRING of whole octets. */
export function bitString(content: Uint8Array): Uint8Array {
  return element(TAG.bitString, Uint8Array.of(0), content);
}

/** A BIT STRING of named bits (such as KeyUsage), bit 0 first; trailing zero bits are left out, as X.690 section 11.2.2 wants. At most 8 bits. */
export function namedBits(...bits: readonly number[]): Uint8Array {
  const value = bits.reduce((octet, bit) => octet | (0x80 >> bit), 0);
  return element(TAG.bitString, Uint8Array.of(7 - Math.max(...bits), value));
}

export function utf8String(text: string): Uint8Array {
  return element(TAG.utf8String, new TextEncoder().encode(text));
}

/** An OBJECT IDENTIFIER from its dotted form. */
export function objectIdentifier(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const octets: number[] = [];
  for (const arc of [first * 40 + second, ...rest]) {
    const groups = [arc % 128];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) groups.unshift(0x80 | (left % 128));
    octets.push(...groups);
  }
  return element(TAG.objectIdentifier, Uint8Array.from(octets));
}

/** A Time in whole seconds: UTCTime through 2049, GeneralizedTime after (RFC 5280 section 4.1.2.5). */
export function time(date: Date): Uint8Array {
  const digits = `${date.toISOString().slice(0, 19).replaceAll(/[-:T]/g, "")}Z`;
  const utc = date.getUTCFullYear() < 2050;
  return element(utc ? TAG.utcTime : TAG.generalizedTime, new TextEncoder().encode(utc ? digits.slice(2) : digits));
}
