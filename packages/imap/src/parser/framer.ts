import { isForeignOctet, isHttpRequest, leadingTag } from "./first-octets.ts";
import { GrowingBytes, GrowingTape } from "./growing.ts";
import { HUGE_LITERAL, NO_LITERAL, TRAILING_OCTETS, trailingLiteral } from "./literal-header.ts";
import { octetsOf, ownSegment, type Segment } from "./segment.ts";
import { TapeSlab } from "./tape-slab.ts";
import { DEPTH_NEW, DEPTH_POISONED, endAt, ENTRY_SIZE, flagsAt, startAt, Status, TapeError, TokenFlag } from "./tape.ts";
import type { TapeResult, Tokenizer } from "./tokenizer.ts";

export interface LiteralHeader {
  /** Octets, up to 2^32 - 1. */
  readonly size: number;
  readonly synchronizing: boolean;
  /** `~{n}`: may hold NUL (RFC 3516). */
  readonly binary: boolean;
}

/**
 * - `line-too-long`: a command beyond `lineLength`, or with more than `inlineOffers` literals
 * - `literal-too-large`: a non-synchronizing literal whose size is no sane number
 * - `bad-literal`: a line that ends with a literal's header whose size is no number, or beyond 2^32 - 1: what follows may be octets or commands
 * - `not-imap`: the first octets are a TLS hello, an HTTP request, or binary
 * - `input-overflow`: more than `pausedInput` arrived although a literal waits for a decision
 */
export type FatalReason = "line-too-long" | "literal-too-large" | "bad-literal" | "not-imap" | "input-overflow";

export interface FramerSink {
  /** A piece that reaches the end of its command. Literals that were collected are inside of its bytes. */
  command(segment: Segment): void;
  /**
   * A piece that stops at a literal which is synchronizing, or longer than `inlineLiteral`, or beyond
   * `inlineTotal`. The framer pauses until acceptInline, acceptStream or refuse, which may be called
   * from here. The segment must not be changed before.
   */
  literal(segment: Segment, literal: LiteralHeader): void;
  /** Octets of a streamed literal: a view of the chunk given to `push`, never a copy. */
  chunk(data: Uint8Array): void;
  literalEnd(): void;
  /** Input that cannot be framed. The framer is dead and ignores what comes. The tag is of the command at fault, if it can be told. */
  fatal(reason: FatalReason, tag: Uint8Array | undefined): void;
}

/** Octets, but `inlineOffers`, which counts; each is explained where LIMITS has it. */
export interface FramerLimits {
  readonly lineLength: number;
  readonly inlineLiteral: number;
  readonly inlineTotal: number;
  readonly inlineOffers: number;
  readonly pausedInput: number;
  readonly tagLength: number;
}

/** What the framer does with the next octet. */
type Mode = "lines" | "offered" | "streaming" | "swallowing" | "dead";

/** A literal that waits for its decision, and what is needed to go on after it. */
interface Offer {
  readonly segment: Segment;
  readonly header: LiteralHeader;
  /** Open parentheses. */
  readonly depth: number;
}

/** Where a tokenizer stopped because of a literal. */
interface Stop {
  readonly segment: Segment;
  readonly status: number;
  readonly size: number;
  readonly flags: number;
  readonly depth: number;
}

/** The commands that one call of the tokenizer has completed: a piece for all of them. */
type Completed = Pick<Segment, "bytes" | "tape" | "tapeStart" | "tapeEnd">;

/** What a chunk costs at least while it is held: without this, chunks of one octet would hold far more than they count. */
const CHUNK_COST = 256;

/** Of all connections, so that one that waits has none of its own. It holds offsets, names and numbers, but no octets. */
const slab = new TapeSlab();

/**
 * Cuts one connection's octets into commands and literals.
 *
 * A chunk is tokenized where it lies. Only the command that it leaves incomplete is copied, line by
 * line, and what of it has been tokenized is not tokenized again: so each octet is looked at a bounded
 * number of times, however the input is split. Literals that are streamed are never copied.
 *
 * Chunks must not be changed after `push`: while the framer is paused it keeps them as they are, and pieces lie in them.
 */
export class Framer {
  readonly #tokenizer: Tokenizer;
  #limits: FramerLimits;
  #mode: Mode = "lines";
  /** Chunks not yet worked on; `#at` is the offset in the first. */
  #queue: Uint8Array[] = [];
  #at = 0;
  /** Octets pushed since the pause began. */
  #held = 0;
  #draining = false;

  /** The incomplete command, or piece of one, from its first octet. */
  readonly #tail = new GrowingBytes();
  /** Its entries as far as they are final, up to offset `#taken`, where it goes on with `#depth`. */
  readonly #tape = new GrowingTape();
  #taken = 0;
  #depth = DEPTH_NEW;
  #continues = false;
  /** The rest of the command is thrown away as it comes, without being kept. */
  #swallow = false;
  /** Octets of the literal that are still to come. */
  #left = 0;
  #offer: Offer | undefined;
  /** Literals of this command that were offered and collected. */
  #offers = 0;
  /** Tag of the last command with a literal that was offered: the pieces behind the literal do not have it. */
  #tag: Uint8Array | undefined;
  /** No command was complete yet. */
  #first = true;
  #untouched = true;

  constructor(tokenizer: Tokenizer, limits: FramerLimits) {
    this.#tokenizer = tokenizer;
    this.#limits = limits;
  }

  /** New limits from the next octets on: a client that has logged in may send longer lines. */
  set limits(limits: FramerLimits) {
    this.#limits = limits;
  }

  /** A literal waits for acceptInline, acceptStream or refuse. */
  get paused(): boolean {
    return this.#mode === "offered";
  }

  /** Takes what the connection has received. While the framer is paused the chunk is only kept. */
  push(chunk: Uint8Array, sink: FramerSink): void {
    if (this.#mode === "dead" || chunk.length === 0) return;
    if (this.#untouched) {
      this.#untouched = false;
      if (isForeignOctet(chunk[0] ?? 0)) return this.#die(sink, "not-imap", undefined);
    }
    if (this.#mode === "offered") {
      this.#held += Math.max(chunk.length, CHUNK_COST);
      if (this.#held > this.#limits.pausedInput) return this.#die(sink, "input-overflow", this.#tag);
    }
    this.#queue.push(chunk);
    this.#drain(sink);
  }

  /** The literal is collected, and comes with its command as one segment. */
  acceptInline(sink: FramerSink): void {
    const { segment, header, depth } = this.#decide();
    const { bytes, tape } = segment;
    const length = bytes.length + header.size;
    this.#offers++;
    if (length > this.#limits.lineLength || this.#offers > this.#limits.inlineOffers) return this.#die(sink, "line-too-long", this.#tag);
    this.#tail.append(bytes, 0, bytes.length);
    this.#tape.append(tape, 0, tape.length / ENTRY_SIZE);
    this.#tape.endLast(length);
    this.#taken = length;
    this.#depth = depth;
    this.#mode = "lines";
    this.#drain(sink);
  }

  /** The literal comes through `chunk` and `literalEnd`, and the rest of the command as segments with `continues`. */
  acceptStream(sink: FramerSink): void {
    const { header, depth } = this.#decide();
    this.#depth = depth;
    this.#continues = true;
    this.#offers = 0;
    this.#left = header.size;
    this.#mode = "streaming";
    this.#drain(sink);
  }

  /**
   * The command is over. After a synchronizing literal the client sends a new one next; otherwise the
   * literal and the rest of its command come all the same, and are swallowed.
   */
  refuse(sink: FramerSink): void {
    const { header } = this.#decide();
    this.#endCommand();
    this.#mode = "lines";
    if (!header.synchronizing) this.#startSwallowing(header.size);
    this.#drain(sink);
  }

  /** The connection has ended: between two commands, or in the middle of one. */
  endOfInput(): "clean" | "mid-command" {
    if (this.#mode === "dead") return "clean";
    const between = this.#mode === "lines" && this.#tail.length === 0 && !this.#continues && !this.#swallow;
    return between ? "clean" : "mid-command";
  }

  #decide(): Offer {
    const offer = this.#offer;
    if (offer === undefined || this.#mode !== "offered") throw new Error("framer: no literal waits for a decision");
    this.#offer = undefined;
    this.#held = 0;
    return offer;
  }

  #drain(sink: FramerSink): void {
    // A decision made inside of sink.literal: the loop below is running already.
    if (this.#draining) return;
    this.#draining = true;
    try {
      while (this.#mode !== "offered" && this.#mode !== "dead") {
        if (this.#left === 0 && this.#mode !== "lines") {
          const streamed = this.#mode === "streaming";
          this.#mode = "lines";
          if (streamed) sink.literalEnd();
          continue;
        }
        const chunk = this.#queue[0];
        if (chunk === undefined) break;
        if (this.#at === chunk.length) {
          this.#queue.shift();
          this.#at = 0;
        } else if (this.#left > 0) this.#passLiteral(chunk, sink);
        else if (this.#swallow) this.#swallowLine(chunk, sink);
        else if (this.#tail.length > 0) this.#finishTail(chunk, sink);
        else this.#readChunk(chunk, sink);
      }
    } finally {
      this.#draining = false;
    }
  }

  #passLiteral(chunk: Uint8Array, sink: FramerSink): void {
    const end = Math.min(chunk.length, this.#at + this.#left);
    const data = this.#at === 0 && end === chunk.length ? chunk : chunk.subarray(this.#at, end);
    this.#left -= data.length;
    this.#at = end;
    if (this.#mode === "streaming") sink.chunk(data);
  }

  /** Nothing is kept from before: the commands are read where they are. */
  #readChunk(chunk: Uint8Array, sink: FramerSink): void {
    const end = Math.min(chunk.length, this.#at + this.#tokenizer.window);
    const input = this.#at === 0 && end === chunk.length ? chunk : chunk.subarray(this.#at, end);
    const { inlineLiteral, inlineTotal } = this.#limits;
    const result = this.#tokenizer.parse(input, inlineLiteral, inlineTotal, this.#depth, 0, 0);
    // All is copied out before anything is delivered: a sink may use the tokenizer too.
    const completed = completedOf(input, result);
    const continued = this.#continues;
    if (completed !== undefined) this.#endCommand();
    const stop = this.#stopOf(input, result);
    if (stop === undefined && result.status === Status.done && (end === chunk.length || result.consumed === 0)) {
      this.#tail.append(input, result.consumed, input.length);
      this.#keep(result, result.consumed);
      this.#at = end;
    } else this.#at += result.consumed;
    if (completed !== undefined && !this.#deliverAll(completed, continued, sink)) return;
    if (stop === undefined) this.#checkLength(sink);
    else this.#halt(stop, sink);
  }

  /** Completes what is kept, up to its next line end; the rest of the chunk is then read where it is. */
  #finishTail(chunk: Uint8Array, sink: FramerSink): void {
    const awaited = this.#taken - this.#tail.length;
    // An inline literal's octets may hold any LF: the line goes on behind them.
    const feed = awaited > 0 ? -1 : chunk.indexOf(0x0a, this.#at);
    const end = awaited > 0 ? Math.min(chunk.length, this.#at + awaited) : feed === -1 ? chunk.length : feed + 1;
    this.#tail.append(chunk, this.#at, end);
    this.#at = end;
    if (feed === -1) return this.#checkLength(sink);

    const { inlineLiteral, inlineTotal } = this.#limits;
    const input = this.#tail.from(this.#taken);
    const result = this.#tokenizer.parse(input, inlineLiteral, inlineTotal, this.#depth, this.#taken, this.#tape.entries);
    if (result.status === Status.done && result.commands === 0) {
      this.#keep(result, 0);
      return this.#checkLength(sink);
    }
    const { status, literalSize: size, literalFlags: flags, depth } = result;
    this.#addEntries(result, result.commands === 0 ? result.open : 0);
    const bytes = this.#tail.copy();
    if (status !== Status.done) {
      const segment = ownSegment(bytes, this.#tape.copy(), this.#continues);
      this.#clearCollected();
      return this.#halt({ segment, status, size, flags, depth }, sink);
    }
    const tapeStart = this.#tape.addTo(slab);
    const tapeEnd = tapeStart + this.#tape.entries * ENTRY_SIZE;
    const segment: Segment = { bytes, start: 0, end: bytes.length, tape: slab.tape, tapeStart, tapeEnd, continues: this.#continues };
    this.#endCommand();
    this.#deliver(segment, sink);
  }

  /** Keeps the entries of the open command that will not change. `start` is the offset of the command, or of its rest, in the input. */
  #keep(result: TapeResult, start: number): void {
    if (result.resume > start) {
      this.#addEntries(result, result.open);
      this.#taken += result.resume - start;
    }
    this.#depth = result.depth;
  }

  /** Adds the command that begins at entry `first`, the last on the tape, to the entries that are final. Behind an error there are none. */
  #addEntries({ tape, entries }: TapeResult, first: number): void {
    if (this.#tape.entries === 0) return this.#tape.append(tape, first, entries);
    this.#tape.addFlags(flagsAt(tape, first));
    if (this.#depth !== DEPTH_POISONED) this.#tape.append(tape, first + 1, entries);
  }

  /** What the tokenizer stopped at, with the piece before it; `undefined` if it did not stop. */
  #stopOf(input: Uint8Array, result: TapeResult): Stop | undefined {
    if (!hasStopped(result)) return undefined;
    const { status, tape, open, entries, literalSize: size, literalFlags: flags, depth } = result;
    // It waits for a decision, and longer than what is complete.
    const bytes = input.slice(startAt(tape, open), endAt(tape, open));
    return { segment: ownSegment(bytes, tape.slice(open * ENTRY_SIZE, entries * ENTRY_SIZE), this.#continues), status, size, flags, depth };
  }

  /** False if the framer died of one of them. */
  #deliverAll({ bytes, tape, tapeStart, tapeEnd }: Completed, continued: boolean, sink: FramerSink): boolean {
    let continues = continued;
    for (let at = tapeStart; at < tapeEnd;) {
      const next = at + (tape[at + 3] ?? 1) * ENTRY_SIZE;
      const segment = { bytes, start: tape[at + 1] ?? 0, end: tape[at + 2] ?? 0, tape, tapeStart: at, tapeEnd: next, continues };
      if (!this.#deliver(segment, sink)) return false;
      continues = false;
      at = next;
    }
    return true;
  }

  /** False if the framer died of it. */
  #deliver(segment: Segment, sink: FramerSink): boolean {
    if (segment.end - segment.start > this.#limits.lineLength) this.#die(sink, "line-too-long", this.#tagFor(segment));
    else if (endsWithBadLiteral(segment)) this.#die(sink, "bad-literal", this.#tagFor(segment));
    else if (this.#first && isHttpRequest(octetsOf(segment))) this.#die(sink, "not-imap", undefined);
    else sink.command(segment);
    this.#first = false;
    return this.#mode !== "dead";
  }

  #halt({ segment, status, size, flags, depth }: Stop, sink: FramerSink): void {
    this.#first = false;
    this.#continues = segment.continues;
    this.#tag = this.#tagFor(segment);
    if (segment.end > this.#limits.lineLength) return this.#die(sink, "line-too-long", this.#tag);
    if (status === Status.literalTooLarge) return this.#die(sink, "literal-too-large", this.#tag);
    if (depth === DEPTH_POISONED) {
      // The command cannot be run and the client does not wait: it is told, and the rest thrown away.
      this.#endCommand();
      this.#startSwallowing(size);
      sink.command(segment);
      return;
    }
    const header = { size, synchronizing: (flags & TokenFlag.nonSynchronizing) === 0, binary: (flags & TokenFlag.binary) !== 0 };
    this.#offer = { segment, header, depth };
    this.#mode = "offered";
    sink.literal(segment, header);
  }

  #startSwallowing(size: number): void {
    this.#swallow = true;
    this.#left = size;
    this.#mode = "swallowing";
  }

  /** The rest of a command that is thrown away: only what its line end needs is kept, for its non-synchronizing literals. */
  #swallowLine(chunk: Uint8Array, sink: FramerSink): void {
    const feed = chunk.indexOf(0x0a, this.#at);
    const end = feed === -1 ? chunk.length : feed + 1;
    this.#tail.append(chunk, Math.max(this.#at, end - TRAILING_OCTETS - 1), end);
    this.#tail.keepLast(TRAILING_OCTETS + 1);
    this.#at = end;
    if (feed === -1) return;
    const line = this.#tail.from(0);
    const size = trailingLiteral(line, 0, line.length - 1);
    this.#tail.reset();
    if (size === HUGE_LITERAL) return this.#die(sink, "literal-too-large", undefined);
    if (size === NO_LITERAL) this.#swallow = false;
    else this.#startSwallowing(size);
  }

  /** The next octet begins a new command. */
  #endCommand(): void {
    this.#clearCollected();
    this.#depth = DEPTH_NEW;
    this.#continues = false;
    this.#offers = 0;
  }

  #clearCollected(): void {
    this.#tail.reset();
    this.#tape.reset();
    this.#taken = 0;
  }

  #checkLength(sink: FramerSink): void {
    if (this.#tail.length <= this.#limits.lineLength) return;
    this.#die(sink, "line-too-long", this.#continues ? this.#tag : this.#tagOf(this.#tail.from(0)));
  }

  #tagFor(segment: Segment): Uint8Array | undefined {
    return segment.continues ? this.#tag : this.#tagOf(octetsOf(segment));
  }

  #tagOf(bytes: Uint8Array): Uint8Array | undefined {
    return leadingTag(bytes, this.#limits.tagLength);
  }

  #die(sink: FramerSink, reason: FatalReason, tag: Uint8Array | undefined): void {
    this.#mode = "dead";
    this.#queue = [];
    this.#offer = undefined;
    this.#clearCollected();
    sink.fatal(reason, tag);
  }
}

/** The commands that one call has completed: their octets, and their entries, copied once for all of them. `undefined`: none. */
function completedOf(input: Uint8Array, result: TapeResult): Completed | undefined {
  const { commands, tape, open } = result;
  if (commands === 0) return undefined;
  const end = hasStopped(result) ? startAt(tape, open) : result.consumed;
  // A few octets may have come in a large buffer, which is not kept for them.
  const bytes = end * 2 > input.buffer.byteLength ? input : input.slice(0, end);
  const tapeStart = slab.add(tape, 0, open * ENTRY_SIZE);
  return { bytes, tape: slab.tape, tapeStart, tapeEnd: tapeStart + open * ENTRY_SIZE };
}

/** A literal of the open command has a word to wait for. */
function hasStopped({ status }: TapeResult): boolean {
  return status !== Status.done && status !== Status.tapeFull;
}

/** Whether the line that ends a command looks like a literal's header but is none. */
function endsWithBadLiteral({ bytes, end, tape, tapeStart, tapeEnd }: Segment): boolean {
  if ((((tape[tapeStart] ?? 0) >>> 8) & TokenFlag.error) === 0) return false;
  if ((tape[tapeEnd - ENTRY_SIZE] ?? 0) >>> 16 !== TapeError.literalHeader) return false;
  const lineEnd = bytes[end - 2] === 0x0d ? end - 2 : end - 1;
  return bytes[lineEnd - 1] === 0x7d;
}
