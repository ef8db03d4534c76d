/** What the octets module compares with: octets in lower case, and for each the bit that makes a letter's two cases the same. */
import { COLON, CR, LF, SPACE, lower, toBytes } from "./ascii.ts";

/** Octets of a text, and as many masks behind it. What is longer is compared otherwise. */
export const PATTERN_SIZE = 64;
/** A pattern with its masks, and where its two rarest octets are. */
export const PATTERN_OCTETS = 2 * PATTERN_SIZE + 2;
/** What mail in Latin letters has most of, the most frequent first. Others are rarer than these. */
const FREQUENT = " etaoinsrhldcumfpgwybvk";
/** The same for a name of a field filter; the length itself is no more a length that a name may have. */
const NAME_SIZE = 32;
/** For each length the index of its first name and the number of names. */
const TABLE_SIZE = 2 * NAME_SIZE;

/** A text, which is in lower case, its masks and its anchors; undefined where it is too long, or has what the module does not compare. */
export function packPattern(text: string, isAllowed: (octet: number) => boolean): Uint8Array | undefined {
  if (text.length > PATTERN_SIZE) return undefined;
  const packed = new Uint8Array(PATTERN_OCTETS);
  for (let at = 0; at < text.length; at++) {
    const octet = text.charCodeAt(at);
    if (!isAllowed(octet)) return undefined;
    packed[at] = octet;
    packed[PATTERN_SIZE + at] = maskOf(octet);
  }
  const rarest = Array.from(text, (_, at) => at).sort((one, other) => rarityOf(text, other) - rarityOf(text, one));
  const anchors = [rarest[0] ?? 0, rarest[1] ?? 0].sort((one, other) => one - other);
  packed.set(anchors, 2 * PATTERN_SIZE);
  return packed;
}

function rarityOf(text: string, at: number): number {
  const rank = FREQUENT.indexOf(text.charAt(at));
  return rank < 0 ? FREQUENT.length : rank;
}

/** ASCII in lower case without line ends, of which an unfolded text has none. */
export function isTextOctet(octet: number): boolean {
  return octet <= 0x7f && octet !== CR && octet !== LF && lower(octet) === octet;
}

/** RFC 5322 ftext, in lower case. */
export function isNameOctet(octet: number): boolean {
  return octet > SPACE && octet < 0x7f && octet !== COLON && lower(octet) === octet;
}

/** The names of a filter by length; undefined where they do not fit into `size` octets, or one is longer than the module compares. */
export function packFieldNames(names: readonly (string | Uint8Array)[], size: number): Uint8Array | undefined {
  const packed = new Uint8Array(TABLE_SIZE + names.length * 2 * NAME_SIZE);
  if (packed.length > size) return undefined;
  for (const { length } of names) {
    if (length >= NAME_SIZE) return undefined;
    // Nothing is called by an empty name.
    if (length > 0) packed[2 * length + 1] = (packed[2 * length + 1] ?? 0) + 1;
  }
  for (let entry = 2; entry < TABLE_SIZE - 2; entry += 2) packed[entry + 2] = (packed[entry] ?? 0) + (packed[entry + 1] ?? 0);
  const next = packed.slice(0, TABLE_SIZE);
  for (const name of names) {
    const entry = 2 * name.length;
    const index = next[entry] ?? 0;
    if (entry > 0) packName(typeof name === "string" ? toBytes(name) : name, packed, TABLE_SIZE + index * 2 * NAME_SIZE);
    next[entry] = index + 1;
  }
  return packed;
}

function packName(name: Uint8Array, packed: Uint8Array, at: number): void {
  for (let i = 0; i < name.length; i++) {
    const octet = lower(name[i] ?? 0);
    packed[at + i] = octet;
    packed[at + NAME_SIZE + i] = maskOf(octet);
  }
}

/** The names that were packed, in lower case. */
export function unpackFieldNames(packed: Uint8Array): Uint8Array[] {
  const names: Uint8Array[] = [];
  for (let length = 1; length < NAME_SIZE; length++) {
    const first = packed[2 * length] ?? 0;
    for (let index = first; index < first + (packed[2 * length + 1] ?? 0); index++) {
      const at = TABLE_SIZE + index * 2 * NAME_SIZE;
      names.push(packed.subarray(at, at + length));
    }
  }
  return names;
}

function maskOf(octet: number): number {
  return octet >= 0x61 && octet <= 0x7a ? 0x20 : 0;
}
