import { CR, DASH, LF } from "./ascii.ts";
import { writeBodyStructure } from "./body-structure.ts";
import { type BoundaryMatch, BoundarySet } from "./boundary-set.ts";
import { ByteWriter } from "./byte-writer.ts";
import { HeaderStore } from "./header-store.ts";
import type { MimeLimits } from "./limits.ts";
import type { MimePart } from "./mime-part.ts";
import type { OctetScanner } from "./octet-scanner.ts";
import { PartDraft } from "./part-draft.ts";
import { PartDescriber, type ThreadIds } from "./part-describer.ts";
import { readPartHeader } from "./part-header.ts";

/** A message as FETCH, SEARCH and THREAD need it. Sizes are octets. */
export interface ParsedMessage extends ThreadIds {
  readonly size: number;
  /** The message header with its empty line. */
  readonly headerSize: number;
  readonly root: MimePart;
  /** ENVELOPE, ready to send: RFC 9051 section 7.5.2. */
  readonly envelope: Uint8Array;
  /** BODYSTRUCTURE with its extension data, ready to send. */
  readonly bodyStructure: Uint8Array;
}

/**
 * What the octets that come next are. "rest" is a body with no boundary to look for: only its line ends count.
 */
type Place = "header" | "body" | "boundary line" | "rest";

const EMPTY = new Uint8Array(0);
/** Holds a BODYSTRUCTURE while it is written; its content never outlives a call. */
const output = new ByteWriter(4096);
/** Dashes and line end around a boundary, and one octet that shows what follows them. */
const BOUNDARY_EXTRA = 8;

/**
 * Reads a message that arrives in chunks of any size.
 *
 * Keeps one header at a time, the offsets of the parts and their encoded fields, all within {@link MimeLimits}: a large
 * body costs no memory. The result does not depend on how the message was cut. Nothing is rejected: whatever the octets
 * are, they are a message, and are never changed.
 */
export class MessageParser {
  readonly #limits: MimeLimits;
  readonly #octets: OctetScanner;
  readonly #boundaries = new BoundarySet<PartDraft>();
  readonly #describer: PartDescriber;
  readonly #header = new HeaderStore();
  readonly #root = new PartDraft(undefined, 0, 0);
  /** The beginning of a line that may mean something, when chunks cut it. */
  #head: Uint8Array = EMPTY;
  readonly #headSize: number;
  #headLength = 0;
  #part: PartDraft = this.#root;
  #partCount = 1;
  #place: Place = "header";
  #chunk: Uint8Array = EMPTY;
  /** The offset in the message of the chunk's first octet. */
  #base = 0;
  #lastOctet = -1;
  #atLineStart = true;
  /** Line ends passed so far, and the length of the last one: 2, or 1 for a bare LF. */
  #lines = 0;
  #newline = 0;
  /** Where the run of lines began that belongs to the current part. The line end before it is not the part's. */
  #runStart = 0;
  /** The part whose empty line was the last one, while nothing has followed it. */
  #opened: PartDraft | undefined;

  constructor(limits: MimeLimits, octets: OctetScanner) {
    this.#limits = limits;
    this.#octets = octets;
    this.#headSize = limits.boundary + BOUNDARY_EXTRA;
    this.#describer = new PartDescriber(limits);
  }

  /** Octets that boundary matching has looked at: grows with the lines of the message, never with its nesting. */
  get matchSteps(): number {
    return this.#boundaries.steps;
  }

  /** Octets of the message header with its empty line, from when it has ended: what {@link finish} will say too. */
  get headerSize(): number | undefined {
    return this.#place === "header" && this.#part === this.#root ? undefined : this.#root.bodyStart;
  }

  /** Takes the next octets of the message. The caller may use the array again afterwards. */
  push(chunk: Uint8Array): void {
    const size = chunk.length;
    if (size === 0) return;
    this.#chunk = chunk;
    this.#octets.open(chunk);
    for (let at = 0; at < size;) {
      if (this.#place === "rest") at = this.#passRest(at);
      else if (this.#atLineStart) at = this.#startLine(at);
      else if (this.#place === "boundary line") at = this.#passBoundaryLine(at);
      else at = this.#passLines(at);
    }
    if (this.#place === "header") this.#header.keep(chunk, this.#base, this.#part.headerStart, this.#headerLimit());
    this.#lastOctet = chunk[size - 1] ?? 0;
    this.#base += size;
    this.#chunk = EMPTY;
    this.#octets.open(EMPTY);
  }

  /** Ends the message. The parser is of no use afterwards. */
  finish(): ParsedMessage {
    const size = this.#base;
    if (this.#headLength > 0) this.#takeLine(this.#head, 0, this.#headLength, size - this.#headLength);
    while (this.#place === "header") this.#endHeader(size, this.#lines, false);
    for (let part: PartDraft | undefined = this.#part; part !== undefined; part = part.parent) part.endBody(size, this.#lines);
    output.truncate();
    writeBodyStructure(output, this.#root, this.#describer.fragments);
    const bodyStructure = output.release();
    const { envelope, thread } = this.#describer;
    return { size, headerSize: this.#root.bodyStart, root: this.#root.toPart(), envelope, bodyStructure, ...thread };
  }

  #passRest(from: number): number {
    const octets = this.#octets;
    const size = this.#chunk.length;
    for (let at = from; at < size; this.#lines += octets.lines) at = octets.nextLine(at, false);
    return size;
  }

  /** Passes over lines up to the start of one that may mean something. */
  #passLines(from: number): number {
    const next = this.#octets.nextLine(from, this.#place === "header");
    this.#lines += this.#octets.lines;
    if (this.#chunk[next - 1] === LF) this.#beginLine(next);
    return next;
  }

  /** Passes over what stands behind the boundary in its line. */
  #passBoundaryLine(from: number): number {
    const feed = this.#chunk.indexOf(LF, from);
    if (feed < 0) return this.#chunk.length;
    this.#lines++;
    this.#beginLine(feed + 1);
    this.#endBoundaryLine(this.#base + feed + 1);
    return feed + 1;
  }

  /** A line begins at this offset of the chunk, which is not its first. */
  #beginLine(at: number): void {
    this.#newline = (at > 1 ? this.#chunk[at - 2] : this.#lastOctet) === CR ? 2 : 1;
    this.#atLineStart = true;
  }

  /** Collects the beginning of a line, as far as its meaning depends on it. */
  #startLine(from: number): number {
    const chunk = this.#chunk;
    const first = chunk[from];
    if (this.#headLength === 0 && first !== DASH && !(this.#place === "header" && (first === CR || first === LF))) {
      this.#atLineStart = false;
      return from;
    }
    const wanted = this.#headSize - this.#headLength;
    const to = Math.min(chunk.length, from + wanted);
    let end = from;
    while (end < to && chunk[end] !== LF) end++;
    const complete = end < to || end - from === wanted;
    if (end < to) end++;
    if (complete && this.#headLength === 0) {
      this.#takeLine(chunk, from, end, this.#base + from);
      return end;
    }
    if (this.#head.length === 0) this.#head = new Uint8Array(this.#headSize);
    this.#head.set(chunk.subarray(from, end), this.#headLength);
    this.#headLength += end - from;
    if (complete) this.#takeLine(this.#head, 0, this.#headLength, this.#base + end - this.#headLength);
    return end;
  }

  /** Acts on the line that begins with `bytes[from, to)`, at the offset `start` of the message. */
  #takeLine(bytes: Uint8Array, from: number, to: number, start: number): void {
    const ends = bytes[to - 1] === LF;
    const empty = ends && (to - from === 1 || (to - from === 2 && bytes[from] === CR));
    const after = start + (to - from);
    const linesBefore = this.#lines;
    this.#headLength = 0;
    this.#atLineStart = ends;
    if (ends) this.#lines++;
    const found = this.#match(bytes, from, to);
    if (found !== undefined) this.#takeBackEmptyLine(found.boundary.owner, start);

    // A boundary line ends the header that it is met in, and is then looked at again: as a line of that part's body,
    // or of the header of the message in it.
    if (found !== undefined) {
      while (this.#place === "header" && this.#mayMatch()) this.#endHeaderBefore(start, linesBefore);
      if (this.#place === "body") {
        this.#closeParts(found.boundary.owner, start, linesBefore);
        this.#boundaries.closeInside(found.boundary, found.closing);
        this.#place = "boundary line";
      }
    }
    if (!ends) return;
    this.#newline = to - from > 1 && bytes[to - 2] === CR ? 2 : 1;
    if (this.#place === "boundary line") this.#endBoundaryLine(after);
    else if (empty && this.#place === "header") {
      const part = this.#part;
      this.#endHeader(after, this.#lines, true);
      this.#opened = part;
    }
  }

  #match(bytes: Uint8Array, from: number, to: number): BoundaryMatch<PartDraft> | undefined {
    return this.#mayMatch() ? this.#boundaries.match(bytes, from, to) : undefined;
  }

  /** After the last part that is allowed, boundary lines are text. */
  #mayMatch(): boolean {
    return this.#partCount < this.#limits.parts;
  }

  /**
   * A boundary line right after the empty line: what looked like the empty line is the line end that belongs to the boundary,
   * and the part has no body (RFC 2046 section 5.1.1: `MIME-part-headers [CRLF *OCTET]`).
   */
  #takeBackEmptyLine(owner: PartDraft, start: number): void {
    const part = this.#opened;
    if (part !== undefined && part !== owner && part.bodyStart === start) part.takeBackEmptyLine(this.#newline);
  }

  #headerLimit(): number {
    return this.#part === this.#root ? this.#limits.topHeader : this.#limits.partHeader;
  }

  /** A boundary line where the header goes on: the part has no body, and its last line end belongs to the boundary. */
  #endHeaderBefore(start: number, lines: number): void {
    const part = this.#part;
    const hasLines = start > this.#runStart;
    const end = hasLines ? start - this.#newline : part.headerStart;
    const endLines = hasLines ? lines - 1 : part.linesBefore;
    this.#endHeader(end, endLines, false);
    part.endBody(end, endLines);
    this.#runStart = start;
  }

  /**
   * @param bodyStart the offset after the header
   * @param lines line ends of the message before it
   * @param complete whether the empty line was there: without it nothing can be inside the part
   */
  #endHeader(bodyStart: number, lines: number, complete: boolean): void {
    const part = this.#part;
    const bytes = this.#header.read(this.#chunk, this.#base, part.headerStart, bodyStart, this.#headerLimit());
    const header = readPartHeader(bytes, part.parent?.kind === "multipart", this.#limits);
    part.startBody(bodyStart, lines);
    const boundary = this.#describer.describe(part, header, complete, this.#partCount < this.#limits.parts);
    if (boundary !== undefined) this.#boundaries.open(boundary, part);
    if (part.kind === "message") this.#beginPart(bodyStart, lines);
    else this.#enterBody(bodyStart);
  }

  #enterBody(at: number): void {
    this.#place = this.#boundaries.size > 0 ? "body" : "rest";
    this.#runStart = at;
  }

  #beginPart(at: number, lines: number): void {
    this.#part = new PartDraft(this.#part, at, lines);
    this.#part.parent?.children.push(this.#part);
    this.#partCount++;
    this.#header.clear();
    this.#place = "header";
    this.#runStart = at;
  }

  /** Ends every part inside `owner`. The line end before the boundary line is not theirs. */
  #closeParts(owner: PartDraft, start: number, lines: number): void {
    const hasLines = start > this.#runStart;
    for (let part = this.#part; part !== owner && part.parent !== undefined; part = part.parent) {
      part.endBody(hasLines ? start - this.#newline : start, hasLines ? lines - 1 : lines);
      this.#part = part.parent;
    }
  }

  /** The boundary line is over: a part begins, or the text after the last part. */
  #endBoundaryLine(after: number): void {
    if (this.#boundaries.innermost === this.#part) this.#beginPart(after, this.#lines);
    else this.#enterBody(after);
  }
}
