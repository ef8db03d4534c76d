import type { MimePart } from "@sluice/mime/mime-part";
import { resolveSection, type ByteRange } from "@sluice/mime/section";
import { decodeStructure } from "@sluice/mime/structure-codec";

import { LIMITS } from "../limits.ts";
import type { BodyStore } from "../mailbox/body-store.ts";
import type { ContentRow } from "../mailbox/mailbox-index.ts";
import type { ByteWriter } from "../protocol/byte-writer.ts";
import type { SectionItem } from "./plan.ts";
import { putOctets } from "../protocol/put.ts";

/**
 * Writes sections of one message after another as literals.
 *
 * A literal is announced with its size, then written in pieces of at most LIMITS.outputMessage octets, so
 * that whoever steps this can stop between two pieces. A store that answers later makes a promise of a call;
 * the next call may come when it is settled.
 */
export class SectionWriter {
  readonly #out: ByteWriter;
  readonly #bodies: BodyStore;
  #content: ContentRow | undefined;
  /** What follows the head, where it is at hand already. */
  #body: Uint8Array | undefined;
  #size = 0;
  #root: MimePart | undefined;
  /** Octets of the message that still belong to the announced literal. */
  #at = 0;
  #end = 0;

  constructor(out: ByteWriter, bodies: BodyStore) {
    this.#out = out;
    this.#bodies = bodies;
  }

  /** What follows is of this message, of `size` octets. `body` is what follows its head, if it has been read. */
  open(content: ContentRow, size: number, body: Uint8Array | undefined): void {
    this.#content = content;
    this.#body = body;
    this.#size = size;
    this.#root = undefined;
    this.#at = 0;
    this.#end = 0;
  }

  /** Lets go of the message. Reads that are under way come to nothing. */
  close(): void {
    this.#content = undefined;
    this.#body = undefined;
    this.#root = undefined;
    this.#at = 0;
    this.#end = 0;
  }

  /** Part of the announced literal is still to be written, by {@link next}. */
  get busy(): boolean {
    return this.#at < this.#end;
  }

  /** Writes the label and announces the literal; a short one is written whole. `skip` octets of the label are left out. */
  start(item: SectionItem, skip: number): Promise<void> | undefined {
    const { filter, partial } = item;
    const content = this.#opened();
    if (filter === undefined) {
      const { start, end } = this.#range(content, item) ?? NOTHING;
      this.#at = Math.min(end, start + (partial?.offset ?? 0));
      this.#end = Math.min(end, this.#at + (partial?.count ?? end));
      this.#announce(item.label, skip, this.#end - this.#at);
      return undefined;
    }
    // The hot case: the header that the index keeps is the whole header.
    const { head, headerSize } = content;
    if (item.path.length === 0 && head !== undefined && head.length === headerSize) {
      this.#filtered(item, skip, head);
      return undefined;
    }
    const range = this.#range(content, item);
    if (range === undefined) {
      this.#announce(item.label, skip, 0);
      return undefined;
    }
    const header = this.#collect(content, range.start, Math.min(range.end, range.start + LIMITS.filteredHeader));
    if (!(header instanceof Promise)) {
      this.#filtered(item, skip, header);
      return undefined;
    }
    return header.then((octets) => {
      if (this.#content === content) this.#filtered(item, skip, octets);
      return undefined;
    });
  }

  /** Writes the next piece of the announced literal. */
  next(): Promise<void> | undefined {
    const content = this.#opened();
    const piece = this.#read(content, this.#at, Math.min(this.#end, this.#at + LIMITS.outputMessage));
    if (!(piece instanceof Promise)) {
      this.#piece(piece);
      return undefined;
    }
    return piece.then((octets) => {
      if (this.#content === content) this.#piece(octets);
      return undefined;
    });
  }

  #piece(octets: Uint8Array): void {
    this.#put(octets);
    this.#at += octets.length;
  }

  /**
   * Writes octets of a literal. It may hold no NUL (RFC 9051 section 4.3: CHAR8), which a stored message may: 0x80 stands
   * in its place, as other servers have it, so that sizes and offsets stay right.
   */
  #put(octets: Uint8Array): void {
    const out = this.#out;
    out.octets(octets);
    const written = out.bytes.subarray(out.length - octets.length, out.length);
    for (let at = written.indexOf(0); at >= 0; at = written.indexOf(0, at + 1)) written[at] = 0x80;
  }

  #announce(label: Uint8Array, skip: number, size: number): void {
    const out = this.#out;
    out.reserve(label.length + 20);
    out.length = putOctets(out.bytes, out.length, label, skip);
    out.byte(0x7b);
    out.number(size);
    out.ascii("}\r\n");
  }

  /** Runs the field filter over a header and writes what it selects. */
  #filtered(item: SectionItem, skip: number, header: Uint8Array): void {
    const { filter, partial } = item;
    if (filter === undefined) throw new TypeError("The section has no field filter");
    if (scratch.length < header.length + 4) scratch = new Uint8Array(header.length + 4);
    const size = filter.filter(header, scratch, 0);
    const from = Math.min(size, partial?.offset ?? 0);
    const to = Math.min(size, from + (partial?.count ?? size));
    this.#announce(item.label, skip, to - from);
    this.#put(scratch.subarray(from, to));
  }

  /** The octets of the message that the section names; `undefined` for a part that does not exist, which is answered as an empty string (see `resolveSection`). */
  #range(content: ContentRow, { path, text }: SectionItem): ByteRange | undefined {
    if (path.length === 0) {
      const header = content.headerSize ?? 0;
      if (text === undefined) return { start: 0, end: this.#size };
      return text === "TEXT" ? { start: header, end: this.#size } : { start: 0, end: header };
    }
    if (content.structure === undefined) throw new TypeError("The structure of the message was not read");
    this.#root ??= decodeStructure(content.structure);
    return resolveSection(this.#root, path, text);
  }

  /** Octets of the message from `from` on, at most up to `to`: the first ones are at hand, what follows is in the body store. */
  #read(content: ContentRow, from: number, to: number): Uint8Array | Promise<Uint8Array> {
    const { head, body } = content;
    if (head === undefined) throw new TypeError("The head of the message was not read");
    if (from < head.length || from === to) return head.subarray(from, Math.min(to, head.length));
    if (body === undefined) throw new RangeError("The message is shorter than its index says");
    if (this.#body !== undefined) return exactly(this.#body.subarray(from - head.length, to - head.length), to - from);
    const octets = this.#bodies.read(body, from - head.length, to - from);
    return octets instanceof Promise ? octets.then((read) => exactly(read, to - from)) : exactly(octets, to - from);
  }

  /** All octets `[from, to)` of the message. */
  #collect(content: ContentRow, from: number, to: number): Uint8Array | Promise<Uint8Array> {
    const first = this.#read(content, from, to);
    if (first instanceof Promise || first.length === to - from) return first;
    const rest = this.#read(content, from + first.length, to);
    return rest instanceof Promise ? rest.then((octets) => joined(first, octets)) : joined(first, rest);
  }

  #opened(): ContentRow {
    if (this.#content === undefined) throw new TypeError("No message is open");
    return this.#content;
  }
}

const NOTHING: ByteRange = { start: 0, end: 0 };

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}

function exactly(octets: Uint8Array, length: number): Uint8Array {
  if (octets.length !== length) throw new RangeError(`The body store gave ${octets.length} octets for ${length}`);
  return octets;
}

/** Where filtered headers are put before their size can be written. Never used across two turns. */
let scratch = new Uint8Array(16 * 1024);
