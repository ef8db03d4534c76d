import { LIMITS } from "../limits.ts";
import type { ContentRow } from "../mailbox/mailbox-index.ts";
import type { MessagePage } from "../mailbox/message-page.ts";
import type { ByteWriter } from "../protocol/byte-writer.ts";
import { FlagText } from "../session/flag-text.ts";
import type { View } from "../session/view.ts";
import { putInternalDate } from "./internal-date.ts";
import { LABELS, type ScalarItem } from "./plan.ts";
import { putNumber, putOctets, putText, putWords, SLACK, wordsOf, type Words } from "../protocol/put.ts";

/** Octets of the longest value that is not FLAGS, and of `* n FETCH (` with the largest number. */
const VALUE_LENGTH = 40;
const BEGIN_LENGTH = 24 + SLACK;

/** What `\Seen`, set by this very FETCH, adds to a response. */
export interface ChangeItems {
  readonly uid: boolean;
  readonly flags: boolean;
  readonly modSeq: boolean;
}

/** An item, and what stands between the value before it and its own. `undefined` for the flags: it is part of their text. */
interface Step {
  readonly kind: ScalarItem["kind"];
  readonly lead: Words | undefined;
}

/**
 * Writes the short items of messages: the innermost loop of the commands that clients send most, such as
 * `UID FETCH 1:* (FLAGS)`. Makes no object and no string for a message.
 */
export class ScalarWriter {
  readonly #out: ByteWriter;
  readonly #view: View;
  readonly #steps: readonly Step[];
  /** What stands before the text of the flags, if they are asked for. */
  readonly #flagsLead: Uint8Array | undefined;
  /** The last value is to be closed. */
  readonly #closed: boolean;
  /** Octets of the beginning of a response without the text of its flags, at most. */
  readonly #room: number;
  /** The flags of the message before, and their text: neighbours mostly have the same. */
  #system = -1;
  #low = 0;
  #high = 0;
  #recent = false;
  #keywords: readonly string[] | undefined;
  #text: Uint8Array = NOTHING;
  #textWords: Words = NO_WORDS;
  /** By the text. */
  readonly #flagWords = new Map<Uint8Array, Words>();

  constructor(out: ByteWriter, view: View, items: readonly ScalarItem[]) {
    this.#out = out;
    this.#view = view;
    this.#room = items.reduce((room, { label }) => room + label.length + VALUE_LENGTH, BEGIN_LENGTH);
    let before = FETCH;
    let flagsLead: Uint8Array | undefined;
    this.#steps = items.map(({ kind, label }) => {
      const lead = Uint8Array.of(...before, ...(before === FETCH ? label.subarray(1) : label));
      before = CLOSED.has(kind) ? CLOSING : NOTHING;
      if (kind === "flags") flagsLead = lead;
      return { kind, lead: kind === "flags" ? undefined : wordsOf(lead) };
    });
    this.#flagsLead = flagsLead;
    this.#closed = before === CLOSING;
  }

  /** Writes `* n FETCH (` and all short items. `content` has the ids if they are asked for. */
  begin(sequence: number, page: MessagePage, row: number, content: ContentRow | undefined): void {
    const out = this.#out;
    if (this.#flagsLead !== undefined) this.#render(page, row);
    const flags = this.#textWords;
    out.reserve(this.#room + flags.length);
    const { bytes, view: words } = out;
    words.setUint16(out.length, STAR_SPACE, true);
    let at = putNumber(words, out.length + 2, sequence);
    if (this.#steps.length === 0) at = putOctets(bytes, at, FETCH);
    for (const { kind, lead } of this.#steps) {
      at = putWords(words, at, lead ?? flags);
      switch (kind) {
        case "uid":
          at = putNumber(words, at, page.uid[row] ?? 0);
          break;
        case "flags":
          break;
        case "size":
          at = putNumber(words, at, page.size[row] ?? 0);
          break;
        case "internal-date":
          at = putInternalDate(bytes, at, page.internalDate[row] ?? 0, page.zoneMinutes[row] ?? 0);
          break;
        case "mod-seq":
          at = putNumber(words, at, page.modSeq[row] ?? 0);
          break;
        case "email-id":
          at = putText(bytes, at, content?.emailId ?? "");
          break;
        case "thread-id":
          at = putText(bytes, at, content?.threadId ?? "");
          break;
        default:
          kind satisfies never;
      }
    }
    if (this.#closed) bytes[at++] = CLOSE;
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
      this.#render(page, row);
      out.octets(this.#text);
      out.byte(CLOSE);
    }
    if (modSeq) {
      this.label(LABELS["mod-seq"], leading);
      out.number(page.modSeq[row] ?? 0);
      out.byte(CLOSE);
    }
  }

  /** Makes ready the text of a message's flags. */
  #render(page: MessagePage, row: number): void {
    const system = page.flags[row] ?? 0;
    const low = page.keywordsLow[row] ?? 0;
    const high = page.keywordsHigh[row] ?? 0;
    const recent = this.#view.isRecent(page.uid[row] ?? 0);
    const { keywords } = this.#view.mailbox;
    const same = system === this.#system && low === this.#low && high === this.#high && recent === this.#recent;
    if (same && keywords === this.#keywords) return;
    this.#system = system;
    this.#low = low;
    this.#high = high;
    this.#recent = recent;
    this.#keywords = keywords;
    this.#text = flagText.render(keywords, system, low, high, recent);
    if (this.#flagsLead !== undefined) this.#textWords = this.#wordsOf(this.#flagsLead, this.#text);
  }

  #wordsOf(lead: Uint8Array, text: Uint8Array): Words {
    let words = this.#flagWords.get(text);
    if (words === undefined) {
      words = wordsOf(Uint8Array.of(...lead, ...text, CLOSE));
      if (this.#flagWords.size >= LIMITS.flagTexts) this.#flagWords.clear();
      this.#flagWords.set(text, words);
    }
    return words;
  }
}

const NOTHING: Uint8Array = new Uint8Array(0);
const NO_WORDS = wordsOf(NOTHING);
const FETCH: Uint8Array = Uint8Array.from(" FETCH (", (character) => character.charCodeAt(0));
const CLOSE = 0x29;
const CLOSING: Uint8Array = Uint8Array.of(CLOSE);
const STAR_SPACE = 0x202a;
/** What has a value in parentheses, which its label opens and what follows closes. */
const CLOSED: ReadonlySet<ScalarItem["kind"]> = new Set(["mod-seq", "email-id", "thread-id"]);
const flagText = new FlagText();
