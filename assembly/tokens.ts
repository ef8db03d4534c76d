import { CLASSES, CLASS_ATOM, CLASS_CR, CLASS_LF, CLASS_QUOTE, CLASS_SET, CLASS_TILDE } from "./classes";
import { emit } from "./entries";
import * as layout from "./layout";
import { CLEAR, masksUntil, readMasks } from "./masks";
import { QUOTE, SPACE, addressOf, atomTail, flagsOf, quotedTail, setTail } from "./scan";
import { stop, stopAt, stopBase, stopCommand, stopDepth, stopFurther, stopOut, stopSpace } from "./stop";
import { MORE, ODD, words } from "./words";

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

/** The end of the token that was read last, and its value. */
let tokenEnd: usize = 0;
let tokenValue: u32 = 0;

/** Kind and flags of an atom of any length. */
function atom(at: usize): u32 {
  const tail = atomTail(at, 0);
  tokenEnd = addressOf(tail);
  tokenValue = 0;
  return layout.KIND_ATOM | (flagsOf(tail) != 0 ? ODD : 0);
}

/** Kind and flags of a number, a set or an atom that begins like one, of any length. */
function numberSetOrAtom(at: usize): u32 {
  let value: u64 = 0;
  let q = at;
  let digit = <u32>load<u8>(q) - 0x30;
  while (digit <= 9) {
    if (value <= 0xffff_ffff) value = value * 10 + digit;
    digit = <u32>load<u8>(++q) - 0x30;
  }
  let kind = value <= 0xffff_ffff ? layout.KIND_NUMBER : layout.KIND_ATOM;
  let odd: u32 = 0;
  let following = classOf(q);
  if (following == CLASS_SET) {
    const tail = setTail(q);
    q = addressOf(tail);
    odd = flagsOf(tail);
    following = classOf(q);
    kind = layout.KIND_SET;
  }
  if (following == CLASS_ATOM || following == CLASS_TILDE) {
    const tail = atomTail(q, odd);
    q = addressOf(tail);
    odd = flagsOf(tail);
    kind = layout.KIND_ATOM;
  }
  tokenEnd = q;
  tokenValue = kind == layout.KIND_NUMBER ? <u32>value : 0;
  return kind | (odd != 0 ? ODD : 0);
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
    let head = stopSpace;
    switch (kind) {
      case CLASS_ATOM: {
        if (p + CLEAR > masksUntil && masksUntil <= end) {
          // It may be short, and its end behind the masks: once more, with the space before it.
          if (head != 0) p--;
          readMasks(masksUntil, ahead, end);
          ahead = min(ahead * 2, MOST_MASKS);
          continue;
        }
        head |= atom(p);
        break;
      }
      case CLASS_TILDE: {
        if (load<u16>(p) == LITERAL8) return kind;
        head |= atom(p);
        break;
      }
      case CLASS_SET: {
        head |= numberSetOrAtom(p);
        break;
      }
      case CLASS_QUOTE: {
        const tail = quotedTail(p + 1);
        const q = addressOf(tail);
        if (load<u8>(q) != QUOTE) {
          stopFurther(q);
          return BAD_QUOTED;
        }
        emit(out, layout.KIND_QUOTED | head | (flagsOf(tail) << 8), p + 1 - base, q - base, 0);
        out += layout.ENTRY;
        p = q + 1;
        ahead = FEW_MASKS;
        continue;
      }
      default:
        return kind;
    }
    emit(out, head, p - base, tokenEnd - base, tokenValue);
    out += layout.ENTRY;
    p = tokenEnd;
    ahead = FEW_MASKS;
  }
  while (load<u8>(p) == SPACE) p++;
  const comes = classOf(p);
  stop(p, out, depth, 0, base, cmd);
  return comes == CLASS_CR || comes == CLASS_LF ? comes : NO_ROOM;
}
