import { CLASSES, CLASS_ATOM, CLASS_CR, CLASS_LF, CLASS_QUOTE, CLASS_SET, CLASS_TILDE } from "./classes";
import { emit } from "./entries";
import * as layout from "./layout";
import { MASK_BITS, readMasks } from "./masks";
import { QUOTE, SPACE, addressOf, atomTail, flagsOf, quotedTail, setTail } from "./scan";
import { commandAt, inputEnd, masksEnd, setCommand, setParens, stop, stopAt, stopBase, stopFurther, stopOut, stopSpace } from "./state";
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
 * strings. Where it stopped is in state.ts.
 *
 * @param limit where no entry of this command may be written any more
 * @param cmd the first entry of the command, or CONTINUED
 * @returns the class of what comes, CLASS_TILDE only for `~{`; BAD_QUOTED at the octet that cannot be in a quoted string; NO_ROOM; NOTHING
 */
export function tokens(p: usize, out: usize, limit: usize, base: usize, depth: i32, cmd: usize): u32 {
  setParens(depth);
  setCommand(cmd);
  let ahead = p == layout.INPUT ? FIRST_MASKS : FEW_MASKS;
  while (out < limit) {
    if (p >= masksEnd()) {
      readMasks(p, ahead);
      ahead = min(ahead * 2, layout.MOST_MASKS);
    }
    const kind = words(p, out, base);
    p = stopAt();
    out = stopOut();
    base = stopBase();
    if (kind == NOTHING) return kind;
    if (cmd != commandAt()) {
      cmd = commandAt();
      limit = cmd + layout.ENTRY * layout.COMMAND_ENTRIES;
    }
    if (out >= limit) {
      if (out == limit) break;
      // Back to the first that has no room.
      p = base + load<u32>(limit, 4);
      if ((load<u32>(limit) & 0xff) == layout.KIND_QUOTED) p--;
      stop(p, limit, 0, base);
      return NO_ROOM;
    }
    if (kind == MORE || (kind == CLASS_ATOM && p + MASK_BITS > masksEnd() && masksEnd() <= inputEnd())) {
      // Its masks, or for a word that may be short those of its end; then once more, with the space before it.
      readMasks(max(p, masksEnd()), ahead);
      ahead = min(ahead * 2, layout.MOST_MASKS);
      if (stopSpace() != 0) p--;
      continue;
    }
    const other = longToken(kind, p, out, stopSpace(), base);
    if (other != WRITTEN) return other;
    out += layout.ENTRY;
    p = tokenEnd;
    ahead = FEW_MASKS;
  }
  while (load<u8>(p) == SPACE) p++;
  const comes = classOf(p);
  stop(p, out, 0, base);
  return comes == CLASS_CR || comes == CLASS_LF ? comes : NO_ROOM;
}
