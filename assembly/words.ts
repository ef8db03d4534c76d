import { CLASSES, CLASS_ATOM, CLASS_CLOSE, CLASS_CR, CLASS_QUOTE, CLASS_SET, CLASS_SPACE } from "./classes";
import { emit } from "./entries";
import { intern } from "./intern";
import * as layout from "./layout";
import { MASKS_AT } from "./masks";
import { ZEROS, digitBits, numberOf } from "./numbers";
import { CR, CRLF, QUOTE, SPACE, digitLanes, quotedStops, setLanes } from "./scan";
import { commandAt, countCommand, inputEnd, masksEnd, openParens, setCommand, setParens, stop } from "./state";

/** Results of {@link words} that are no class: it came to the end of the masks; or to that of the input or of the tape, behind whole commands. */
export const MORE: u32 = 11;
export const NOTHING: u32 = 12;

export const ODD = layout.FLAG_ODD << 8;
const ONE_SPACE = layout.FLAG_SPACE << 8;
const VECTOR: usize = 16;
const OPEN: u32 = 0x28;
/** In place of a command's first entry: it has tokens from before, so that its end must be left to the caller. */
export const CONTINUED: usize = layout.TAPE_END;
/** From a command's first entry to its last, at most. */
const MOST: usize = layout.ENTRY * <usize>(layout.COMMAND_ENTRIES - 1);

/** `A` to `z` all begin atoms. */
function isLetter(octet: u32): bool {
  return octet - 0x41 <= 0x39;
}

/** The bits of the octets from `p` on: 57 at least. */
function maskAt(p: usize): u64 {
  return load<u64>(p >> 3, MASKS_AT) >> (p & 7);
}

/**
 * Writes entries for words, parentheses and short quoted strings, and finishes commands of one line, until something else comes. This
 * is the loop in which the time goes, and what counts is the number of instructions. Engines put on the stack what they have no register for, so
 * it calls nothing, keeps in state.ts what it seldom needs, and leaves to its caller what is rare or long. Where it stopped is in state.ts, too.
 *
 * A command's limit of entries is left to the caller, who takes back what is too much.
 *
 * @param out where the next entry goes; the one before has room already
 * @param base the command's first octet
 * @returns the class of what comes, with CLASS_ATOM and CLASS_SET for words whose end the masks do not show or that need a longer look,
 *   and CLASS_TILDE for all that begin so; MORE or NOTHING
 */
export function words(p: usize, out: usize, base: usize): u32 {
  // Conditions have an if each, with something between them or a break behind each: two in one are both computed, as numbers.
  let kind: u32 = MORE;
  // The mask from `p` on, as far as it was read: its lowest bit that is set is right. 0: it must be read. Shifting it along takes less than reading it for
  // each word.
  let mask: u64 = 0;
  // The octet at `p`, and with it the flags of its entry: ONE_SPACE, and ODD once an octet of this word was.
  let next: u32 = load<u8>(p);
  // The last entry, and what makes an offset in the command of an address: each in the form that takes one instruction.
  let last = out - layout.ENTRY;
  let minus: usize = 0 - base;
  while (true) {
    const c = next & 0xff;
    if (!isLetter(c)) {
      if (c == CR) {
        kind = CLASS_CR;
        if (load<u16>(p) != CRLF) break;
        const cmd = commandAt();
        const size = last - cmd;
        // Too many, or CONTINUED.
        if (size > MOST) break;
        if (openParens() != 0) break;
        let id: u32 = 0;
        if (size >= 2 * layout.ENTRY) {
          store<u16>(cmd, 0, layout.ENTRY + 2);
          id = load<u16>(cmd, 2 * layout.ENTRY + 2);
        } else {
          // A lone tag has rules of its own: see commandId.
          if (size != 0) break;
          kind = MORE;
          if (p >= masksEnd()) break;
          kind = CLASS_CR;
        }
        p += 2;
        // The LF may be the sentinel: then the line's own has not come.
        if (p > inputEnd()) {
          p -= 2;
          break;
        }
        emit(cmd, layout.KIND_COMMAND | (id << 16), 0 - minus - layout.INPUT, p - layout.INPUT, <u32>(size >> 4) + 1);
        countCommand();
        minus = 0 - p;
        last += layout.ENTRY;
        setCommand(last);
        kind = NOTHING;
        if (p >= inputEnd()) break;
        if (last > layout.TAPE_LAST_START) break;
        next = load<u8>(p);
        mask = 0;
        // The tag of the next command, as most look: it needs no id.
        if (isLetter(next)) {
          mask = maskAt(p);
          if (mask == 0) continue;
          const bits = ctz(mask);
          const behind: u32 = load<u16>(p + <usize>bits);
          if ((behind & 0xff) == SPACE) {
            last += layout.ENTRY;
            store<u64>(last, layout.KIND_ATOM);
            store<u64>(last, bits, 8);
            mask >>= bits;
            mask >>= 1;
            p += <usize>bits + 1;
            next = (behind >> 8) | ONE_SPACE;
          }
        }
        continue;
      }
      const closes = c - OPEN;
      if (closes <= 1) {
        kind = MORE;
        if (p >= masksEnd()) break;
        kind = CLASS_CLOSE;
        const depth = openParens() + 1 - 2 * <i32>closes;
        if (depth < 0) break;
        setParens(depth);
        const start = p + minus;
        last += layout.ENTRY;
        store<u32>(last, (layout.KIND_OPEN + closes) | (next & ONE_SPACE));
        store<u32>(last, start, 4);
        store<u64>(last, <u64>(start + 1), 8);
        mask >>= 1;
        p++;
        next = load<u8>(p);
        continue;
      }
      kind = load<u8>(<usize>c, CLASSES);
      if (kind != CLASS_ATOM) {
        if (kind == CLASS_SET) {
          if (p >= masksEnd()) {
            kind = MORE;
            break;
          }
          const octets = load<u64>(p) ^ ZEROS;
          const bits = digitBits(octets);
          // One to seven digits, and what ends them, are a number.
          if (bits - 1 < 63) {
            const digits = <usize>(bits >> 3);
            const behind: u32 = load<u16>(p + digits);
            if (load<u8>(<usize>(behind & 0xff), CLASSES) > CLASS_SET) {
              last += layout.ENTRY;
              const start = p + minus;
              store<u32>(last, layout.KIND_NUMBER | (next & ONE_SPACE));
              store<u32>(last, start, 4);
              store<u32>(last, start + digits, 8);
              store<u32>(last, numberOf(octets << (64 - bits)), 12);
              p += digits;
              mask >>= digits;
              next = behind & 0xff;
              if (next == SPACE) {
                p++;
                mask >>= 1;
                next = (behind >> 8) | ONE_SPACE;
              }
              continue;
            }
          }
          let head = layout.KIND_SET | (next & ONE_SPACE);
          let two: u32 = 0;
          let q = p;
          mask = maskAt(p);
          while (mask != 0) {
            q = p + <usize>ctz(mask);
            two = load<u16>(q);
            if (load<u8>(<usize>(two & 0xff), CLASSES) > CLASS_SET) break;
            head |= ODD;
            mask &= mask - 1;
          }
          if (mask == 0) break;
          // What begins with anything else, or with many digits, is left to the caller.
          const first = v128.load(p);
          const count = <usize>ctz(~(<u32>i8x16.bitmask(digitLanes(first))));
          if (count >= VECTOR) break;
          if (count >= q - p) break;
          let at = p;
          while (true) {
            const lanes = v128.load(at);
            const other = ~(<u32>i8x16.bitmask(v128.or(setLanes(lanes), i8x16.eq(lanes, i8x16.splat(0x2a)))));
            at += ctz(other);
            if (at >= q) break;
            if (other != 0xffff_0000) {
              head += layout.KIND_ATOM - layout.KIND_SET;
              break;
            }
          }
          last += layout.ENTRY;
          store<u32>(last, head);
          store<u32>(last, p + minus, 4);
          store<u64>(last, <u64>(q + minus), 8);
          p = q;
          mask = 0;
          next = two & 0xff;
          if (next == SPACE) {
            p++;
            next = (two >> 8) | ONE_SPACE;
          }
          continue;
        }
        if (kind == CLASS_QUOTE) {
          if (p >= masksEnd()) {
            kind = MORE;
            break;
          }
          const first = v128.load(p, 1);
          const second = v128.load(p, 1 + VECTOR);
          const stops = <u32>i8x16.bitmask(quotedStops(first)) | ((<u32>i8x16.bitmask(quotedStops(second))) << 16);
          if (stops == 0) break;
          if (i8x16.bitmask(v128.or(first, second)) != 0) break;
          const length = <usize>ctz(stops);
          if (load<u8>(p + length, 1) != QUOTE) break;
          const start = p + minus + 1;
          last += layout.ENTRY;
          store<u32>(last, layout.KIND_QUOTED | (next & ONE_SPACE));
          store<u32>(last, start, 4);
          store<u64>(last, <u64>(start + length), 8);
          p += length + 2;
          mask = 0;
          const two: u32 = load<u16>(p);
          next = two & 0xff;
          if (next == SPACE) {
            p++;
            next = (two >> 8) | ONE_SPACE;
          }
          continue;
        }
        if (kind != CLASS_SPACE) break;
        if (p >= masksEnd()) {
          kind = MORE;
          break;
        }
        p++;
        mask >>= 1;
        next = <u32>load<u8>(p) | ONE_SPACE;
        continue;
      }
    }
    kind = CLASS_ATOM;
    if (mask == 0) {
      mask = maskAt(p);
      if (mask == 0) break;
    }
    const bits = ctz(mask);
    const behind = p + <usize>bits;
    last += layout.ENTRY;
    store<u32>(last, (next & (ONE_SPACE | ODD)) | layout.KIND_ATOM);
    store<u32>(last, p + minus, 4);
    store<u64>(last, <u64>(behind + minus), 8);
    intern(last, behind, <usize>bits);
    const two: u32 = load<u16>(behind);
    if ((two & 0xff) == SPACE) {
      p = behind + 1;
      mask >>= bits;
      mask >>= 1;
      next = (two >> 8) | ONE_SPACE;
      continue;
    }
    if (load<u8>(<usize>(two & 0xff), CLASSES) > CLASS_SET) {
      p = behind;
      mask >>= bits;
      next = two & 0xff;
      continue;
    }
    // The mask also has the octets that are odd, but end no word: once more, to the next one.
    last -= layout.ENTRY;
    mask = maskAt(p) & ((<u64>-2) << bits);
    if (mask == 0) break;
    next |= ODD;
  }
  stop(p, last + layout.ENTRY, next & ONE_SPACE, 0 - minus);
  return kind;
}
