import { BLOCK, blockAt, blockOdds, blockStops, keepBlock, readBlock } from "./block";
import { CLASSES, CLASS_ATOM, CLASS_CLOSE, CLASS_CR, CLASS_LF, CLASS_OPEN, CLASS_QUOTE, CLASS_SET, CLASS_TILDE } from "./classes";
import { emit } from "./entries";
import { intern } from "./intern";
import * as layout from "./layout";
import { SPACE, addressOf, atomTail, flagsOf, quotedTail, setTail } from "./scan";

/** Results of {@link words} that are no class. */
export const NO_ROOM: u32 = 10;
export const BAD_QUOTED: u32 = 11;

/** Where {@link words} stopped, where the next entry goes, the open parentheses, and FLAG_SPACE in its place in an entry. */
export let wordsAt: usize = 0;
export let wordsOut: usize = 0;
export let wordsDepth: i32 = 0;
export let wordsSpace: u32 = 0;

const BRACE: u32 = 0x7b;
const QUOTE: u8 = 0x22;
const ODD = layout.FLAG_ODD << 8;
const ONE_SPACE = layout.FLAG_SPACE << 8;
/** Where {@link ODD} is. */
const ODD_SHIFT: u32 = 10;

function classOf(at: usize): u32 {
  return load<u8>(CLASSES + <usize>load<u8>(at));
}

/** What is left of the block's bits behind `count` octets. */
function behind(bits: u32, count: usize): u32 {
  return count < BLOCK ? bits >> count : 0;
}

/**
 * Writes entries for atoms, numbers, sets, quoted strings and parentheses, as most tokens are, until
 * something else comes. This is the loop in which the time goes: it has few variables, so that all of
 * them stay in registers, and leaves the rest to its caller.
 *
 * @param limit where no entry may be written any more
 * @returns the class of what comes, CLASS_TILDE only for `~{`; BAD_QUOTED at the octet that cannot be in
 *   a quoted string; NO_ROOM
 */
export function words(p: usize, out: usize, limit: usize, base: usize, depth: i32): u32 {
  const moved = p - blockAt;
  let stops = behind(blockStops, moved);
  let odds = behind(blockOdds, moved);
  while (out < limit) {
    let c: u32 = load<u8>(p);
    let space: u32 = 0;
    if (c == SPACE) {
      space = ONE_SPACE;
      do {
        c = load<u8>(++p);
        stops >>= 1;
        odds >>= 1;
      } while (c == SPACE);
    }
    let kind: u32 = load<u8>(CLASSES + <usize>c);
    if (kind == CLASS_ATOM || (kind == CLASS_TILDE && load<u8>(p, 1) != BRACE)) {
      if (stops == 0) {
        readBlock(p);
        stops = blockStops;
        odds = blockOdds;
        if (stops == 0) {
          const tail = atomTail(p + BLOCK, odds);
          const q = addressOf(tail);
          emit(out, layout.KIND_ATOM | space | (flagsOf(tail) != 0 ? ODD : 0), p - base, q - base, 0);
          out += layout.ENTRY;
          p = q;
          continue;
        }
      }
      const length = <usize>ctz(stops);
      const odd = (<u32>((odds & (stops ^ (stops - 1))) != 0)) << ODD_SHIFT;
      // No name has one octet: neither those nor long ones are looked up.
      const id = <u32>length - 2 <= 14 ? intern(p, length, c) : 0;
      emit(out, layout.KIND_ATOM | space | odd | (id << 16), p - base, p + length - base, 0);
      out += layout.ENTRY;
      p += length;
      stops >>= length;
      odds >>= length;
      continue;
    }
    switch (kind) {
      case CLASS_SET: {
        let value: u64 = 0;
        let q = p;
        let digit = c - 0x30;
        while (digit <= 9) {
          if (value <= 0xffff_ffff) value = value * 10 + digit;
          digit = <u32>load<u8>(++q) - 0x30;
        }
        let head = layout.KIND_ATOM | space;
        let next = classOf(q);
        let odd: u32 = 0;
        if (next == CLASS_SET) {
          const tail = setTail(q);
          q = addressOf(tail);
          odd = flagsOf(tail);
          next = classOf(q);
          head = layout.KIND_SET | space;
          value = 0;
        } else if (value <= 0xffff_ffff) {
          head = layout.KIND_NUMBER | space;
        } else {
          value = 0;
        }
        if (next == CLASS_ATOM || next == CLASS_TILDE) {
          const tail = atomTail(q, odd);
          q = addressOf(tail);
          odd = flagsOf(tail);
          head = layout.KIND_ATOM | space;
          value = 0;
        }
        emit(out, head | (odd != 0 ? ODD : 0), p - base, q - base, <u32>value);
        out += layout.ENTRY;
        stops = behind(stops, q - p);
        odds = behind(odds, q - p);
        p = q;
        continue;
      }
      case CLASS_QUOTE: {
        const tail = quotedTail(p + 1);
        const q = addressOf(tail);
        stops = behind(stops, q + 1 - p);
        odds = behind(odds, q + 1 - p);
        if (load<u8>(q) != QUOTE) {
          p = q;
          stops = 0;
          kind = BAD_QUOTED;
          break;
        }
        emit(out, layout.KIND_QUOTED | space | (flagsOf(tail) << 8), p + 1 - base, q - base, 0);
        out += layout.ENTRY;
        p = q + 1;
        continue;
      }
      case CLASS_OPEN: {
        emit(out, layout.KIND_OPEN | space, p - base, p + 1 - base, 0);
        out += layout.ENTRY;
        depth++;
        p++;
        stops >>= 1;
        odds >>= 1;
        continue;
      }
      case CLASS_CLOSE: {
        if (depth == 0) break;
        emit(out, layout.KIND_CLOSE | space, p - base, p + 1 - base, 0);
        out += layout.ENTRY;
        depth--;
        p++;
        stops >>= 1;
        odds >>= 1;
        continue;
      }
    }
    return leave(kind, p, out, depth, space, stops, odds);
  }
  while (load<u8>(p) == SPACE) p++;
  const kind = classOf(p);
  return leave(kind == CLASS_CR || kind == CLASS_LF ? kind : NO_ROOM, p, out, depth, 0, 0, 0);
}

function leave(kind: u32, p: usize, out: usize, depth: i32, space: u32, stops: u32, odds: u32): u32 {
  wordsAt = p;
  wordsOut = out;
  wordsDepth = depth;
  wordsSpace = space;
  keepBlock(p, stops, odds);
  return kind;
}
