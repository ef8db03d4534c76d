import { LIMITS } from "../limits.ts";
import { formatRanges, subtractRanges, type UidRanges } from "../mailbox/uid-ranges.ts";
import { normalizeRanges, type SequenceSet } from "../protocol/sequence-set.ts";
import type { Session } from "../session/session.ts";
import { vanishedSince } from "../session/vanished.ts";
import type { View } from "../session/view.ts";

/** `* VANISHED (EARLIER) 1:3,7` for the UIDs of a UID FETCH that are gone (RFC 7162 section 3.2.6), a response of bounded length at a time. */
export class VanishedReport {
  readonly #session: Session;
  readonly #uids: UidRanges;
  #at = 0;

  /** `since` is the client's mod-sequence. */
  constructor(session: Session, view: View, asked: SequenceSet, since: number) {
    this.#session = session;
    const gone = vanishedSince(view.mailbox, since, askedUids(asked, view.uidNextSeen - 1));
    // What this session has still to be told comes after the command as VANISHED without EARLIER: only that takes
    // messages from the client's sequence numbers.
    this.#uids = subtractRanges(gone, view.pendingRanges);
  }

  /** Writes at most one response. True when all has been told. */
  step(): boolean {
    const part = this.#uids.subarray(this.#at, this.#at + 2 * LIMITS.vanishedRanges);
    this.#at += part.length;
    if (part.length > 0) this.#session.output.emit({ kind: "vanished", earlier: true, uids: formatRanges(part) });
    return this.#at >= this.#uids.length;
  }
}

/** The UIDs that the set names, there or not. `*` is the highest that the client can have seen and not that of the last message: that one may be gone. */
function askedUids(set: SequenceSet, last: number): UidRanges {
  const ranges: number[] = [];
  for (let at = 0; at < set.length; at += 2) {
    const from = set[at] ?? 0;
    const to = Math.min(set[at + 1] ?? 0, last);
    if (from <= to) ranges.push(from, to);
  }
  return normalizeRanges(ranges);
}
