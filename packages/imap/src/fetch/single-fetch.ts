import { LIMITS } from "../limits.ts";
import { isTagOctet } from "../parser/first-octets.ts";

/** Where in a FETCH its message stands, and which it is. */
export interface SingleFetch {
  /** After the tag and its space. */
  readonly nameStart: number;
  readonly setStart: number;
  readonly setEnd: number;
  readonly number: number;
}

const SPACE = 0x20;
/** Of a UID. */
const MAX_DIGITS = 10;

/**
 * Finds the set in `tag FETCH n items` or `tag UID FETCH n items`. `undefined`: it is not one number, or the octets are something
 * else. Says nothing of the items: whoever compares them with those of a command that was read knows what they are.
 */
export function singleFetch(octets: Uint8Array, byUid: boolean): SingleFetch | undefined {
  const nameStart = afterSpace(octets, 0);
  // What will be refused never begins.
  if (nameStart < 2 || nameStart - 1 > LIMITS.tagLength) return undefined;
  for (let at = 0; at < nameStart - 1; at++) if (!isTagOctet(octets[at] ?? 0)) return undefined;
  const setStart = afterSpace(octets, byUid ? afterSpace(octets, nameStart) : nameStart);
  let number = 0;
  let at = setStart;
  for (; at < octets.length && at - setStart < MAX_DIGITS; at++) {
    const digit = (octets[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) break;
    number = number * 10 + digit;
  }
  return number > 0 && number <= 0xffff_ffff && octets[at] === SPACE ? { nameStart, setStart, setEnd: at, number } : undefined;
}

/** Whether `b`, which may have a line end, says of its message what `a`, which has none, says of its own. */
export function sameButSet(a: Uint8Array, inA: SingleFetch, b: Uint8Array, inB: SingleFetch): boolean {
  const name = inA.setStart - inA.nameStart;
  const items = a.length - inA.setEnd;
  if (inB.setStart - inB.nameStart !== name || !isLineEnd(b, inB.setEnd + items)) return false;
  return sameOctets(a, inA.nameStart, b, inB.nameStart, name) && sameOctets(a, inA.setEnd, b, inB.setEnd, items);
}

function afterSpace(octets: Uint8Array, from: number): number {
  const space = octets.indexOf(SPACE, from);
  return space < 0 ? octets.length : space + 1;
}

function isLineEnd(octets: Uint8Array, at: number): boolean {
  const rest = octets.length - at;
  return (rest === 1 && octets[at] === 0x0a) || (rest === 2 && octets[at] === 0x0d && octets[at + 1] === 0x0a);
}

function sameOctets(a: Uint8Array, inA: number, b: Uint8Array, inB: number, length: number): boolean {
  for (let at = 0; at < length; at++) if (a[inA + at] !== b[inB + at]) return false;
  return true;
}
