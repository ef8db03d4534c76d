import { INPUT, NAMES, NAME_SIZE, NAME_TABLE, OUTPUT } from "./layout";
import { COLON, LF, endHeader, isBlank, isEmptyLine, nextFeed } from "./octets";

/**
 * Copies the fields whose names are among NAMES, or with `not` all others, then an empty line, to OUTPUT. Returns how many octets.
 *
 * The header ends at its empty line, or with the input. A line without a colon has no name.
 */
export function filterFields(length: i32, not: i32): i32 {
  const end = endHeader(length);
  let out = OUTPUT;
  // Neighbouring wanted fields are copied together.
  let runStart = INPUT;
  let runEnd = INPUT;
  let at = INPUT;
  while (at < end && !isEmptyLine(at, end)) {
    const colon = colonOrFeed(at);
    const named = load<u8>(colon) == COLON && isNamed(at, colon);
    let next = nextFeed(colon) + 1;
    while (next < end && isBlank(load<u8>(next))) next = nextFeed(next) + 1;
    next = min(next, end);
    if (named != (not != 0)) {
      if (runEnd != at) {
        memory.copy(out, runStart, runEnd - runStart);
        out += runEnd - runStart;
        runStart = at;
      }
      runEnd = next;
    }
    at = next;
  }
  memory.copy(out, runStart, runEnd - runStart);
  out += runEnd - runStart;
  store<u16>(out, 0x0a0d);
  return <i32>(out + 2 - OUTPUT);
}

function colonOrFeed(at: usize): usize {
  while (true) {
    const octets = v128.load(at);
    const found = <u32>i8x16.bitmask(v128.or(i8x16.eq(octets, i8x16.splat(COLON)), i8x16.eq(octets, i8x16.splat(LF))));
    if (found != 0) return at + <usize>ctz(found);
    at += 16;
  }
}

function isNamed(at: usize, colon: usize): bool {
  while (colon > at && isBlank(load<u8>(colon - 1))) colon--;
  const length = <u32>(colon - at);
  if (length >= <u32>NAME_SIZE) return false;
  const entry = NAMES + <usize>(length << 1);
  let name = NAMES + <usize>NAME_TABLE + <usize>load<u8>(entry) * <usize>(NAME_SIZE * 2);
  const first = v128.load(at);
  const second = v128.load(at, 16);
  const wanted: u32 = (1 << length) - 1;
  for (let count = <u32>load<u8>(entry, 1); count > 0; count--) {
    const low = <u32>i8x16.bitmask(i8x16.eq(v128.or(first, v128.load(name, 32)), v128.load(name)));
    const high = <u32>i8x16.bitmask(i8x16.eq(v128.or(second, v128.load(name, 48)), v128.load(name, 16)));
    if (((low | (high << 16)) & wanted) == wanted) return true;
    name += <usize>(NAME_SIZE * 2);
  }
  return false;
}
