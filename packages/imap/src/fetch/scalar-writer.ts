import type { ContentRow } from "../mailbox/mailbox-index.ts";
import type { MessagePage } from "../mailbox/message-page.ts";
import type { ByteWriter } from "../protocol/byte-writer.ts";
import { FlagText } from "../session/flag-text.ts";
import type { View } from "../session/view.ts";
import { putInternalDate } from "./internal-date.ts";
import { LABELS, type ScalarItem } from "./plan.ts";
import { putNumber, putOctets, putText } from "./put.ts";

const CLOSE = 0x29;
/** Octets of the longest value that is not FLAGS, and of `* n FETCH (` with the largest number. */
const VALUE_LENGTH = 40;
const BEGIN_LENGTH = 24;

/** What `\Seen`, set by this very FETCH, adds to a response. */
export interface ChangeItems {
  readonly uid: boolean;
  readonly flags: boolean;
  readonly modSeq: boolean;
}

/**
 * Writes the short items of messages: the innermost loop of the commands that clients send most, such as
 * `UID FETCH 1:* (FLAGS)`. Makes no object and no string for a message.
 */
export class ScalarWriter {
  readonly #out: ByteWriter;
  readonly #view: View;
  readonly #items: readonly ScalarItem[];
  readonly #hasFlags: boolean;
  /** Octets of the beginning of a response without the text of its flags, at most. */
  readonly #room: number;
  /** The flags of the message before, and their text: neighbours mostly have the same. */
  #system = -1;
  #low = 0;
  #high = 0;
  #recent = false;
  #keywords: readonly string[] | undefined;
  #text: Uint8Array = new Uint8Array(0);

  constructor(out: ByteWriter, view: View, items: readonly ScalarItem[]) {
    this.#out = out;
    this.#view = view;
    this.#items = items;
    this.#hasFlags = items.some(({ kind }) => kind === "flags");
    this.#room = items.reduce((room, { label }) => room + label.length + VALUE_LENGTH, BEGIN_LENGTH);
  }

  /** Writes `* n FETCH (` and all short items. `content` has the ids if they are asked for. */
  begin(sequence: number, page: MessagePage, row: number, content: ContentRow | undefined): void {
    const out = this.#out;
    const flags = this.#hasFlags ? this.#flags(page, row) : this.#text;
    out.reserve(this.#room + flags.length);
    const { bytes } = out;
    let at = out.length;
    bytes[at++] = 0x2a;
    bytes[at++] = 0x20;
    at = putNumber(bytes, at, sequence);
    at = putOctets(bytes, at, FETCH);
    let skip = 1;
    for (const { kind, label } of this.#items) {
      at = putOctets(bytes, at, label, skip);
      skip = 0;
      switch (kind) {
        case "uid":
          at = putNumber(bytes, at, page.uid[row] ?? 0);
          break;
        case "flags":
          at = putOctets(bytes, at, flags);
          bytes[at++] = CLOSE;
          break;
        case "size":
          at = putNumber(bytes, at, page.size[row] ?? 0);
          break;
        case "internal-date":
          at = putInternalDate(bytes, at, page.internalDate[row] ?? 0, page.zoneMinutes[row] ?? 0);
          break;
        case "mod-seq":
          at = putNumber(bytes, at, page.modSeq[row] ?? 0);
          bytes[at++] = CLOSE;
          break;
        case "email-id":
          at = putText(bytes, at, content?.emailId ?? "");
          bytes[at++] = CLOSE;
          break;
        case "thread-id":
          at = putText(bytes, at, content?.threadId ?? "");
          bytes[at++] = CLOSE;
          break;
        default:
          kind satisfies never;
      }
    }
    out.length = at;
  }

  /** Writes a label; for the first one of a response without its space. */
  label(label: Uint8Array, first: boolean): void {
    const out = this.#out;
    out.reserve(label.length);
    out.length = putOctets(out.bytes, out.length, label, first ? 1 : 0);
  }

  /** Writes the items that tell of a change by this FETCH. `first`: none stands before them. */
  change(page: MessagePage, row: number, { uid, flags, modSeq }: ChangeItems, first: boolean): void {
    const out = this.#out;
    let leading = first;
    if (uid) {
      this.label(LABELS.uid, leading);
      leading = false;
      out.number(page.uid[row] ?? 0);
    }
    if (flags) {
      this.label(LABELS.flags, leading);
      leading = false;
      out.octets(this.#flags(page, row));
      out.byte(CLOSE);
    }
    if (modSeq) {
      this.label(LABELS["mod-seq"], leading);
      out.number(page.modSeq[row] ?? 0);
      out.byte(CLOSE);
    }
  }

  /** The text of a message's flags. */
  #flags(page: MessagePage, row: number): Uint8Array {
    const system = page.flags[row] ?? 0;
    const low = page.keywordsLow[row] ?? 0;
    const high = page.keywordsHigh[row] ?? 0;
    const recent = this.#view.isRecent(page.uid[row] ?? 0);
    const { keywords } = this.#view.mailbox;
    const same = system === this.#system && low === this.#low && high === this.#high && recent === this.#recent;
    if (same && keywords === this.#keywords) return this.#text;
    this.#system = system;
    this.#low = low;
    this.#high = high;
    this.#recent = recent;
    this.#keywords = keywords;
    this.#text = flagText.render(keywords, system, low, high, recent);
    return this.#text;
  }
}

const FETCH = Uint8Array.from(" FETCH (", (character) => character.charCodeAt(0));
const flagText = new FlagText();
