import { encodeStructure } from "@sluice/mime/structure-codec";
import { MIME_LIMITS } from "@sluice/mime/limits";
import { MessageParser, type ParsedMessage } from "@sluice/mime/message-parser";
import type { OctetScanner } from "@sluice/mime/octet-scanner";

import { LIMITS } from "../limits.ts";
import type { BodyRef, BodyStore, BodyWriter } from "../mailbox/body-store.ts";
import type { Mailbox, MailboxIndex } from "../mailbox/mailbox-index.ts";
import type { FlagSet } from "../protocol/flags.ts";
import type { TextSignature } from "../mailbox/text-signature.ts";
import { no } from "../protocol/status-error.ts";
import { piecesOf, signText, UNKNOWN_TEXT } from "../search/sign-text.ts";

/** What a delivery needs of the account. */
export interface DeliveryAccount {
  readonly index: MailboxIndex;
  readonly bodies: BodyStore;
  readonly octets: OctetScanner;
  /** Milliseconds since 1970. */
  now(): number;
}

/** Where a message goes. */
export interface DeliveryTarget {
  readonly mailbox: Mailbox;
  readonly flags: FlagSet;
  /** Seconds since 1970, and minutes east of UTC in which they were given. */
  readonly internalDate: number;
  readonly zoneMinutes: number;
}

/**
 * The one way by which a message comes in, from APPEND or from the world.
 *
 * Its octets are parsed and stored as they arrive and are never changed, NUL and bare LF included: what is refused is lost,
 * and signatures cover every octet. The header, up to LIMITS.storedHeader, is held until {@link finish} and goes with
 * the index row; what follows it goes to the body store at once. All or nothing: after a throw, and after
 * {@link abort}, no mailbox has the message.
 */
export class Delivery {
  readonly #account: DeliveryAccount;
  readonly #size: number;
  readonly #parser: MessageParser;
  #received = 0;
  /** What came before it was known where the header ends; then the head itself. */
  #head: Uint8Array<ArrayBuffer>;
  #headLength = 0;
  #headEnded = false;
  #body: BodyWriter | undefined;
  /** What follows the head, as far as a signature may need it. */
  #text: Uint8Array<ArrayBuffer> = NOTHING;
  #textLength = 0;
  #state: "open" | "finished" | "given up" = "open";

  private constructor(account: DeliveryAccount, size: number) {
    this.#account = account;
    this.#parser = new MessageParser(MIME_LIMITS, account.octets);
    this.#size = size;
    this.#head = new Uint8Array(Math.min(size, FIRST_BUFFER));
  }

  /** Begins a message of `size` octets. */
  static begin(account: DeliveryAccount, size: number): Delivery {
    return new Delivery(account, size);
  }

  /** Takes the next octets; the caller waits for a returned promise before the next call. */
  write(chunk: Uint8Array): void | Promise<void> {
    this.#needOpen();
    this.#received += chunk.length;
    if (this.#received > this.#size) throw new RangeError(`The message is longer than the ${this.#size} octets announced`);
    this.#parser.push(chunk);
    if (this.#headEnded) return this.#writeBody(chunk);
    const room = LIMITS.storedHeader - this.#headLength;
    this.#keep(chunk.subarray(0, room));
    const headerSize = this.#parser.headerSize;
    if (headerSize === undefined && chunk.length <= room) return undefined;
    return this.#endHead(Math.min(headerSize ?? LIMITS.storedHeader, LIMITS.storedHeader), chunk.subarray(room));
  }

  /**
   * Ends the message and puts it into the mailboxes, all of them or none. Answers its UID in each.
   * @throws NO [TRYCREATE] when a mailbox was removed meanwhile, NO [LIMIT] of the index; whatever the stores throw.
   */
  async finish(targets: readonly DeliveryTarget[]): Promise<readonly number[]> {
    this.#needOpen();
    if (this.#received !== this.#size) throw new RangeError(`The message has ${this.#received} octets, not the ${this.#size} announced`);
    const parsed = this.#parser.finish();
    const headSize = Math.min(parsed.headerSize, LIMITS.storedHeader);
    if (!this.#headEnded) await this.#endHead(headSize, NOTHING);
    if (this.#headLength !== headSize) throw new TypeError("The header has another end than was known when its body was stored");
    const body = await this.#commitBody();
    try {
      this.#needOpen();
      const uids = this.#account.index.transaction(() => this.#addTo(targets, parsed, body));
      this.#state = "finished";
      return uids;
    } catch (error) {
      await this.#removeBody(body, error);
      throw error;
    }
  }

  /** Leaves nothing behind. Safe at any time; after {@link finish} it does nothing. */
  async abort(): Promise<void> {
    if (this.#state === "open") this.#state = "given up";
    const body = this.#body;
    this.#body = undefined;
    await body?.abort();
  }

  #needOpen(): void {
    if (this.#state !== "open") throw new Error(`The message is already ${this.#state}`);
  }

  #keep(chunk: Uint8Array): void {
    const length = this.#headLength + chunk.length;
    if (length > this.#head.length) {
      const larger = new Uint8Array(Math.min(this.#size, LIMITS.storedHeader, Math.max(this.#head.length * 2, length)));
      larger.set(this.#head.subarray(0, this.#headLength));
      this.#head = larger;
    }
    this.#head.set(chunk, this.#headLength);
    this.#headLength = length;
  }

  /** The first `size` octets are the head; what else was kept, and then `rest`, is the beginning of the body. */
  #endHead(size: number, rest: Uint8Array): void | Promise<void> {
    const kept = this.#head.subarray(size, this.#headLength);
    this.#headEnded = true;
    this.#headLength = size;
    if (size === this.#size) return undefined;
    this.#body = this.#account.bodies.begin(this.#size - size);
    // A message that came at once is at hand already.
    const whole = kept.length === this.#size - size;
    this.#text = whole ? kept : new Uint8Array(Math.min(this.#size - size, LIMITS.signedText));
    this.#textLength = whole ? kept.length : 0;
    const written = kept.length === 0 ? undefined : this.#writeBody(kept);
    if (rest.length === 0) return written;
    return written instanceof Promise ? written.then(() => this.#writeBody(rest)) : this.#writeBody(rest);
  }

  #writeBody(chunk: Uint8Array): void | Promise<void> {
    const text = chunk.subarray(0, this.#text.length - this.#textLength);
    this.#text.set(text, this.#textLength);
    this.#textLength += text.length;
    return this.#body?.write(chunk);
  }

  /** `undefined`: some of the text comes after what was kept, as a footer behind large files does. */
  #sign({ root }: ParsedMessage): TextSignature | undefined {
    const pieces = piecesOf(root);
    if (pieces === undefined) return UNKNOWN_TEXT;
    const head = this.#head.subarray(0, this.#headLength);
    const kept = this.#text.subarray(0, this.#textLength);
    if (pieces.some(({ end }) => end - head.length > kept.length)) return undefined;
    return signText(
      this.#account.octets,
      head,
      pieces,
      pieces.map(({ start, end }) => kept.subarray(start - head.length, end - head.length)),
    );
  }

  async #commitBody(): Promise<BodyRef | undefined> {
    const ref = await this.#body?.commit();
    this.#body = undefined;
    return ref;
  }

  #addTo(targets: readonly DeliveryTarget[], parsed: ParsedMessage, body: BodyRef | undefined): readonly number[] {
    const { index } = this.#account;
    const { size, headerSize, envelope, bodyStructure, messageId, inReplyTo, references } = parsed;
    const content = index.addContent({
      size,
      head: this.#head.subarray(0, this.#headLength),
      headerSize,
      envelope,
      bodyStructure,
      structure: encodeStructure(parsed.root),
      messageId,
      references: inReplyTo === undefined ? references : [...references, inReplyTo],
      body,
      signature: this.#sign(parsed),
    });
    const saveDate = Math.floor(this.#account.now() / 1000);
    return targets.map(({ mailbox, ...target }) => {
      if (!mailbox.exists) throw no("The mailbox was deleted meanwhile", "TRYCREATE");
      return mailbox.append([{ content, size, saveDate, ...target }]).firstUid;
    });
  }

  async #removeBody(body: BodyRef | undefined, cause: unknown): Promise<void> {
    if (body === undefined) return;
    try {
      await this.#account.bodies.remove(body);
    } catch (error) {
      throw new AggregateError([cause, error], "A message could not be kept, nor its body be removed", { cause: error });
    }
  }
}

/** Most headers fit: the buffer grows by doubling for the others. */
const FIRST_BUFFER = 8 * 1024;
const NOTHING = new Uint8Array(0);
