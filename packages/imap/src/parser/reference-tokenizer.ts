import { ATOM_MAX, atomIdOf, lookUpAtom, mixHash, UPPER } from "./atom-table.ts";
import { HUGE_LITERAL, NO_LITERAL, SIZE_DIGITS, SIZE_MAX, trailingLiteral } from "./literal-header.ts";
import { COMMAND_ENTRIES, DEPTH_NEW, DEPTH_POISONED, ENTRY_SIZE, Kind, Status, TAPE_ENTRIES, TapeError, TokenFlag } from "./tape.ts";
import type { TapeResult, Tokenizer } from "./tokenizer.ts";

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const BRACE = 0x7b;
const TILDE = 0x7e;

/** Bits of an octet in {@link INFO}; the octet in upper case stands above them, so that a scan has one look-up per octet. */
const STOP = 1;
const ODD = 2;
const NOT_SET = 4;
const NOT_DIGIT = 8;

const INFO: Uint16Array = Uint16Array.from({ length: 256 }, (_, octet) => {
  const char = String.fromCharCode(octet);
  let bits = 0;
  if (octet <= SPACE || octet >= 0x7f || '"(){'.includes(char)) bits |= STOP;
  if ("%*+<>[\\]".includes(char)) bits |= ODD;
  if (!"0123456789:,*".includes(char)) bits |= NOT_SET;
  if (octet < 0x30 || octet > 0x39) bits |= NOT_DIGIT;
  return bits | ((UPPER[octet] ?? 0) << 8);
});

/** What ended the tokens of a command. */
const RUNNING = 0;
const COMPLETE = 1;
const NEED_MORE = 2;
const LITERAL = 3;
const FAILED = 4;
const HUGE = 5;

const SPACE_BEFORE = TokenFlag.space << 8;
const ODD_ATOM = TokenFlag.odd << 8;
/** A command is begun only before this entry, so that a whole one and its error entry always fit. */
const LAST_START = TAPE_ENTRIES - COMMAND_ENTRIES - 2;
const FIRST_BUFFER = 0x1000;
/** A buffer that one long line made larger than this is given back. */
const KEPT_BUFFER = 0x4_0000;

/**
 * The tokenizer in plain TypeScript: what the WASM one is compared with, for its results and its
 * speed, and what reads the lines that are longer than its window.
 */
export function createReferenceTokenizer(): Tokenizer {
  return new ReferenceTokenizer();
}

class ReferenceTokenizer implements Tokenizer {
  readonly window = KEPT_BUFFER;
  readonly #tape = new Int32Array(TAPE_ENTRIES * ENTRY_SIZE);
  readonly #result: TapeResult = {
    status: 0,
    consumed: 0,
    commands: 0,
    literalSize: 0,
    literalFlags: 0,
    depth: 0,
    entries: 0,
    resume: 0,
    open: 0,
    tape: this.#tape,
  };
  #kept = new Uint8Array(FIRST_BUFFER);
  /** Outputs of {@link #literalHeader}. */
  #size = 0;
  #sizeFlags = 0;

  parse(input: Uint8Array, inlineMax: number, inlineTotal: number, depth0: number, used: number, entries0: number): TapeResult {
    const tape = this.#tape;
    const end = input.length;
    const octets = this.#buffer(input);
    let p = 0;
    let out = 0;
    let status: number = Status.done;
    let commands = 0;
    let consumed = 0;
    let resume = 0;
    let depth = depth0;
    let open = 0;
    let size = 0;
    let sizeFlags = 0;
    let base = -used;
    let entriesLeft = entries0 === 0 ? COMMAND_ENTRIES : COMMAND_ENTRIES - entries0 + 1;

    while (p < end) {
      const start = p;
      const cmd = out;
      if (cmd > LAST_START * ENTRY_SIZE) {
        status = Status.tapeFull;
        break;
      }
      const fresh = depth === DEPTH_NEW;
      const limit = cmd + entriesLeft * ENTRY_SIZE;
      let flags = 0;
      let line = p;
      let outcome = RUNNING;
      let error = 0;
      out = cmd + ENTRY_SIZE;
      if (depth === DEPTH_POISONED) {
        outcome = FAILED;
        error = TapeError.poisoned;
      }
      let safeOut = out;
      let safeAt = p;
      let safeDepth = depth;
      let safeFlags = 0;
      if (depth < 0) depth = 0;

      while (outcome === RUNNING) {
        let c = octets[p] ?? 0;
        let space = 0;
        if (c === SPACE) {
          space = SPACE_BEFORE;
          do c = octets[++p] ?? 0;
          while (c === SPACE);
        }
        if (out >= limit && c !== CR && c !== LF) {
          error = TapeError.tooManyTokens;
          outcome = FAILED;
          break;
        }
        const info = INFO[c] ?? 0;
        let brace = p;
        if ((info & STOP) === 0) {
          let q = p;
          let seen = 0;
          let hash = 0;
          let value = 0;
          let bits = info;
          if ((info & NOT_SET) !== 0) {
            do {
              seen |= bits;
              hash = mixHash(hash, bits >> 8);
              bits = INFO[octets[++q] ?? 0] ?? 0;
            } while ((bits & STOP) === 0);
          } else {
            do {
              seen |= bits;
              if (value <= SIZE_MAX) value = value * 10 + (octets[q] ?? 0) - 0x30;
              bits = INFO[octets[++q] ?? 0] ?? 0;
            } while ((bits & STOP) === 0);
          }
          if (c !== TILDE || q !== p + 1 || octets[q] !== BRACE) {
            const odd = (seen & ODD) === 0 ? 0 : ODD_ATOM;
            if ((seen & NOT_DIGIT) === 0 && value <= SIZE_MAX) {
              tape[out] = Kind.number | space;
              tape[out + 3] = value;
            } else if ((seen & NOT_DIGIT) !== 0 && (seen & NOT_SET) === 0) {
              tape[out] = Kind.set | space | odd;
              tape[out + 3] = 0;
            } else {
              const named = (info & NOT_SET) !== 0 && q - p > 1 && q - p <= ATOM_MAX && !(fresh && out === cmd + ENTRY_SIZE);
              const id = named ? atomIdOf(octets, p, q, hash) : 0;
              tape[out] = Kind.atom | space | odd | (id << 16);
              tape[out + 3] = 0;
            }
            tape[out + 1] = p - base;
            tape[out + 2] = q - base;
            out += ENTRY_SIZE;
            p = q;
            continue;
          }
          brace = q;
        } else if (c === 0x28 || c === 0x29) {
          if (c === 0x29 && depth === 0) {
            error = TapeError.unmatchedClose;
            outcome = FAILED;
            continue;
          }
          depth += c === 0x28 ? 1 : -1;
          tape[out] = (c === 0x28 ? Kind.open : Kind.close) | space;
          tape[out + 1] = p - base;
          tape[out + 2] = ++p - base;
          tape[out + 3] = 0;
          out += ENTRY_SIZE;
          continue;
        } else if (c === QUOTE) {
          let q = p + 1;
          let quotedFlags = 0;
          for (;;) {
            const octet = octets[q] ?? 0;
            if (octet === QUOTE || octet === CR || octet === LF || octet === 0) break;
            if (octet === BACKSLASH) {
              const escaped = octets[q + 1];
              if (escaped !== QUOTE && escaped !== BACKSLASH) break;
              quotedFlags |= TokenFlag.escape;
              q++;
            } else if (octet >= 0x80) quotedFlags |= TokenFlag.eightBit;
            q++;
          }
          if (octets[q] !== QUOTE) {
            error = octets[q] === BACKSLASH ? TapeError.badEscape : TapeError.controlInQuoted;
            outcome = FAILED;
            p = q;
            continue;
          }
          tape[out] = Kind.quoted | space | (quotedFlags << 8);
          tape[out + 1] = p + 1 - base;
          tape[out + 2] = q - base;
          tape[out + 3] = 0;
          out += ENTRY_SIZE;
          p = q + 1;
          continue;
        } else if (c === CR || c === LF) {
          const feed = c === CR ? p + 1 : p;
          if (octets[feed] !== LF) {
            error = TapeError.bareCarriageReturn;
            outcome = FAILED;
            continue;
          }
          if (feed >= end) {
            outcome = NEED_MORE;
            continue;
          }
          flags |= lineFlags(octets, line, feed);
          outcome = COMPLETE;
          if (depth !== 0) {
            out = putError(tape, out, TapeError.missingClose, p - base);
            flags |= TokenFlag.error;
          }
          p = feed + 1;
          continue;
        } else if (c !== BRACE) {
          error = TapeError.illegalOctet;
          outcome = FAILED;
          continue;
        }

        const data = this.#literalHeader(octets, brace + 1);
        sizeFlags = this.#sizeFlags;
        const tooLarge = this.#size > SIZE_MAX;
        if (data === 0 || (tooLarge && sizeFlags === 0 && data <= end)) {
          error = TapeError.literalHeader;
          outcome = FAILED;
          continue;
        }
        if (data > end) {
          outcome = NEED_MORE;
          continue;
        }
        flags |= lineFlags(octets, line, data - 1);
        if (tooLarge) {
          outcome = HUGE;
          continue;
        }
        size = this.#size;
        if (brace !== p) sizeFlags |= TokenFlag.binary;
        const inline = (sizeFlags & TokenFlag.nonSynchronizing) !== 0 && size <= inlineMax && data - base + size <= inlineTotal;
        p = inline ? data + size : data;
        tape[out] = Kind.literal | space | (sizeFlags << 8);
        tape[out + 1] = data - base;
        tape[out + 2] = p - base;
        tape[out + 3] = size;
        out += ENTRY_SIZE;
        if (!inline) {
          outcome = LITERAL;
          continue;
        }
        line = p;
        safeOut = out;
        safeAt = p;
        safeDepth = depth;
        safeFlags = flags;
        if (p > end) outcome = NEED_MORE;
      }

      if (outcome === FAILED) {
        out = putError(tape, out, error, p - base);
        flags |= TokenFlag.error;
        depth = DEPTH_POISONED;
      }
      while (outcome === FAILED) {
        const feed = octets.indexOf(LF, p);
        if (feed >= end) {
          outcome = NEED_MORE;
          break;
        }
        flags |= lineFlags(octets, line, feed);
        const trailing = trailingLiteral(octets, line, feed);
        p = feed + 1;
        if (trailing === NO_LITERAL) outcome = COMPLETE;
        else if (trailing === HUGE_LITERAL) outcome = HUGE;
        else if (trailing > inlineMax || p - base + trailing > inlineTotal) {
          size = trailing;
          sizeFlags = TokenFlag.nonSynchronizing;
          outcome = LITERAL;
        } else {
          p += trailing;
          line = p;
          safeOut = out;
          safeAt = p;
          safeDepth = depth;
          safeFlags = flags;
          if (p > end) outcome = NEED_MORE;
        }
      }

      open = cmd / ENTRY_SIZE;
      consumed = start;
      if (outcome === NEED_MORE) {
        resume = safeAt;
        depth = safeDepth;
        out = safeOut;
        if (safeAt === start) out = cmd;
        else finishCommand(tape, octets, cmd, out, fresh, base, safeFlags, start, safeAt);
        break;
      }
      finishCommand(tape, octets, cmd, out, fresh, base, flags, start, p);
      consumed = p;
      resume = p;
      if (outcome !== COMPLETE) {
        status =
          outcome === HUGE
            ? Status.literalTooLarge
            : (sizeFlags & TokenFlag.nonSynchronizing) !== 0
              ? Status.streamLiteral
              : Status.syncLiteral;
        break;
      }
      commands++;
      open = out / ENTRY_SIZE;
      depth = DEPTH_NEW;
      base = p;
      entriesLeft = COMMAND_ENTRIES;
    }

    const stopped = status === Status.syncLiteral || status === Status.streamLiteral;
    const result = this.#result;
    result.status = status;
    result.consumed = consumed;
    result.commands = commands;
    result.literalSize = stopped ? size : 0;
    result.literalFlags = stopped ? sizeFlags : 0;
    result.depth = depth;
    result.entries = out / ENTRY_SIZE;
    result.resume = resume;
    result.open = open;
    return result;
  }

  /** The input with an LF behind it, which stops every scan: so no loop needs a bounds check. */
  #buffer(input: Uint8Array): Uint8Array {
    let octets = this.#kept;
    if (octets.length <= input.length) {
      octets = new Uint8Array(Math.max(input.length + 1, octets.length * 2));
      if (octets.length <= KEPT_BUFFER * 2) this.#kept = octets;
    }
    octets.set(input);
    octets[input.length] = LF;
    return octets;
  }

  /**
   * Reads a literal's header from behind its `{`: 1*DIGIT ["+"] "}" [CR] LF (RFC 9051 section 4.3).
   * Returns the offset behind the LF and sets size and flags; 0 if this is no header.
   */
  #literalHeader(octets: Uint8Array, first: number): number {
    let at = first;
    let size = 0;
    let octet = octets[at] ?? 0;
    while (octet >= 0x30 && octet <= 0x39) {
      if (size <= SIZE_MAX) size = size * 10 + octet - 0x30;
      octet = octets[++at] ?? 0;
    }
    if (at === first) return 0;
    this.#size = at - first > SIZE_DIGITS ? SIZE_MAX + 1 : size;
    this.#sizeFlags = 0;
    if (octets[at] === 0x2b) {
      this.#sizeFlags = TokenFlag.nonSynchronizing;
      at++;
    }
    if (octets[at] !== 0x7d) return 0;
    at++;
    if (octets[at] === CR) at++;
    return octets[at] === LF ? at + 1 : 0;
  }
}

function lineFlags(octets: Uint8Array, line: number, feed: number): number {
  return feed > line && octets[feed - 1] === CR ? 0 : TokenFlag.bareLineFeed;
}

function putError(tape: Int32Array, out: number, error: number, at: number): number {
  tape[out] = Kind.error | (error << 16);
  tape[out + 1] = at;
  tape[out + 2] = at;
  tape[out + 3] = 0;
  return out + ENTRY_SIZE;
}

function finishCommand(
  tape: Int32Array,
  octets: Uint8Array,
  cmd: number,
  out: number,
  fresh: boolean,
  base: number,
  flags: number,
  start: number,
  end: number,
): void {
  tape[cmd] = Kind.command | (flags << 8) | ((fresh ? commandId(tape, octets, cmd, out, base) : 0) << 16);
  tape[cmd + 1] = start;
  tape[cmd + 2] = end;
  tape[cmd + 3] = (out - cmd) / ENTRY_SIZE;
}

/** Id of the command's name: its second token, if tag and name both are on its first line. A lone token may be `DONE`. */
function commandId(tape: Int32Array, octets: Uint8Array, cmd: number, out: number, base: number): number {
  const first = cmd + ENTRY_SIZE;
  const second = first + ENTRY_SIZE;
  const head = tape[first] ?? 0;
  if (out > second) {
    const name = tape[second] ?? 0;
    return (head & 0xff) !== Kind.literal && (name & 0xff) === Kind.atom ? name >>> 16 : 0;
  }
  if (out === second && (head & 0xff) === Kind.atom) {
    tape[first] = head | (lookUpAtom(octets, (tape[first + 1] ?? 0) + base, (tape[first + 2] ?? 0) + base) << 16);
  }
  return 0;
}
