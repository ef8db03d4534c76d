import { AT, COLON, COMMA, DOT, GREATER, LEFT_PAREN, LESS, QUOTE, RIGHT_PAREN, SEMICOLON, SPACE, toBytes } from "./ascii.ts";
import { ByteWriter } from "./byte-writer.ts";
import { BROKEN, ENDED, HeaderCursor, MORE, type Progress } from "./header-cursor.ts";
import { NIL, writeDisplayText, writeString } from "./imap-string.ts";

/** What stands in an address where the field had nothing usable, so that clients can show and skip it. */
const MISSING_MAILBOX = toBytes("MISSING_MAILBOX");
const MISSING_DOMAIN = toBytes("MISSING_DOMAIN");
const SYNTAX_ERROR = toBytes("SYNTAX_ERROR");
const INVALID_ROUTE = toBytes("INVALID_ROUTE");

/** One element of an address that may be absent. */
class Element {
  readonly text = new ByteWriter(64);
  present = false;

  set(source: Uint8Array, length = source.length): void {
    this.text.truncate();
    this.text.bytes(source, 0, length);
    this.present = true;
  }

  take(from: ByteWriter): void {
    this.set(from.buffer, from.length);
  }

  clear(): void {
    this.present = false;
  }

  get empty(): boolean {
    return !this.present || this.text.length === 0;
  }
}

/**
 * Turns address fields (RFC 5322 section 3.4) into the address lists of an ENVELOPE (RFC 9051 section 7.5.2).
 *
 * Total on broken input: an address that cannot be read is answered with MISSING_MAILBOX, MISSING_DOMAIN or SYNTAX_ERROR in
 * place of what is missing. One instance may be used again for any number of fields.
 */
export class AddressListWriter {
  readonly #comment = new ByteWriter(64);
  readonly #cursor = new HeaderCursor(new Uint8Array(0), this.#comment);
  readonly #scratch = new ByteWriter(128);
  readonly #name = new Element();
  readonly #route = new Element();
  readonly #mailbox = new Element();
  readonly #domain = new Element();
  #out: ByteWriter = this.#scratch;
  #left = 0;
  #written = 0;

  /**
   * Appends the list of all addresses of the given values, or NIL.
   *
   * @param ranges start and end offsets of the field values in `header`, in pairs: repeated fields make one list
   * @param limit most addresses written
   */
  write(out: ByteWriter, header: Uint8Array, ranges: readonly number[], limit: number): void {
    this.#out = out;
    this.#left = limit;
    this.#written = 0;
    const at = out.length;
    out.byte(LEFT_PAREN);
    for (let i = 0; i + 1 < ranges.length && this.#left > 0; i += 2) {
      this.#cursor.open(header, ranges[i] ?? 0, ranges[i + 1] ?? 0);
      if (this.#cursor.skipSpace() === MORE) this.#list();
    }
    if (this.#written > 0) {
      out.byte(RIGHT_PAREN);
      return;
    }
    out.truncate(at);
    out.bytes(NIL);
  }

  #list(): void {
    const cursor = this.#cursor;
    while (this.#left > 0) {
      if (this.#address() === ENDED || cursor.peek() !== COMMA) return;
      cursor.at++;
      const progress = cursor.skipSpace();
      if (progress === BROKEN) this.#completeAndWrite();
      if (progress !== MORE) return;
    }
  }

  #address(): Progress {
    const start = this.#cursor.at;
    const group = this.#group();
    if (group !== BROKEN) return group;
    this.#cursor.at = start;
    return this.#mailboxOrName();
  }

  /** group = display-name ":" [mailbox-list / CFWS] ";". BROKEN means that it is no group. */
  #group(): Progress {
    const cursor = this.#cursor;
    const text = this.#scratch;
    text.truncate();
    if (cursor.phrase(text) !== MORE || cursor.peek() !== COLON) return BROKEN;
    cursor.at++;
    let progress = cursor.skipSpace();
    this.#mailbox.take(text);
    this.#writeAddress();
    if (progress === MORE && cursor.peek() !== SEMICOLON) progress = this.#groupMembers();
    if (progress !== BROKEN) {
      if (cursor.peek() === SEMICOLON) {
        cursor.at++;
        progress = cursor.skipSpace();
      } else progress = BROKEN;
    }
    this.#writeAddress();
    return progress === ENDED ? ENDED : MORE;
  }

  #groupMembers(): Progress {
    const cursor = this.#cursor;
    while (this.#left > 0) {
      this.#mailboxOrName();
      if (cursor.peek() !== COMMA) return MORE;
      cursor.at++;
      if (cursor.skipSpace() !== MORE) return BROKEN;
    }
    return BROKEN;
  }

  #mailboxOrName(): Progress {
    const start = this.#cursor.at;
    let progress = this.#nameAddress();
    if (progress === BROKEN) {
      this.#cursor.at = start;
      progress = this.#plainAddress();
    }
    this.#completeAndWrite();
    return progress;
  }

  /** name-addr = [display-name] angle-addr. BROKEN means that no angle bracket follows. */
  #nameAddress(): Progress {
    const cursor = this.#cursor;
    const text = this.#scratch;
    text.truncate();
    if (cursor.phrase(text) !== MORE || cursor.peek() !== LESS) return BROKEN;
    if (text.length > 0) this.#name.take(text);
    if (this.#angleAddress() === BROKEN) this.#domain.set(SYNTAX_ERROR);
    return cursor.ended ? ENDED : MORE;
  }

  #angleAddress(): Progress {
    const cursor = this.#cursor;
    cursor.at++;
    if (cursor.skipSpace() !== MORE) return BROKEN;
    if (cursor.peek() === AT) {
      if (this.#routeDomains() === MORE && cursor.peek() === COLON) cursor.at++;
      else this.#route.set(INVALID_ROUTE);
      if (cursor.skipSpace() !== MORE) return BROKEN;
    }
    if (cursor.peek() !== GREATER) {
      if (this.#localPart() !== MORE) return BROKEN;
      if (cursor.peek() === AT && this.#domainPart() !== MORE) return BROKEN;
      if (cursor.peek() !== GREATER) return BROKEN;
    }
    cursor.at++;
    return cursor.skipSpace();
  }

  /** obs-route: a list of domains that a relay was once told to take. */
  #routeDomains(): Progress {
    const cursor = this.#cursor;
    const text = this.#scratch;
    text.truncate();
    while (cursor.peek() === AT) {
      if (text.length > 0) text.byte(COMMA);
      text.byte(AT);
      const progress = cursor.domain(text);
      if (progress !== MORE) return progress;
      while (cursor.peek() === COMMA) {
        cursor.at++;
        if (cursor.skipSpace() === BROKEN) return BROKEN;
      }
    }
    if (cursor.ended) return ENDED;
    this.#route.take(text);
    return MORE;
  }

  /** addr-spec, or a name without any address. A comment is the name that old mail puts after the address. */
  #plainAddress(): Progress {
    const cursor = this.#cursor;
    const text = this.#scratch;
    this.#comment.truncate();
    const quoted = cursor.peek() === QUOTE;
    let progress = this.#localPart();
    let hasDomain = false;
    if (progress !== ENDED && cursor.peek() === AT) {
      hasDomain = true;
      const domain = this.#domainPart();
      if (domain !== MORE) progress = domain;
    }
    if (this.#comment.length > 0) {
      this.#name.take(this.#comment);
      return progress;
    }
    if (hasDomain) return progress;
    this.#nameOnly(text, quoted);
    return BROKEN;
  }

  /** A single word without a domain is a mailbox; several words, or a quoted one, are a name. */
  #nameOnly(text: ByteWriter, quoted: boolean): void {
    text.byte(SPACE);
    const { length } = text;
    this.#cursor.phrase(text);
    if (text.length !== length) {
      this.#mailbox.clear();
      this.#name.take(text);
    } else if (quoted && this.#mailbox.present) {
      this.#name.take(this.#mailbox.text);
      this.#mailbox.clear();
    }
  }

  #localPart(): Progress {
    const text = this.#scratch;
    text.truncate();
    const progress = this.#cursor.peek() === QUOTE ? this.#cursor.quotedString(text) : this.#looseDotAtom(text);
    if (progress !== BROKEN) this.#mailbox.take(text);
    return progress;
  }

  /** dot-atom with dots anywhere: some providers hand out mailboxes like `a..b` and `a.`. */
  #looseDotAtom(text: ByteWriter): Progress {
    const cursor = this.#cursor;
    let progress: Progress = BROKEN;
    do {
      while (cursor.peek() === DOT) {
        text.byte(DOT);
        cursor.at++;
        if (cursor.ended) return ENDED;
        progress = MORE;
      }
      if (cursor.peek() === AT) return progress;
      progress = cursor.atom(text);
    } while (progress === MORE && cursor.peek() === DOT);
    return progress;
  }

  #domainPart(): Progress {
    const text = this.#scratch;
    text.truncate();
    const progress = this.#cursor.domain(text);
    if (progress !== BROKEN) this.#domain.take(text);
    return progress;
  }

  #completeAndWrite(): void {
    if (!this.#mailbox.present) this.#mailbox.set(MISSING_MAILBOX);
    if (this.#domain.empty) this.#domain.set(MISSING_DOMAIN);
    this.#writeAddress();
  }

  /** An address without a domain is the start of a group; one of nothing but NIL is its end. */
  #writeAddress(): void {
    const out = this.#out;
    this.#left--;
    this.#written++;
    out.byte(LEFT_PAREN);
    if (this.#name.present) writeDisplayText(out, this.#name.text.buffer, 0, this.#name.text.length);
    else out.bytes(NIL);
    for (const element of [this.#route, this.#mailbox, this.#domain]) {
      out.byte(SPACE);
      if (element.present) writeString(out, element.text.buffer, 0, element.text.length);
      else out.bytes(NIL);
      element.clear();
    }
    this.#name.clear();
    out.byte(RIGHT_PAREN);
  }
}
