import { ABSENT, FOUND, UNKNOWN, findText, isPattern } from "./find";
import { INPUT, NAME, OUTPUT, PATTERN_SIZE } from "./layout";
import { COLON, CR, EQUALS, LF, QUESTION, behindFirst, bits64, endHeader, isBlank, isEmptyLine } from "./octets";

/**
 * Whether a field called NAME has TEXT in its value, unfolded, in any case. With an empty text: whether there is such a field.
 *
 * UNKNOWN where such a field has octets above ASCII, what may be an encoded word, or a stray CR in its value. The header ends at its
 * empty line, or with the input.
 */
export function fieldHolds(length: i32, nameLength: i32, textLength: i32): i32 {
  const end = endHeader(length);
  const feed = i8x16.splat(LF);
  const first = v128.load8_splat(NAME);
  const mask = v128.load8_splat(NAME, PATTERN_SIZE);
  const carriage = i8x16.splat(CR);
  // The first line begins behind a line end too.
  store<u8>(INPUT - 1, LF);
  let w = v128.load(INPUT - 1);
  for (let at = INPUT - 1; at < end; at += 64) {
    const x = v128.load(at, 16);
    const y = v128.load(at, 32);
    const z = v128.load(at, 48);
    const next = v128.load(at, 64);
    const a = v128.and(i8x16.eq(w, feed), begins(behindFirst(w, x), first, mask, feed, carriage));
    const b = v128.and(i8x16.eq(x, feed), begins(behindFirst(x, y), first, mask, feed, carriage));
    const c = v128.and(i8x16.eq(y, feed), begins(behindFirst(y, z), first, mask, feed, carriage));
    const d = v128.and(i8x16.eq(z, feed), begins(behindFirst(z, next), first, mask, feed, carriage));
    w = next;
    if (!v128.any_true(v128.or(v128.or(a, b), v128.or(c, d)))) continue;
    for (let found = bits64(a, b, c, d); found != 0; found &= found - 1) {
      const line = at + <usize>ctz(found) + 1;
      if (line >= end || isEmptyLine(line, end)) return ABSENT;
      if (!isPattern(line, NAME, nameLength)) continue;
      let colon = line + <usize>nameLength;
      while (isBlank(load<u8>(colon))) colon++;
      if (load<u8>(colon) != COLON) continue;
      const answer = textLength == 0 ? FOUND : valueHolds(colon + 1, end, textLength);
      if (answer != ABSENT) return answer;
    }
  }
  return ABSENT;
}

function begins(octets: v128, first: v128, mask: v128, feed: v128, carriage: v128): v128 {
  return v128.or(i8x16.eq(v128.or(octets, mask), first), v128.or(i8x16.eq(octets, feed), i8x16.eq(octets, carriage)));
}

/** The same for the value that begins behind the colon. */
function valueHolds(colonEnd: usize, end: usize, textLength: i32): i32 {
  let start = colonEnd;
  while (isBlank(load<u8>(start))) start++;
  // Of a first line of nothing but blanks one is not the value's.
  if (start > colonEnd && isEmptyLine(start, end)) start = colonEnd + 1;
  return unfoldedHolds(start, end, textLength, false);
}

/** Whether a whole header has TEXT in a field or its name; UNKNOWN as for {@link fieldHolds}. */
export function headerHolds(length: i32, textLength: i32): i32 {
  const end = endHeader(length);
  return length == 0 || isEmptyLine(INPUT, end) ? ABSENT : unfoldedHolds(INPUT, end, textLength, true);
}

/** Whether the value of a field from `start` on, or what of a header is there, has TEXT in it. What has several lines is put together at OUTPUT. */
function unfoldedHolds(start: usize, end: usize, textLength: i32, whole: bool): i32 {
  const feed = i8x16.splat(LF);
  const carriage = i8x16.splat(CR);
  let out = OUTPUT;
  let line = start;
  let at = start;
  while (true) {
    const octets = v128.load(at);
    const next = v128.load(at, 1);
    const feeds = <u32>i8x16.bitmask(i8x16.eq(octets, feed));
    const strayOrWord = v128.or(
      v128.andnot(i8x16.eq(octets, carriage), i8x16.eq(next, feed)),
      v128.and(i8x16.eq(octets, i8x16.splat(EQUALS)), i8x16.eq(next, i8x16.splat(QUESTION))),
    );
    // An octet above ASCII has the bit that the mask of its lane is made of. Without a line end all 16 are of this line.
    const odd = <u32>i8x16.bitmask(v128.or(octets, strayOrWord)) & (feeds - 1) & ~feeds;
    if (odd != 0) return UNKNOWN;
    if (feeds == 0) {
      at += 16;
      continue;
    }
    const feedAt = at + <usize>ctz(feeds);
    const textEnd = feedAt > line && load<u8>(feedAt - 1) == CR ? feedAt - 1 : feedAt;
    at = feedAt + 1;
    const folded = at < end && isBlank(load<u8>(at));
    const more = folded || (whole && at < end && !isEmptyLine(at, end));
    if (!more && out == OUTPUT) return findText(line, textEnd, textLength) == 0 ? ABSENT : FOUND;
    memory.copy(out, line, textEnd - line);
    out += textEnd - line;
    line = at;
    if (!more) return findText(OUTPUT, out, textLength) == 0 ? ABSENT : FOUND;
    // Keeps two fields apart: no text has it.
    if (!folded) store<u8>(out++, LF);
  }
}
