import type { MimePart } from "@sluice/mime/mime-part";
import type { OctetScanner } from "@sluice/mime/octet-scanner";
import { decodeStructure } from "@sluice/mime/structure-codec";
import { TransferDecoder } from "@sluice/mime/transfer-decoder";

import { LIMITS } from "../limits.ts";
import type { BodyStore } from "../mailbox/body-store.ts";
import type { ContentRow } from "../mailbox/mailbox-index.ts";
import { foldText } from "./fold.ts";
import { HeaderText } from "./header-text.ts";
import { TextWindows } from "./text-windows.ts";

/** Folded strings of the keys BODY and TEXT. */
export interface BodyTexts {
  readonly body: ReadonlySet<string>;
  readonly text: ReadonlySet<string>;
}

export interface SearchSizes {
  /** Octets of the message that are looked at in one go. */
  readonly window: number;
  /** Characters before a window that are looked at again with it. */
  readonly overlap: number;
}

/** A text part that is being read. */
interface Reading {
  readonly part: MimePart;
  readonly decoder: TransferDecoder;
  readonly text: TextWindows;
  at: number;
  /** The end of what was looked at: a string may begin in it. */
  tail: string;
}

type Job =
  | { readonly kind: "header"; readonly start: number; readonly end: number; readonly mime: boolean }
  | { readonly kind: "part"; readonly part: MimePart };

/**
 * Looks for strings in what follows the header of a message: its text parts, decoded, and the headers of messages
 * inside it; for TEXT also the MIME headers of parts (RFC 9051 section 6.4.4). Attachments that are not text are
 * passed over. Memory is bounded by the window whatever the size of a part.
 */
export class BodySearch {
  readonly #bodies: BodyStore;
  readonly #content: ContentRow;
  readonly #missing: { readonly body: Set<string>; readonly text: Set<string> };
  readonly #window: number;
  readonly #overlap: number;
  readonly #octets: OctetScanner;
  /** What is still to be looked at, the next at the end. */
  readonly #jobs: Job[];
  #reading: Reading | undefined;

  constructor(
    bodies: BodyStore,
    content: ContentRow,
    texts: BodyTexts,
    octets: OctetScanner,
    sizes: SearchSizes = { window: LIMITS.searchWindow, overlap: LIMITS.searchOverlap },
  ) {
    if (content.structure === undefined) throw new TypeError("The structure of the message was not read");
    this.#bodies = bodies;
    this.#content = content;
    this.#missing = { body: new Set(texts.body), text: new Set(texts.text) };
    const longest = Math.max(0, ...[...texts.body, ...texts.text].map((text) => text.length));
    this.#window = sizes.window;
    this.#octets = octets;
    this.#overlap = Math.min(sizes.overlap, Math.max(0, longest - 1));
    this.#jobs = [{ kind: "part", part: decodeStructure(content.structure) }];
    for (const missing of [this.#missing.body, this.#missing.text]) missing.delete("");
  }

  /** Whether the string is there; `undefined` while it was not found in what has been read so far. */
  finds(key: "body" | "text", text: string): boolean | undefined {
    if (!this.#missing[key].has(text)) return true;
    return this.ended ? false : undefined;
  }

  /** Looks at the next window or header. Answers the octets that were read, 0 when nothing is left to be read. */
  async next(): Promise<number> {
    if (this.#reading !== undefined) return this.#readOn(this.#reading);
    for (let job = this.#jobs.pop(); job !== undefined; job = this.#jobs.pop()) {
      if (job.kind === "part") {
        this.#open(job.part);
        if (this.#reading !== undefined) return this.#readOn(this.#reading);
      } else if (!job.mime || this.#missing.text.size > 0) {
        const end = Math.min(job.end, job.start + LIMITS.filteredHeader);
        const header = new HeaderText(await this.#read(job.start, end), this.#octets);
        this.#look((text) => header.holdsAnywhere(text), job.mime);
        return Math.max(1, end - job.start);
      }
    }
    return 0;
  }

  /** Whether all of the message was looked at. */
  get ended(): boolean {
    return this.#reading === undefined && this.#jobs.length === 0;
  }

  // sign-text.ts makes signatures of the same: what is looked at here and not there would never be found.
  #open(part: MimePart): void {
    switch (part.kind) {
      case "message":
        this.#push(part.message, false);
        return;
      case "multipart":
        for (const child of part.children.toReversed()) this.#push(child, true);
        return;
      case "leaf":
        if (part.type !== "text" || part.bodyStart === part.bodyEnd) return;
        this.#reading = {
          part,
          decoder: new TransferDecoder(part.encoding),
          text: new TextWindows(part.charset),
          at: part.bodyStart,
          tail: "",
        };
        return;
      default:
        part satisfies never;
    }
  }

  #push(part: MimePart, mime: boolean): void {
    this.#jobs.push({ kind: "part", part }, { kind: "header", start: part.headerStart, end: part.bodyStart, mime });
  }

  async #readOn(reading: Reading): Promise<number> {
    const { part, decoder, text, at, tail } = reading;
    const end = Math.min(part.bodyEnd, at + this.#window);
    const decoded = decoder.push(await this.#read(at, end));
    const last = end === part.bodyEnd;
    const window = text.cut(last ? joined(decoded, decoder.finish()) : decoded, last);
    const folded = this.#lookAtOctets(text, window, tail) ? undefined : tail + foldText(text.decode(window));
    if (folded !== undefined) this.#look((wanted) => folded.includes(wanted), false);
    reading.at = end;
    if (last) this.#reading = undefined;
    else if (this.#overlap > 0) reading.tail = (folded ?? tail + lowerAscii(window.subarray(-this.#overlap))).slice(-this.#overlap);
    return end - at;
  }

  /** Looks at a window as it is. False where it must be decoded. */
  #lookAtOctets(text: TextWindows, window: Uint8Array, tail: string): boolean {
    if (!text.readsAscii) return false;
    const found = new Set<string>();
    this.#octets.open(window);
    for (const wanted of new Set([...this.#missing.body, ...this.#missing.text])) {
      const holds = this.#octets.holdsText(window, wanted);
      if (holds === undefined) return false;
      if (holds) found.add(wanted);
    }
    // What begins before the window ends within the overlap.
    const edge = tail === "" ? "" : tail + lowerAscii(window.subarray(0, this.#overlap));
    this.#look((wanted) => found.has(wanted) || edge.includes(wanted), false);
    return true;
  }

  #look(holds: (text: string) => boolean, onlyText: boolean): void {
    const { body, text } = this.#missing;
    for (const wanted of onlyText ? [text] : [body, text]) {
      for (const string of wanted) if (holds(string)) wanted.delete(string);
    }
  }

  /** Octets `[start, end)` of the message, of which the head is at hand and the rest in the body store. */
  async #read(start: number, end: number): Promise<Uint8Array> {
    const { head, body } = this.#content;
    if (head === undefined) throw new TypeError("The head of the message was not read");
    if (end <= head.length) return head.subarray(start, end);
    if (body === undefined) throw new RangeError("The message is shorter than its structure says");
    const from = Math.max(start, head.length);
    const rest = await this.#bodies.read(body, from - head.length, end - from);
    return start < head.length ? joined(head.subarray(start), rest) : rest;
  }
}

const latin1 = new TextDecoder("latin1");

function lowerAscii(octets: Uint8Array): string {
  return latin1.decode(octets).toLowerCase();
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (second.length === 0) return first;
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}
