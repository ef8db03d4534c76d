import { CLASSES, CLASS_ATOM, CLASS_CR, CLASS_LF, CLASS_QUOTE, CLASS_SET, CLASS_TILDE } from "./classes";
import { emit } from "./entries";
import * as layout from "./layout";
import { CLEAR, masksUntil, readMasks } from "./masks";
import { QUOTE, SPACE, addressOf, atomTail, flagsOf, quotedTail, setTail } from "./scan";
import { stop, stopAt, stopBase, stopCommand, stopDepth, stopFurther, stopOut, stopSpace } from "./stop";
import { MORE, NOTHING, ODD, words } from "./words";

/** Results of {@link tokens} that are no class, beside NOTHING. */
export const NO_ROOM: u32 = 13;
export const BAD_QUOTED: u32 = 14;

/**
 * Octets whose masks are made at a time: more and more, as long as no long token comes, whose masks nobody needs. A call mostly brings one
 * command, for which the first ones are enough.
 */
const FIRST_MASKS: usize = 128;
const FEW_MASKS: usize = 32;
const MOST_MASKS: usize = 2048;
/** `~{`, as a load of both octets sees them. */
const LITERAL8: u32 = 0x7b7e;

function classOf(at: usize): u32 {
  return load<u8>(<usize>load<u8>(at), CLASSES);
}

/** The end of the token that {@link longToken} wrote. */
let tokenEnd: usize = 0;
/** Result of {@link longToken} that is no class. */
const WRITTEN: u32 = 15;

/**
 * Writes the entry of a token that {@link words} leaves, of any length. A function of its own, and large enough to stay one: in most calls nothing
 * is long, and then no engine has to compile it.
 *
 * @param space FLAG_SPACE in its place in an entry
 * @returns WRITTEN, or what {@link tokens} returns
 */
function longToken(kind: u32, p: usize, out: usize, space: u32, base: usize): u32 {
  if (kind == CLASS_QUOTE) {
    const tail = quotedTail(p + 1);
    const q = addressOf(tail);
    if (load<u8>(q) != QUOTE) {
      stopFurther(q);
      return BAD_QUOTED;
    }
    emit(out, layout.KIND_QUOTED | space | (flagsOf(tail) << 8), p + 1 - base, q - base, 0);
    tokenEnd = q + 1;
    return WRITTEN;
  }
  let token = layout.KIND_ATOM;
  let tail = <u64>p;
  let value: u64 = 0;
  let following = kind;
  if (kind == CLASS_SET) {
    let q = p;
    let digit = <u32>load<u8>(q) - 0x30;
    while (digit <= 9) {
      if (value <= 0xffff_ffff) value = value * 10 + digit;
      digit = <u32>load<u8>(++q) - 0x30;
    }
    if (value <= 0xffff_ffff) token = layout.KIND_NUMBER;
    tail = <u64>q;
    following = classOf(q);
    if (following == CLASS_SET) {
      tail = setTail(q);
      token = layout.KIND_SET;
      following = classOf(addressOf(tail));
    }
  } else if (kind != CLASS_ATOM) {
    if (kind != CLASS_TILDE || load<u16>(p) == LITERAL8) return kind;
  }
  if (following == CLASS_ATOM || following == CLASS_TILDE) {
    tail = atomTail(addressOf(tail), flagsOf(tail));
    token = layout.KIND_ATOM;
  }
  tokenEnd = addressOf(tail);
  emit(out, token | space | (flagsOf(tail) != 0 ? ODD : 0), p - base, tokenEnd - base, token == layout.KIND_NUMBER ? <u32>value : 0);
  return WRITTEN;
}

/**
 * Writes entries for tokens until something else comes: those that {@link words} writes, and what it leaves of atoms, numbers, sets and quoted
 * strings. Where it stopped is in stop.ts.
 *
 * @param limit where no entry of this command may be written any more
 * @returns the class of what comes, CLASS_TILDE only for `~{`; BAD_QUOTED at the octet that cannot be in a quoted string; NO_ROOM; NOTHING
 */
export function tokens(p: usize, out: usize, limit: usize, base: usize, depth: i32, cmd: usize, end: usize): u32 {
  let ahead = p == layout.INPUT ? FIRST_MASKS : FEW_MASKS;
  while (out < limit) {
    if (p >= masksUntil) {
      readMasks(p, ahead, end);
      ahead = min(ahead * 2, MOST_MASKS);
    }
    // A token has at least one octet.
    const kind = words(p, out, min(masksUntil, p + (limit - out) / layout.ENTRY), base, depth, cmd, end);
    p = stopAt;
    out = stopOut;
    depth = stopDepth;
    base = stopBase;
    if (cmd != stopCommand) {
      cmd = stopCommand;
      limit = cmd + layout.ENTRY * layout.COMMAND_ENTRIES;
    }
    if (kind == MORE) continue;
    if (kind == NOTHING) return kind;
    if (kind == CLASS_ATOM && p + CLEAR > masksUntil && masksUntil <= end) {
      // It may be short, and its end behind the masks: once more, with the space before it.
      if (stopSpace != 0) p--;
      readMasks(masksUntil, ahead, end);
      ahead = min(ahead * 2, MOST_MASKS);
      continue;
    }
    const other = longToken(kind, p, out, stopSpace, base);
    if (other != WRITTEN) return other;
    out += layout.ENTRY;
    p = tokenEnd;
    ahead = FEW_MASKS;
  }
  while (load<u8>(p) == SPACE) p++;
  const comes = classOf(p);
  stop(p, out, depth, 0, base, cmd);
  return comes == CLASS_CR || comes == CLASS_LF ? comes : NO_ROOM;
}
