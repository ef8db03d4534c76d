import { LIMITS } from "../limits.ts";
import { bad, type StatusError } from "../protocol/status-error.ts";
import { Atom, ATOM_NAMES } from "./atom-ids.ts";
import { parseDate, parseDateTime, type DateTime } from "./date-text.ts";
import { isTagOctet } from "./first-octets.ts";
import type { LiteralHeader } from "./framer.ts";
import { hasListWildcardsOnly, isAstringAtom, isAtom, isFlag, text, unescape } from "./octets.ts";
import { readSection, type Section } from "./section-reader.ts";
import type { Segment } from "./segment.ts";
import { ENTRY_SIZE, Kind, TAPE_ERROR_TEXT, TokenFlag } from "./tape.ts";

const SPACE = 0x20;
/** Digits of 2^63 - 1, the largest number64 and mod-sequence. */
const NUMBER64_DIGITS = 19;
const NUMBER64_MAX = "9223372036854775807";

const NAMES: Readonly<Record<number, string>> = {
  [Kind.atom]: "an atom",
  [Kind.number]: "a number",
  [Kind.set]: "a sequence set",
  [Kind.quoted]: "a quoted string",
  [Kind.literal]: "a literal",
  [Kind.open]: "an opening parenthesis",
  [Kind.close]: "a closing parenthesis",
};

/** A literal where it stands in a command. */
export interface LiteralArgument extends LiteralHeader {
  /** Its octets if they were collected with the command; `undefined` if they are streamed. */
  readonly data: Uint8Array | undefined;
}

/**
 * Reads a command's arguments left to right, and is their validation: RFC 9051 section 9, exactly one
 * space between two of them. Every method consumes what it returns, and throws BAD with what was
 * expected and what was found. Octets are returned as views of the segment.
 *
 * Two liberties: one space before the end of the line (Outlook), and none before a literal that
 * follows `)` or `"`: `APPEND box (){3}` (emailjs-imap-client).
 */
export class ArgumentReader {
  readonly #bytes: Uint8Array;
  readonly #tape: Int32Array;
  /** Offset of the piece's first octet, of the one behind its last, and index behind its last entry: what follows belongs to others. */
  readonly #start: number;
  readonly #end: number;
  readonly #tapeEnd: number;
  /** Index of the next entry's first integer. */
  #at: number;
  /** Offset of the next octet. */
  #cursor: number;

  /** @param entry index of the first entry to read: 1 is the tag, or the first token of a piece that continues a command */
  constructor(segment: Segment, entry = 1) {
    this.#bytes = segment.bytes;
    this.#tape = segment.tape;
    this.#start = segment.start;
    this.#end = segment.end;
    this.#tapeEnd = segment.tapeEnd;
    this.#at = segment.tapeStart + entry * ENTRY_SIZE;
    this.#cursor = entry > 1 ? this.#behind(this.#at - ENTRY_SIZE) : segment.start;
  }

  /** Offset of the next octet in the piece. */
  get position(): number {
    return this.#cursor - this.#start;
  }

  /** No argument is left. */
  get atEnd(): boolean {
    return this.#at >= this.#tapeEnd;
  }

  /** One of `Kind`, or 0 at the end or before a space. */
  peekKind(): number {
    return this.#spaced ? 0 : this.#kindAt(this.#at);
  }

  /** Id of the next token if it is an atom that has one; otherwise 0. */
  peekAtomId(): number {
    return this.peekKind() === Kind.atom ? this.#idAt(this.#at) : Atom.UNKNOWN;
  }

  /** The octets themselves, from one `position` to another. */
  rawSlice(start: number, end: number): Uint8Array {
    return this.#bytes.subarray(this.#start + start, this.#start + end);
  }

  /** tag = 1*<any ASTRING-CHAR except "+"> */
  tag(): Uint8Array {
    const at = this.#takeWord("a tag");
    const start = this.#startOf(at);
    const end = this.#endOf(at);
    if (end - start > LIMITS.tagLength) throw this.#refusal("a tag", at);
    for (let next = start; next < end; next++) if (!isTagOctet(this.#bytes[next] ?? 0)) throw this.#refusal("a tag", at);
    return this.#bytes.subarray(start, end);
  }

  /** The command's name with the space before it, in upper case; `UID FETCH` and its kind with both words. */
  commandName(): string {
    this.space();
    const id = this.peekAtomId();
    if (id === Atom.UID && this.#nextIsWord()) {
      this.#advance();
      this.space();
      const second = this.peekAtomId();
      return second === Atom.UNKNOWN ? `UID ${this.keyword("a command name")}` : this.#uidName(second);
    }
    if (id === Atom.UNKNOWN) return this.keyword("a command name");
    this.#advance();
    return upperName(id);
  }

  /** Consumes an atom. Its id is 0 if it is none of `Atom`. */
  atomId(what: string): number {
    return this.#idAt(this.#take(Kind.atom, what));
  }

  /** atom = 1*ATOM-CHAR, in the client's case. */
  atom(what: string): string {
    return text(this.#atomOctets(what));
  }

  /** An atom in upper case, for names that are compared. Long ones are no names. */
  keyword(what: string): string {
    const octets = this.#atomOctets(what);
    if (octets.length > LIMITS.keywordText) throw this.#refusal(what, this.#at - ENTRY_SIZE);
    return text(octets).toUpperCase();
  }

  /** astring = 1*ASTRING-CHAR / string */
  astring(what: string): Uint8Array {
    if (!this.#atWord()) return this.string(what);
    const at = this.#advance();
    const octets = this.#octetsOf(at);
    if (this.#isOdd(at) && !isAstringAtom(octets)) throw this.#refusal(what, at);
    return octets;
  }

  /** {@link astring} as text. `latin1` takes each octet for a character; `utf-8` refuses what is none. */
  astringText(what: string, encoding: "utf-8" | "latin1" = "utf-8"): string {
    const octets = this.astring(what);
    if (encoding === "latin1") return text(octets);
    try {
      return utf8.decode(octets);
    } catch {
      throw bad(`Expected ${what} in UTF-8`);
    }
  }

  /** string = quoted / literal, without its escapes. A literal must be whole, and hold no NUL. */
  string(what: string): Uint8Array {
    const kind = this.#require(what);
    if (kind === Kind.quoted) {
      const at = this.#take(Kind.quoted, what);
      const octets = this.#octetsOf(at);
      return (this.#flagsAt(at) & TokenFlag.escape) === 0 ? octets : unescape(octets);
    }
    if (kind !== Kind.literal) throw this.#refusal(what);
    const literal = this.literal();
    if (literal.binary) throw bad(`Expected ${what}, found a binary literal`);
    if (literal.data === undefined) throw bad(`Literal of ${literal.size} octets is too long for ${what}`, "TOOBIG");
    if (literal.data.includes(0)) throw bad(`Expected ${what}, found a literal with NUL`);
    return literal.data;
  }

  /** nstring = string / nil */
  nstring(what: string): Uint8Array | undefined {
    return this.tryNil() ? undefined : this.string(what);
  }

  /** Consumes NIL if it is next. */
  tryNil(): boolean {
    if (this.peekAtomId() !== Atom.NIL) return false;
    this.#advance();
    return true;
  }

  /** number = 1*DIGIT, 0 to 4294967295. */
  number(what: string): number {
    return this.#valueAt(this.#take(Kind.number, what));
  }

  /** nz-number: as {@link number}, but not 0. */
  nzNumber(what: string): number {
    const value = this.number(what);
    if (value === 0) throw bad(`Expected ${what}, found 0`);
    return value;
  }

  /**
   * number64 = 1*DIGIT, 0 to 2^63 - 1 (also `mod-sequence-valzer`, RFC 7162). What is larger than
   * 2^53 - 1 becomes that: no size and no mod-sequence gets there, so comparisons stay right.
   */
  number64(what: string): number {
    if (this.#require(what) === Kind.number) return this.number(what);
    const at = this.#take(Kind.atom, what);
    const digits = text(this.#octetsOf(at)).replace(/^0+(?=\d)/, "");
    const fits = /^\d+$/.test(digits) && digits.length <= NUMBER64_DIGITS && (digits.length < NUMBER64_DIGITS || digits <= NUMBER64_MAX);
    if (!fits) throw this.#refusal(what, at);
    return Math.min(Number(digits), Number.MAX_SAFE_INTEGER);
  }

  /** The octets of a sequence-set or of `$` (RFC 5182), for protocol/sequence-set.ts to read. */
  sequenceSetText(what: string): Uint8Array {
    const at = this.#takeWord(what);
    const octets = this.#octetsOf(at);
    if (this.#kindAt(at) === Kind.atom && !(octets.length === 1 && octets[0] === 0x24)) throw this.#refusal(what, at);
    return octets;
  }

  /** list-mailbox = 1*list-char / string; list-char = ATOM-CHAR / "%" / "*" / "]" */
  listMailbox(what: string): Uint8Array {
    if (!this.#atWord()) return this.string(what);
    const at = this.#advance();
    const octets = this.#octetsOf(at);
    if (this.#isOdd(at) && !hasListWildcardsOnly(octets)) throw this.#refusal(what, at);
    return octets;
  }

  /** flag = "\" atom / atom. System flags in their usual spelling, keywords in the client's. */
  flag(what = "a flag"): string {
    const at = this.#takeWord(what);
    const octets = this.#octetsOf(at);
    if (this.#isOdd(at) && !isFlag(octets)) throw this.#refusal(what, at);
    const id = octets[0] === 0x5c ? this.#idAt(at) : Atom.UNKNOWN;
    return id === Atom.UNKNOWN ? text(octets) : (ATOM_NAMES[id] ?? text(octets));
  }

  /** flag-list / (flag *(SP flag)): the parentheses may be left out (STORE, RFC 9051 section 6.4.6). */
  flagList(): string[] {
    const flags: string[] = [];
    const listed = this.tryOpen();
    if (listed && this.tryClose()) return flags;
    do {
      if (flags.length === LIMITS.flagsPerCommand) throw bad(`More than ${LIMITS.flagsPerCommand} flags`);
      flags.push(this.flag());
    } while (this.trySpace());
    if (listed) this.close();
    return flags;
  }

  /** date-time = DQUOTE date-day-fixed "-" date-month "-" date-year SP time SP zone DQUOTE */
  dateTime(what = "a date and time"): DateTime {
    const value = parseDateTime(text(this.#octetsOf(this.#take(Kind.quoted, what))));
    if (value === undefined) throw bad(`Expected ${what} such as " 1-Feb-2024 12:00:00 +0000"`);
    return value;
  }

  /** date = date-text / DQUOTE date-text DQUOTE. Days since 1970. */
  date(what = "a date"): number {
    const kind = this.#require(what) === Kind.quoted ? Kind.quoted : Kind.atom;
    const value = parseDate(text(this.#octetsOf(this.#take(kind, what))));
    if (value === undefined) throw bad(`Expected ${what} such as 1-Feb-2024`);
    return value;
  }

  /** `BODY[...]<...>` and its kind come next. */
  peekSection(): boolean {
    if (this.peekKind() !== Kind.atom || !this.#isOdd(this.#at)) return false;
    const end = this.#endOf(this.#at);
    for (let at = this.#startOf(this.#at); at < end; at++) if (this.#bytes[at] === 0x5b) return true;
    return false;
  }

  /** `BODY[section]<partial>`, `BODY.PEEK`, `BINARY`, `BINARY.PEEK` and `BINARY.SIZE` (RFC 9051 section 6.4.5). */
  section(): Section {
    return readSection(this);
  }

  /** An atom with whatever characters, as octets. */
  rawAtom(what: string): Uint8Array {
    return this.#octetsOf(this.#take(Kind.atom, what));
  }

  open(what = "an opening parenthesis"): void {
    if (!this.tryOpen()) throw this.#refusal(what);
  }

  tryOpen(): boolean {
    return this.#tryKind(Kind.open);
  }

  close(what = "a closing parenthesis"): void {
    if (!this.tryClose()) throw this.#refusal(what);
  }

  tryClose(): boolean {
    return this.#tryKind(Kind.close);
  }

  /** Exactly one space, with an argument behind it. */
  space(): void {
    if (this.trySpace()) return;
    const before = this.#kindAt(this.#at - ENTRY_SIZE);
    if (this.peekKind() === Kind.literal && (before === Kind.close || before === Kind.quoted)) return;
    throw this.#refusal("a space");
  }

  /** Consumes a space that has an argument behind it. */
  trySpace(): boolean {
    if (this.atEnd || !this.#spaced) return false;
    this.#cursor++;
    return true;
  }

  /** A literal that is collected or, at the end of a piece, streamed. */
  literal(what = "a literal"): LiteralArgument {
    const at = this.#take(Kind.literal, what);
    const flags = this.#flagsAt(at);
    // A collected literal has at least a line end behind it.
    const data = this.#startOf(at) < this.#end ? this.#octetsOf(at) : undefined;
    const size = this.#valueAt(at);
    return { size, synchronizing: (flags & TokenFlag.nonSynchronizing) === 0, binary: (flags & TokenFlag.binary) !== 0, data };
  }

  /** The literal at which a piece stops, of which nothing is here but the size. */
  literalHeader(what = "a literal"): LiteralArgument {
    return this.literal(what);
  }

  /** The end of the command. */
  end(): void {
    if (!this.atEnd) throw this.#refusal("the end of the command");
    const at = this.#spaced ? this.#cursor + 1 : this.#cursor;
    if (at < this.#end && this.#bytes[at] === SPACE) throw bad("Expected the end of the command, found spaces");
  }

  get #spaced(): boolean {
    return this.#bytes[this.#cursor] === SPACE && this.#cursor < this.#end;
  }

  /** Kind of the next token, which must follow at once. */
  #require(what: string): number {
    const kind = this.peekKind();
    if (kind === 0 || kind === Kind.error) throw this.#refusal(what);
    return kind;
  }

  /** Consumes the next token, which must be of this kind and follow at once. Returns the index of its entry, as those below take it. */
  #take(kind: number, what: string): number {
    if (this.peekKind() !== kind) throw this.#refusal(what);
    return this.#advance();
  }

  #atWord(): boolean {
    const kind = this.peekKind();
    return kind === Kind.atom || kind === Kind.number || kind === Kind.set;
  }

  /** Consumes an atom, a number or a set: three forms of one thing in most grammars. */
  #takeWord(what: string): number {
    if (!this.#atWord()) throw this.#refusal(what);
    return this.#advance();
  }

  #atomOctets(what: string): Uint8Array {
    const at = this.#takeWord(what);
    const octets = this.#octetsOf(at);
    if (this.#isOdd(at) && !isAtom(octets)) throw this.#refusal(what, at);
    return octets;
  }

  #tryKind(kind: number): boolean {
    if (this.peekKind() !== kind) return false;
    this.#advance();
    return true;
  }

  /** Whether a word follows the next token after a space. */
  #nextIsWord(): boolean {
    return this.#kindAt(this.#at + ENTRY_SIZE) === Kind.atom;
  }

  #uidName(id: number): string {
    this.#advance();
    return (uidNames[id] ??= `UID ${upperName(id)}`);
  }

  #advance(): number {
    const at = this.#at;
    this.#cursor = this.#behind(at);
    this.#at = at + ENTRY_SIZE;
    return at;
  }

  /** Offset behind an entry, its closing quote included. */
  #behind(at: number): number {
    return this.#endOf(at) + (this.#kindAt(at) === Kind.quoted ? 1 : 0);
  }

  /** Kind of an entry; 0 behind the last. */
  #kindAt(at: number): number {
    return at < this.#tapeEnd ? (this.#tape[at] ?? 0) & 0xff : 0;
  }

  #flagsAt(at: number): number {
    return ((this.#tape[at] ?? 0) >>> 8) & 0xff;
  }

  /** Atom id, or error number. */
  #idAt(at: number): number {
    return (this.#tape[at] ?? 0) >>> 16;
  }

  /** Where a token's octets begin and end in `#bytes`. */
  #startOf(at: number): number {
    return this.#start + (this.#tape[at + 1] ?? 0);
  }

  #endOf(at: number): number {
    return this.#start + (this.#tape[at + 2] ?? 0);
  }

  #valueAt(at: number): number {
    return (this.#tape[at + 3] ?? 0) >>> 0;
  }

  #octetsOf(at: number): Uint8Array {
    return this.#bytes.subarray(this.#startOf(at), this.#endOf(at));
  }

  #isOdd(at: number): boolean {
    return (this.#flagsAt(at) & TokenFlag.odd) !== 0;
  }

  /** Says what stands where `what` should. Never with its octets: they may be a password. */
  #refusal(what: string, at = this.#at): StatusError {
    const kind = this.#kindAt(at);
    if (kind === Kind.error) return bad(TAPE_ERROR_TEXT[this.#idAt(at)] ?? "Command that cannot be read");
    if (kind === 0) return bad(`Expected ${what}, found the end of the command`);
    const next = at === this.#at;
    const found = next && this.#spaced ? "a space" : (NAMES[kind] ?? "something else");
    return bad(`Expected ${what}, found ${found} at octet ${(next ? this.#cursor : this.#startOf(at)) - this.#start + 1}`);
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const UPPER_NAMES: readonly string[] = ATOM_NAMES.map((name) => name.toUpperCase());
/** `UID FETCH` and its kind by the second word's id, made when they are first asked for: at most one per atom. */
const uidNames: (string | undefined)[] = [];

function upperName(id: number): string {
  return UPPER_NAMES[id] ?? "";
}
