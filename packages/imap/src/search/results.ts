import { formatRanges, rangesOf } from "../mailbox/uid-ranges.ts";
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

/** Matches in ascending order. */
export interface SearchResults {
  /** What is told: UIDs or sequence numbers. */
  readonly numbers: number[];
  /** Mod-sequences of the first and the last match, and the highest of all. */
  firstModSeq: number;
  lastModSeq: number;
  highestModSeq: number;
}

/** `* SEARCH ...`, or `* ESEARCH (TAG "x") ...` when RETURN was given. */
export function writeResults(session: Session, results: SearchResults, options: ResultOptions): void {
  const { writer } = session.output;
  const { numbers, highestModSeq } = results;
  if (options.returns === undefined) {
    writer.ascii("* SEARCH");
    for (const number of numbers) {
      writer.byte(0x20);
      writer.number(number);
    }
    if (options.modSeq && numbers.length > 0) writer.ascii(` (MODSEQ ${highestModSeq})`);
    writer.ascii("\r\n");
    session.output.flushIfFull();
    return;
  }
  writer.ascii('* ESEARCH (TAG "');
  writer.octets(options.tag);
  writer.ascii(options.byUid ? '") UID' : '")');
  const first = numbers[0];
  const last = numbers.at(-1);
  if (options.returns.has("MIN") && first !== undefined) writer.ascii(` MIN ${first}`);
  if (options.returns.has("MAX") && last !== undefined) writer.ascii(` MAX ${last}`);
  if (options.returns.has("ALL") && numbers.length > 0) writer.ascii(` ALL ${formatRanges(rangesOf(numbers))}`);
  if (options.returns.has("COUNT")) writer.ascii(` COUNT ${numbers.length}`);
  if (options.modSeq && numbers.length > 0) writer.ascii(` MODSEQ ${modSeqOf(results, options.returns)}`);
  writer.ascii("\r\n");
  session.output.flushIfFull();
}

/** RFC 7162 section 3.1.10: with only MIN or MAX asked for, the mod-sequence is that of the messages named. */
function modSeqOf(results: SearchResults, returns: ReadonlySet<ReturnOption>): number {
  if (returns.has("ALL") || returns.has("COUNT")) return results.highestModSeq;
  return Math.max(returns.has("MIN") ? results.firstModSeq : 0, returns.has("MAX") ? results.lastModSeq : 0);
}
