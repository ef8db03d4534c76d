import { CLASS_CLOSE, CLASS_CR, CLASS_LF, CLASS_LITERAL, CLASS_TILDE } from "./classes";
import { commandId, emit, emitCommand } from "./entries";
import * as layout from "./layout";
import { HUGE_LITERAL, NO_LITERAL, TOO_LARGE, headerSize, literalHeader, trailingLiteral } from "./literal";
import { beginInput, behindLines } from "./lines";
import { BACKSLASH, CR, CRLF, LF, addressOf, flagsOf, lineFeed } from "./scan";
import { commandAt, openParens, stopAt, stopBase, stopOut, stopSpace, wholeCommands } from "./state";
import { BAD_QUOTED, NO_ROOM, tokens } from "./tokens";
import { CONTINUED, NOTHING } from "./words";

/** What ended the tokens of a command. */
const RUNNING = 0;
const COMPLETE = 1;
const NEED_MORE = 2;
const LITERAL = 3;
const FAILED = 4;
const HUGE = 5;

/** Adds the flag of a line that ends with LF alone; `line` is where it began. */
function lineFlags(line: usize, feed: usize): u32 {
  return feed > line && load<u8>(feed - 1) == CR ? 0 : layout.FLAG_BARE_LF;
}

/**
 * Cuts the input into tokens. See packages/imap/src/parser/tokenizer.ts for the contract.
 *
 * @param length octets in INPUT
 * @param inlineMax longest non-synchronizing literal that is taken with its command
 * @param inlineTotal offset within its command up to which an inline literal may reach
 * @param used octets of the first command that were tokenized before; its offsets begin there
 * @param depth0 DEPTH_POISONED, or the open parentheses of the command that goes on; DEPTH_NEW only right after {@link parseLines} has
 *   answered ELSE for this input
 * @param entries0 tape entries that the first command has from before
 * @returns entries on the tape; the rest is in HEADER
 */
export function parse(length: i32, inlineMax: u32, inlineTotal: u32, used: i32, depth0: i32, entries0: i32): i32 {
  const end = layout.INPUT + <usize>length;
  let behind = depth0 == layout.DEPTH_NEW;
  if (!behind) beginInput(end);
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
    if (out > layout.TAPE_LAST_START) {
      status = layout.STATUS_TAPE_FULL;
      break;
    }
    const fresh = depth == layout.DEPTH_NEW;
    let kind = NOTHING;
    if (fresh) {
      // Whole commands in one line each: nothing below is needed for them, nor slows them.
      kind = behind ? behindLines : tokens(p, out + layout.ENTRY, out + layout.ENTRY * <usize>entriesLeft, base, 0, out);
      behind = false;
      if (commandAt() != out) {
        out = commandAt();
        base = stopBase();
        p = base;
        entriesLeft = layout.COMMAND_ENTRIES;
      }
      consumed = p;
      resume = p;
      open = out;
      if (kind == NOTHING) continue;
    }
    const start = p;
    const cmd = out;
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

    if (!fresh && outcome == RUNNING) kind = tokens(p, out, limit, base, depth, CONTINUED);
    while (outcome == RUNNING) {
      p = stopAt();
      out = stopOut();
      depth = openParens();
      const space = stopSpace();
      let brace = p;
      switch (kind) {
        case NO_ROOM: {
          error = layout.ERROR_TOO_MANY_TOKENS;
          outcome = FAILED;
          continue;
        }
        case BAD_QUOTED: {
          error = load<u8>(p) == BACKSLASH ? layout.ERROR_BAD_ESCAPE : layout.ERROR_CONTROL_IN_QUOTED;
          outcome = FAILED;
          continue;
        }
        case CLASS_CLOSE: {
          error = layout.ERROR_UNMATCHED_CLOSE;
          outcome = FAILED;
          continue;
        }
        case CLASS_TILDE: {
          brace = p + 1;
          break;
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
      if (p > end) {
        outcome = NEED_MORE;
      } else if (depth == 0 && p + 1 < end && load<u16>(p) == CRLF) {
        // As most commands end that have a literal.
        outcome = COMPLETE;
        p += 2;
      } else kind = tokens(p, out, limit, base, depth, CONTINUED);
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
      else emitCommand(cmd, out, safeFlags, fresh ? commandId(cmd, out, base) : 0, start - layout.INPUT, safeAt - layout.INPUT);
      break;
    }
    emitCommand(cmd, out, flags, fresh ? commandId(cmd, out, base) : 0, start - layout.INPUT, p - layout.INPUT);
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
  store<i32>(layout.HEADER, commands + wholeCommands(), 8);
  store<u32>(layout.HEADER, size, 12);
  store<u32>(layout.HEADER, sizeFlags, 16);
  store<i32>(layout.HEADER, depth, 20);
  const entries = <i32>((out - layout.TAPE) >> 4);
  store<i32>(layout.HEADER, entries, 24);
  store<i32>(layout.HEADER, <i32>(resume - layout.INPUT), 28);
  store<i32>(layout.HEADER, <i32>((open - layout.TAPE) >> 4), 32);
  return entries;
}
