import { CLASSES, CLASS_ATOM, CLASS_CLOSE, CLASS_CR, CLASS_LF, CLASS_LITERAL, CLASS_OPEN, CLASS_QUOTE, CLASS_SET } from "./classes";
import { intern } from "./intern";
import * as layout from "./layout";
import { HUGE_LITERAL, NO_LITERAL, TOO_LARGE, headerSize, literalHeader, trailingLiteral } from "./literal";
import { CR, LF, SPACE, addressOf, atomTail, flagsOf, lineFeed, oddMask, quotedTail, setTail, stopMask } from "./scan";

const TILDE: u32 = 0x7e;
const BRACE: u32 = 0x7b;

/** What ended the tokens of a command. */
const RUNNING = 0;
const COMPLETE = 1;
const NEED_MORE = 2;
const LITERAL = 3;
const FAILED = 4;
const HUGE = 5;

function emit(out: usize, head: u32, start: usize, end: usize, value: u32): void {
  store<u64>(out, <u64>head | ((<u64>(<u32>start)) << 32));
  store<u64>(out, <u64>(<u32>end) | ((<u64>value) << 32), 8);
}

function classOf(at: usize): u32 {
  return load<u8>(CLASSES + <usize>load<u8>(at));
}

/** Adds the flag of a line that ends with LF alone; `line` is where it began. */
function lineFlags(line: usize, feed: usize): u32 {
  return feed > line && load<u8>(feed - 1) == CR ? 0 : layout.FLAG_BARE_LF;
}

/** Id of the command's name: its second token, if tag and name both are on its first line. A lone token may be `DONE`. */
function commandId(cmd: usize, out: usize, base: usize): u32 {
  const first = cmd + layout.ENTRY;
  const second = first + layout.ENTRY;
  if (out > second) {
    if ((load<u32>(first) & 0xff) == layout.KIND_LITERAL) return 0;
    const head = load<u32>(second);
    return (head & 0xff) == layout.KIND_ATOM ? head >> 16 : 0;
  }
  if (out == second) {
    const head = load<u32>(first);
    const start = load<u32>(first, 4);
    const length = load<u32>(first, 8) - start;
    if ((head & 0xff) == layout.KIND_ATOM && length <= 16) {
      store<u32>(first, head | (intern(v128.load(base + start), length) << 16));
    }
  }
  return 0;
}

/**
 * Cuts the input into tokens. See packages/imap/src/parser/tokenizer.ts for the contract.
 *
 * @param length octets in INPUT
 * @param inlineMax longest non-synchronizing literal that is taken with its command
 * @param inlineTotal offset within its command up to which an inline literal may reach
 * @param used octets of the first command that were tokenized before; its offsets begin there
 * @param depth0 DEPTH_NEW, DEPTH_POISONED, or the open parentheses of the command that goes on
 * @param entries0 tape entries that the first command has from before
 * @returns entries on the tape; the rest is in HEADER
 */
export function parse(length: i32, inlineMax: u32, inlineTotal: u32, used: i32, depth0: i32, entries0: i32): i32 {
  const end = layout.INPUT + <usize>length;
  store<u8>(end, LF);
  let p = layout.INPUT;
  let out = layout.TAPE;
  let status = layout.STATUS_DONE;
  let commands = 0;
  let consumed = p;
  let resume = p;
  let depth = depth0;
  let open = out;
  let size: u32 = 0;
  let sizeFlags: u32 = 0;
  let base = p - <usize>used;
  // The entries from before hold the command's first one already.
  let entriesLeft = entries0 == 0 ? layout.COMMAND_ENTRIES : layout.COMMAND_ENTRIES - entries0 + 1;

  while (p < end) {
    const start = p;
    const cmd = out;
    if (cmd > layout.TAPE_LAST_START) {
      status = layout.STATUS_TAPE_FULL;
      break;
    }
    const fresh = depth == layout.DEPTH_NEW;
    const limit = cmd + layout.ENTRY * <usize>entriesLeft;
    let flags: u32 = 0;
    let line = p;
    let outcome = RUNNING;
    let error: u32 = 0;
    out = cmd + layout.ENTRY;
    if (depth < 0) {
      if (!fresh) {
        outcome = FAILED;
        error = layout.ERROR_POISONED;
      }
      depth = 0;
    }
    // Where to go on if the input ends too early: nothing is kept of an unfinished line.
    let safeOut = out;
    let safeAt = p;
    let safeDepth = fresh ? layout.DEPTH_NEW : outcome == FAILED ? layout.DEPTH_POISONED : depth;
    let safeFlags: u32 = 0;

    while (outcome == RUNNING) {
      let c: u32 = load<u8>(p);
      let space: u32 = 0;
      if (c == SPACE) {
        space = layout.FLAG_SPACE << 8;
        do c = load<u8>(++p);
        while (c == SPACE);
      }
      const kind: u32 = load<u8>(CLASSES + <usize>c);
      if (out >= limit && kind != CLASS_CR && kind != CLASS_LF) {
        error = layout.ERROR_TOO_MANY_TOKENS;
        outcome = FAILED;
        break;
      }
      let brace = p;
      switch (kind) {
        case CLASS_ATOM: {
          const octets = v128.load(p);
          const stop = stopMask(octets);
          const tag = fresh && out == cmd + layout.ENTRY;
          if (stop != 0) {
            const count = ctz(stop);
            const q = p + count;
            if (c == TILDE && count == 1 && load<u8>(q) == BRACE) {
              brace = q;
              break;
            }
            const odd = oddMask(octets) & ((1 << count) - 1);
            const id = tag || count == 1 ? 0 : intern(octets, count);
            emit(out, layout.KIND_ATOM | space | (odd != 0 ? layout.FLAG_ODD << 8 : 0) | (id << 16), p - base, q - base, 0);
            p = q;
          } else {
            const tail = atomTail(p + 16, oddMask(octets));
            const q = addressOf(tail);
            const id = !tag && q == p + 16 ? intern(octets, 16) : 0;
            emit(out, layout.KIND_ATOM | space | (flagsOf(tail) != 0 ? layout.FLAG_ODD << 8 : 0) | (id << 16), p - base, q - base, 0);
            p = q;
          }
          out += layout.ENTRY;
          continue;
        }
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
          if (next == CLASS_ATOM) {
            const tail = atomTail(q, odd);
            q = addressOf(tail);
            odd = flagsOf(tail);
            head = layout.KIND_ATOM | space;
            value = 0;
          }
          emit(out, head | (odd != 0 ? layout.FLAG_ODD << 8 : 0), p - base, q - base, <u32>value);
          p = q;
          out += layout.ENTRY;
          continue;
        }
        case CLASS_QUOTE: {
          const tail = quotedTail(p + 1);
          const q = addressOf(tail);
          const last = load<u8>(q);
          if (last != 0x22) {
            error = last == 0x5c ? layout.ERROR_BAD_ESCAPE : layout.ERROR_CONTROL_IN_QUOTED;
            outcome = FAILED;
            p = q;
            continue;
          }
          emit(out, layout.KIND_QUOTED | space | (flagsOf(tail) << 8), p + 1 - base, q - base, 0);
          p = q + 1;
          out += layout.ENTRY;
          continue;
        }
        case CLASS_OPEN: {
          emit(out, layout.KIND_OPEN | space, p - base, p + 1 - base, 0);
          depth++;
          p++;
          out += layout.ENTRY;
          continue;
        }
        case CLASS_CLOSE: {
          if (depth == 0) {
            error = layout.ERROR_UNMATCHED_CLOSE;
            outcome = FAILED;
            continue;
          }
          emit(out, layout.KIND_CLOSE | space, p - base, p + 1 - base, 0);
          depth--;
          p++;
          out += layout.ENTRY;
          continue;
        }
        case CLASS_LITERAL:
          break;
        case CLASS_CR:
        case CLASS_LF: {
          const feed = kind == CLASS_CR ? p + 1 : p;
          if (load<u8>(feed) != LF) {
            error = layout.ERROR_BARE_CR;
            outcome = FAILED;
            continue;
          }
          if (feed >= end) {
            outcome = NEED_MORE;
            continue;
          }
          flags |= lineFlags(line, feed);
          outcome = COMPLETE;
          if (depth != 0) {
            emit(out, layout.KIND_ERROR | (layout.ERROR_MISSING_CLOSE << 16), p - base, p - base, 0);
            out += layout.ENTRY;
            flags |= layout.FLAG_ERROR;
          }
          p = feed + 1;
          continue;
        }
        default: {
          error = layout.ERROR_ILLEGAL_OCTET;
          outcome = FAILED;
          continue;
        }
      }

      // A literal: `brace` is at its `{`, `p` there too or at the `~` before it.
      const header = literalHeader(brace + 1);
      const data = addressOf(header);
      sizeFlags = flagsOf(header);
      if (data == 0 || (sizeFlags == TOO_LARGE && data <= end)) {
        error = layout.ERROR_LITERAL_HEADER;
        outcome = FAILED;
        continue;
      }
      if (data > end) {
        outcome = NEED_MORE;
        continue;
      }
      flags |= lineFlags(line, data - 1);
      if ((sizeFlags & TOO_LARGE) != 0) {
        outcome = HUGE;
        continue;
      }
      size = headerSize;
      if (brace != p) sizeFlags |= layout.FLAG_BINARY;
      const head = layout.KIND_LITERAL | space | (sizeFlags << 8);
      if ((sizeFlags & layout.FLAG_NON_SYNC) == 0 || size > inlineMax || <u64>(<u32>(data - base)) + size > inlineTotal) {
        emit(out, head, data - base, data - base, size);
        out += layout.ENTRY;
        p = data;
        outcome = LITERAL;
        continue;
      }
      p = data + size;
      emit(out, head, data - base, p - base, size);
      out += layout.ENTRY;
      line = p;
      safeOut = out;
      safeAt = p;
      safeDepth = depth;
      safeFlags = flags;
      if (p > end) outcome = NEED_MORE;
    }

    if (outcome == FAILED) {
      emit(out, layout.KIND_ERROR | (error << 16), p - base, p - base, 0);
      out += layout.ENTRY;
      flags |= layout.FLAG_ERROR;
      depth = layout.DEPTH_POISONED;
      while (outcome == FAILED) {
        const feed = lineFeed(p);
        if (feed >= end) {
          outcome = NEED_MORE;
          break;
        }
        flags |= lineFlags(line, feed);
        const trailing = trailingLiteral(line, feed);
        p = feed + 1;
        if (trailing == NO_LITERAL) {
          outcome = COMPLETE;
        } else if (trailing == HUGE_LITERAL) {
          outcome = HUGE;
        } else if (<u64>trailing > inlineMax || <u64>(<u32>(p - base)) + <u64>trailing > inlineTotal) {
          size = <u32>trailing;
          sizeFlags = layout.FLAG_NON_SYNC;
          outcome = LITERAL;
        } else {
          p += <usize>trailing;
          line = p;
          safeOut = out;
          safeAt = p;
          safeDepth = depth;
          safeFlags = flags;
          if (p > end) outcome = NEED_MORE;
        }
      }
    }

    open = cmd;
    consumed = start;
    if (outcome == NEED_MORE) {
      resume = safeAt;
      depth = safeDepth;
      out = safeOut;
      // Nothing was kept: the line comes again as a whole.
      if (safeAt == start) out = cmd;
      else
        emit(
          cmd,
          layout.KIND_COMMAND | (safeFlags << 8) | ((fresh ? commandId(cmd, out, base) : 0) << 16),
          start - layout.INPUT,
          safeAt - layout.INPUT,
          <u32>((out - cmd) >> 4),
        );
      break;
    }
    emit(
      cmd,
      layout.KIND_COMMAND | (flags << 8) | ((fresh ? commandId(cmd, out, base) : 0) << 16),
      start - layout.INPUT,
      p - layout.INPUT,
      <u32>((out - cmd) >> 4),
    );
    if (outcome != COMPLETE) {
      status =
        outcome == HUGE
          ? layout.STATUS_LITERAL_TOO_LARGE
          : (sizeFlags & layout.FLAG_NON_SYNC) != 0
            ? layout.STATUS_STREAM_LITERAL
            : layout.STATUS_SYNC_LITERAL;
      consumed = p;
      resume = p;
      break;
    }
    commands++;
    consumed = p;
    resume = p;
    open = out;
    depth = layout.DEPTH_NEW;
    base = p;
    entriesLeft = layout.COMMAND_ENTRIES;
  }

  if (status != layout.STATUS_SYNC_LITERAL && status != layout.STATUS_STREAM_LITERAL) {
    size = 0;
    sizeFlags = 0;
  }
  store<i32>(layout.HEADER, status, 0);
  store<i32>(layout.HEADER, <i32>(consumed - layout.INPUT), 4);
  store<i32>(layout.HEADER, commands, 8);
  store<u32>(layout.HEADER, size, 12);
  store<u32>(layout.HEADER, sizeFlags, 16);
  store<i32>(layout.HEADER, depth, 20);
  const entries = <i32>((out - layout.TAPE) >> 4);
  store<i32>(layout.HEADER, entries, 24);
  store<i32>(layout.HEADER, <i32>(resume - layout.INPUT), 28);
  store<i32>(layout.HEADER, <i32>((open - layout.TAPE) >> 4), 32);
  return entries;
}
