import { COLON, CR, LF, isBlank, lower, toBytes } from "./ascii.ts";

/** Which fields of a header a client wants, prepared for use on any number of headers. */
export interface FieldFilter {
  /**
   * Copies the wanted fields of `header`, folding and line ends as they stand, then an empty line (RFC 9051 section 6.4.5),
   * into `out` from `at` on. Needs room for `header.length + 2` octets. Returns the offset after the last octet written.
   */
  filter(header: Uint8Array, out: Uint8Array, at: number): number;
  /** The same, into an array of its own. */
  select(header: Uint8Array): Uint8Array;
}

/** Below this length a loop copies faster than a view and a `set`. */
const LOOP_COPY = 64;

/**
 * Prepares HEADER.FIELDS, or HEADER.FIELDS.NOT when `not`.
 *
 * Names match in any case. A line that is no field has no name: HEADER.FIELDS never takes it, HEADER.FIELDS.NOT always does.
 * The empty line is written even where the message has none; after a last line without its line end it is that line end.
 */
export function compileFieldFilter(names: readonly (string | Uint8Array)[], not: boolean): FieldFilter {
  const byLength = groupByLength(names);
  return fieldFilterOf((header, out, at) => copyFields(header, byLength, not, out, at));
}

export function fieldFilterOf(filter: FieldFilter["filter"]): FieldFilter {
  return {
    filter,
    select(header) {
      const out = new Uint8Array(header.length + 2);
      return out.slice(0, filter(header, out, 0));
    },
  };
}

type NamesByLength = readonly (readonly Uint8Array[] | undefined)[];

function groupByLength(names: readonly (string | Uint8Array)[]): NamesByLength {
  const groups: Uint8Array[][] = [];
  for (const name of names) {
    const bytes = (typeof name === "string" ? toBytes(name) : name).map(lower);
    (groups[bytes.length] ??= []).push(bytes);
  }
  return groups;
}

function copyFields(header: Uint8Array, names: NamesByLength, not: boolean, out: Uint8Array, at: number): number {
  const size = header.length;
  let to = at;
  // Neighbouring wanted fields are copied together.
  let runStart = 0;
  let runEnd = 0;
  let start = 0;
  while (start < size) {
    let colon = start;
    let octet = header[start] ?? 0;
    if (octet === LF || (octet === CR && header[start + 1] === LF)) break;
    while (octet !== COLON && octet !== LF && ++colon < size) octet = header[colon] ?? 0;

    let line = colon;
    do line = header.indexOf(LF, line) + 1;
    while (line > 0 && line < size && isBlank(header[line]));
    const end = line > 0 ? line : size;
    if (isNamed(header, start, octet === COLON ? colon : start, names) !== not) {
      if (runEnd !== start) {
        to = copy(header, runStart, runEnd, out, to);
        runStart = start;
      }
      runEnd = end;
    }
    start = end;
  }
  to = copy(header, runStart, runEnd, out, to);
  out[to] = CR;
  out[to + 1] = LF;
  return to + 2;
}

function isNamed(header: Uint8Array, start: number, colon: number, names: NamesByLength): boolean {
  let end = colon;
  while (end > start && isBlank(header[end - 1])) end--;
  const candidates = end > start ? names[end - start] : undefined;
  if (candidates === undefined) return false;
  const first = lower(header[start] ?? 0);
  for (const name of candidates) {
    if (name[0] !== first) continue;
    let i = 1;
    while (i < name.length && lower(header[start + i] ?? 0) === name[i]) i++;
    if (i === name.length) return true;
  }
  return false;
}

function copy(from: Uint8Array, start: number, end: number, to: Uint8Array, at: number): number {
  if (end - start >= LOOP_COPY) to.set(from.subarray(start, end), at);
  else for (let i = start; i < end; i++) to[at + i - start] = from[i] ?? 0;
  return at + end - start;
}
