import { CLASSES, CLASS_ATOM, CLASS_CLOSE, CLASS_CR, CLASS_OPEN, CLASS_QUOTE, CLASS_SET, CLASS_SPACE } from "./classes";
import { emit } from "./entries";
import { intern } from "./intern";
import * as layout from "./layout";
import { MASKS_AT } from "./masks";
import { DIGITS, areDigits, digitsAt, numberOf } from "./numbers";
import { CRLF, QUOTE, SPACE, digitLanes, quotedStops, setLanes } from "./scan";
import { countCommands, stop } from "./stop";

/** Results of {@link words} that are no class: it came to `until`; or to the end of the input or of the tape, behind whole commands. */
export const MORE: u32 = 11;
export const NOTHING: u32 = 12;

export const ODD = layout.FLAG_ODD << 8;
const ONE_SPACE = layout.FLAG_SPACE << 8;
const VECTOR: usize = 16;

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
 * is the loop in which the time goes. An engine puts variables on the stack for what seldom runs, too, and workerd's checks the bounds
 * of each load and store: so it calls nothing, goes to memory as seldom as it can, and leaves to its caller what is rare or long. Where
 * it stopped is in stop.ts.
 *
 * @param until where no token may begin any more: the masks or the room for entries end. It is behind `p`
 * @param cmd the first entry of the command, whose first token is at `p`; 0 if it has tokens from before and must be left to the caller
 * @param end where the sentinel is
 * @returns the class of what comes, with CLASS_ATOM and CLASS_SET for words whose end the masks do not show or that need a longer look,
 *   and CLASS_TILDE for all that begin so; MORE or NOTHING
 */
export function words(p: usize, out: usize, until: usize, base: usize, depth: i32, cmd: usize, end: usize): u32 {
  // Conditions have an if each, and nothing is done once for several branches: engines then keep less.
  let commands: i32 = 0;
  let kind: u32 = MORE;
  let space: u32 = 0;
  // The octets at `p` and behind it.
  let two: u32 = load<u16>(p);
  while (true) {
    if (p >= until) {
      kind = MORE;
      break;
    }
    let c = two & 0xff;
    space = 0;
    if (c == SPACE) {
      c = two >> 8;
      p++;
      space = ONE_SPACE;
    }
    kind = CLASS_ATOM;
    if (!isLetter(c)) {
      kind = load<u8>(<usize>c, CLASSES);
      if (kind > CLASS_SET) {
        if (kind == CLASS_OPEN) {
          const start = p - base;
          store<u32>(out, layout.KIND_OPEN | space);
          store<u32>(out, start, 4);
          store<u64>(out, <u64>(start + 1), 8);
          out += layout.ENTRY;
          depth++;
          p++;
          two = load<u16>(p);
          continue;
        }
        if (kind == CLASS_CLOSE) {
          if (depth == 0) break;
          const start = p - base;
          store<u32>(out, layout.KIND_CLOSE | space);
          store<u32>(out, start, 4);
          store<u64>(out, <u64>(start + 1), 8);
          out += layout.ENTRY;
          depth--;
          p++;
          two = load<u16>(p);
          continue;
        }
        if (kind == CLASS_CR) {
          if (cmd == 0) break;
          if (depth != 0) break;
          if (load<u16>(p) != CRLF) break;
          if (p + 1 >= end) break;
          let id: u32 = 0;
          if (out != cmd + layout.ENTRY) {
            // A lone token has an id: see commandId.
            if (out == cmd + 2 * layout.ENTRY) break;
            store<u16>(cmd, 0, layout.ENTRY + 2);
            id = load<u32>(cmd, 2 * layout.ENTRY) & 0xffff_0000;
          }
          p += 2;
          emit(cmd, layout.KIND_COMMAND | id, base - layout.INPUT, p - layout.INPUT, <u32>((out - cmd) >> 4));
          commands++;
          base = p;
          cmd = out;
          kind = NOTHING;
          if (p >= end) break;
          if (out > layout.TAPE_LAST_START) break;
          out += layout.ENTRY;
          two = load<u16>(p);
          // The tag of the next command, as most look: it needs no id.
          if (isLetter(two & 0xff)) {
            if (p < until) {
              const mask = maskAt(p);
              const length = <usize>ctz(mask);
              const behind: u32 = load<u16>(p + length);
              if ((behind & 0xff) == SPACE && mask != 0) {
                store<u64>(out, layout.KIND_ATOM);
                store<u64>(out, length, 8);
                out += layout.ENTRY;
                p += length;
                two = behind;
              }
            }
          }
          continue;
        }
        if (kind == CLASS_QUOTE) {
          const first = v128.load(p, 1);
          const second = v128.load(p, 1 + VECTOR);
          const stops = <u32>i8x16.bitmask(quotedStops(first)) | ((<u32>i8x16.bitmask(quotedStops(second))) << 16);
          if (stops == 0) break;
          if (i8x16.bitmask(v128.or(first, second)) != 0) break;
          const length = <usize>ctz(stops);
          if (load<u8>(p + length, 1) != QUOTE) break;
          const start = p - base + 1;
          store<u32>(out, layout.KIND_QUOTED | space);
          store<u32>(out, start, 4);
          store<u64>(out, <u64>(start + length), 8);
          out += layout.ENTRY;
          p += length + 2;
          two = load<u16>(p);
          continue;
        }
        if (kind != CLASS_SPACE) break;
        two = load<u16>(p);
        continue;
      }
    }
    let mask = maskAt(p);
    if (mask == 0) break;
    let length = <usize>ctz(mask);
    let head = layout.KIND_ATOM | space;
    two = load<u16>(p + length);
    if ((two & 0xff) != SPACE) {
      // The mask also has the octets that are odd, but end no word.
      if (load<u8>(<usize>(two & 0xff), CLASSES) <= CLASS_SET) {
        head |= ODD;
        do {
          mask &= mask - 1;
          if (mask == 0) break;
          length = <usize>ctz(mask);
          two = load<u16>(p + length);
        } while (load<u8>(<usize>(two & 0xff), CLASSES) <= CLASS_SET);
        if (mask == 0) break;
      }
    }
    const start = p - base;
    store<u32>(out, start, 4);
    store<u64>(out, <u64>(start + length), 8);
    if (kind == CLASS_ATOM) {
      // No name has one octet: neither those nor long ones are looked up.
      if (<u32>length - 2 <= 14) head |= intern(p, length) << 16;
    } else {
      const digits = digitsAt(p, length);
      if (length <= DIGITS && areDigits(digits)) {
        store<u32>(out, numberOf(digits), 12);
        head += layout.KIND_NUMBER - layout.KIND_ATOM;
      } else {
        const count = <usize>ctz(~(<u32>i8x16.bitmask(digitLanes(v128.load(p)))));
        if (count >= VECTOR || count >= length) break;
        let q = p;
        let other: u32 = 0;
        do {
          const octets = v128.load(q);
          other = ~(<u32>i8x16.bitmask(v128.or(setLanes(octets), i8x16.eq(octets, i8x16.splat(0x2a)))));
          q += ctz(other);
        } while (other == 0xffff_0000 && q < p + length);
        if (q >= p + length) head += layout.KIND_SET - layout.KIND_ATOM;
      }
    }
    store<u32>(out, head);
    out += layout.ENTRY;
    p += length;
  }
  countCommands(commands);
  stop(p, out, depth, space, base, cmd);
  return kind;
}
