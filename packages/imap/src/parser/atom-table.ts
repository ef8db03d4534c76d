import { ATOM_NAMES } from "./atom-ids.ts";

/** Longest atom that has an id. */
export const ATOM_MAX = 16;

const SLOT_COUNT = 1024;

/** Octet -> the same octet with ASCII letters in upper case. */
export const UPPER: Uint8Array = Uint8Array.from({ length: 256 }, (_, octet) => (octet >= 0x61 && octet <= 0x7a ? octet - 0x20 : octet));

const names: readonly Uint8Array[] = ATOM_NAMES.map((name) => new TextEncoder().encode(name.toUpperCase()));
const NO_NAME = new Uint8Array(0);
const slots = new Uint16Array(SLOT_COUNT);

for (const [id, name] of names.entries()) {
  if (id === 0) continue;
  let hash = 0;
  for (const octet of name) hash = mixHash(hash, octet);
  let slot = slotOf(hash);
  while (slots[slot] !== 0) slot = (slot + 1) % SLOT_COUNT;
  slots[slot] = id;
}

/** One step of an atom's hash; `octet` is upper-cased. Start with 0. */
export function mixHash(hash: number, octet: number): number {
  return Math.imul(hash ^ octet, 0x0100_0193);
}

function slotOf(hash: number): number {
  return (hash ^ (hash >>> 15)) & (SLOT_COUNT - 1);
}

/** Id of the atom `octets[start..end)` whose hash is `hash`; 0 if it is none of ours. */
export function atomIdOf(octets: Uint8Array, start: number, end: number, hash: number): number {
  for (let slot = slotOf(hash); ; slot = (slot + 1) & (SLOT_COUNT - 1)) {
    const id = slots[slot] ?? 0;
    if (id === 0) return 0;
    if (sameName(names[id] ?? NO_NAME, octets, start, end)) return id;
  }
}

function sameName(name: Uint8Array, octets: Uint8Array, start: number, end: number): boolean {
  if (name.length !== end - start) return false;
  for (let at = 0; at < name.length; at++) if (name[at] !== UPPER[octets[start + at] ?? 0]) return false;
  return true;
}

/** Hashes and looks up in one go, for the few places that have no hash at hand. */
export function lookUpAtom(octets: Uint8Array, start: number, end: number): number {
  if (end - start > ATOM_MAX || end <= start) return 0;
  let hash = 0;
  for (let at = start; at < end; at++) hash = mixHash(hash, UPPER[octets[at] ?? 0] ?? 0);
  return atomIdOf(octets, start, end, hash);
}
