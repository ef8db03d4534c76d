import type { Mailbox } from "../mailbox/mailbox-index.ts";
import { includesUid, RangeBuilder, type UidRanges } from "../mailbox/uid-ranges.ts";

/**
 * Which of the UIDs that a client knows are gone: VANISHED (EARLIER) of RFC 7162 section 3.2.10.
 *
 * Costs what was expunged since `modSeq`. Where the history does not reach back that far, every known UID that is not
 * in the mailbox is named (section 3.2.5.1), which costs the gaps between the messages and not the messages.
 * `known` ends below UIDNEXT.
 */
export function vanishedSince(mailbox: Mailbox, modSeq: number, known: UidRanges): UidRanges {
  const expunged = mailbox.expungedSince(modSeq);
  if (expunged === undefined) return missingUids(mailbox, known);
  const vanished = new RangeBuilder();
  for (const uid of expunged) if (includesUid(known, uid)) vanished.add(uid);
  return vanished.build();
}

/** The UIDs of `ranges` that no message of the mailbox has. */
export function missingUids(mailbox: Mailbox, ranges: UidRanges): UidRanges {
  const missing = new RangeBuilder();
  for (let at = 0; at < ranges.length; at += 2) {
    const to = ranges[at + 1] ?? 0;
    let uid = ranges[at] ?? 1;
    let position = mailbox.rank(uid);
    while (uid <= to) {
      const next = mailbox.uidAt(position);
      if (next === undefined || next > to) {
        missing.addRange(uid, to);
        break;
      }
      if (next > uid) missing.addRange(uid, next - 1);
      const run = runLength(mailbox, position, next);
      uid = next + run;
      position += run;
    }
  }
  return missing.build();
}

/** How many messages from `position` on, the first with UID `uid`, have UIDs without a gap: in steps that double, then halve. */
function runLength(mailbox: Mailbox, position: number, uid: number): number {
  const unbroken = (length: number): boolean => mailbox.uidAt(position + length - 1) === uid + length - 1;
  let length = 1;
  let step = 1;
  for (; unbroken(length + step); step *= 2) length += step;
  for (; step >= 1; step = Math.floor(step / 2)) if (unbroken(length + step)) length += step;
  return length;
}
