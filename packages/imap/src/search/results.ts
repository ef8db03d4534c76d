import { LIMITS } from "../limits.ts";
import { RangeBuilder, type UidRanges } from "../mailbox/uid-ranges.ts";
import type { Session } from "../session/session.ts";

/** What RETURN of RFC 4731 asks for. */
export type ReturnOption = "MIN" | "MAX" | "ALL" | "COUNT";

export interface ResultOptions {
  readonly tag: Uint8Array;
  readonly byUid: boolean;
  /** `undefined`: the plain SEARCH response. */
  readonly returns: ReadonlySet<ReturnOption> | undefined;
  /** The search named MODSEQ: the answer carries the highest one (RFC 7162 section 3.1.5). */
  readonly modSeq: boolean;
}

/** Matches, in ascending order. */
export class SearchResults {
  readonly #numbers = new RangeBuilder();
  #firstModSeq = 0;
  #lastModSeq = 0;
  #highestModSeq = 0;

  /** `number` is what is told: a UID or a sequence number. */
  add(number: number, modSeq: number): void {
    if (this.#numbers.count === 0) this.#firstModSeq = modSeq;
    this.#lastModSeq = modSeq;
    this.#highestModSeq = Math.max(this.#highestModSeq, modSeq);
    this.#numbers.add(number);
  }

  get count(): number {
    return this.#numbers.count;
  }

  ranges(): UidRanges {
    return this.#numbers.build();
  }

  /** RFC 7162 section 3.1.10: with only MIN or MAX asked for, the mod-sequence is that of the messages named. */
  modSeq(returns: ReadonlySet<ReturnOption> | undefined): number {
    if (returns === undefined || returns.has("ALL") || returns.has("COUNT")) return this.#highestModSeq;
    return Math.max(returns.has("MIN") ? this.#firstModSeq : 0, returns.has("MAX") ? this.#lastModSeq : 0);
  }
}

/**
 * Writes `* SEARCH ...`, or `* ESEARCH (TAG "x") ...` when RETURN was given: a message's worth at a time, because one
 * line may name a million messages.
 */
export class ResultWriter {
  readonly #session: Session;
  readonly #results: SearchResults;
  readonly #options: ResultOptions;
  readonly #ranges: UidRanges;
  /** Which range is written next, and, in a plain response, which number of it. */
  #at = 0;
  #number = 0;
  #begun = false;

  constructor(session: Session, results: SearchResults, options: ResultOptions) {
    this.#session = session;
    this.#results = results;
    this.#options = options;
    this.#ranges = results.ranges();
  }

  /** A part of the response has been written. */
  get begun(): boolean {
    return this.#begun;
  }

  /** True when the response is complete. */
  step(): boolean {
    const { writer } = this.#session.output;
    const { returns } = this.#options;
    if (!this.#begun) this.#begin(returns);
    this.#begun = true;
    if (returns === undefined) this.#writeNumbers();
    else if (returns.has("ALL")) this.#writeRanges();
    else this.#at = this.#ranges.length;
    if (this.#at < this.#ranges.length) return false;
    this.#end(returns);
    writer.ascii("\r\n");
    return true;
  }

  #begin(returns: ResultOptions["returns"]): void {
    const { writer } = this.#session.output;
    const { tag, byUid } = this.#options;
    if (returns === undefined) {
      writer.ascii("* SEARCH");
      return;
    }
    writer.ascii('* ESEARCH (TAG "');
    writer.octets(tag);
    writer.ascii(byUid ? '") UID' : '")');
    const first = this.#ranges[0];
    const last = this.#ranges.at(-1);
    if (returns.has("MIN") && first !== undefined) writer.ascii(` MIN ${first}`);
    if (returns.has("MAX") && last !== undefined) writer.ascii(` MAX ${last}`);
    if (returns.has("ALL") && first !== undefined) writer.ascii(" ALL ");
  }

  #writeNumbers(): void {
    const { writer } = this.#session.output;
    for (; this.#at < this.#ranges.length; this.#at += 2) {
      const to = this.#ranges[this.#at + 1] ?? 0;
      for (let number = this.#number || (this.#ranges[this.#at] ?? 0); number <= to; number++) {
        if (writer.length >= LIMITS.outputMessage) {
          this.#number = number;
          return;
        }
        writer.byte(0x20);
        writer.number(number);
      }
      this.#number = 0;
    }
  }

  #writeRanges(): void {
    const { writer } = this.#session.output;
    for (; this.#at < this.#ranges.length && writer.length < LIMITS.outputMessage; this.#at += 2) {
      const from = this.#ranges[this.#at] ?? 0;
      const to = this.#ranges[this.#at + 1] ?? 0;
      if (this.#at > 0) writer.byte(0x2c);
      writer.number(from);
      if (from === to) continue;
      writer.byte(0x3a);
      writer.number(to);
    }
  }

  #end(returns: ResultOptions["returns"]): void {
    const { writer } = this.#session.output;
    const { count } = this.#results;
    if (returns?.has("COUNT") === true) writer.ascii(` COUNT ${count}`);
    if (!this.#options.modSeq || count === 0) return;
    const modSeq = this.#results.modSeq(returns);
    writer.ascii(returns === undefined ? ` (MODSEQ ${modSeq})` : ` MODSEQ ${modSeq}`);
  }
}
