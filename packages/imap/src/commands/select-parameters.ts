import { ALL_UIDS, type UidRanges } from "../mailbox/uid-ranges.ts";
import type { ArgumentReader } from "../parser/argument-reader.ts";
import { normalizeRanges, parseSequenceSet, STAR, type SequenceSet } from "../protocol/sequence-set.ts";
import { bad } from "../protocol/status-error.ts";

export interface SelectArguments {
  readonly name: Uint8Array;
  /** CONDSTORE was asked for (RFC 7162 section 3.1.8). */
  readonly condstore: boolean;
  readonly qresync: QresyncParameter | undefined;
}

/** What the client remembers of the mailbox (RFC 7162 section 3.2.5). */
export interface QresyncParameter {
  readonly uidValidity: number;
  readonly modSeq: number;
  /** The UIDs it has; all of them, if it did not say. */
  readonly known: UidRanges;
}

/** select = "SELECT" SP mailbox [SP "(" select-param *(SP select-param) ")"]; EXAMINE the same. */
export function readSelectArguments(args: ArgumentReader): SelectArguments {
  args.space();
  const name = args.astring("mailbox name");
  let condstore = false;
  let qresync: QresyncParameter | undefined;
  if (args.trySpace()) {
    args.open();
    do {
      const parameter = args.atom("CONDSTORE or QRESYNC").toUpperCase();
      if (parameter === "CONDSTORE") condstore = true;
      else if (parameter === "QRESYNC" && qresync === undefined) qresync = readQresync(args);
      else throw bad("Unknown parameter: expected CONDSTORE or QRESYNC, once");
    } while (args.trySpace());
    args.close();
  }
  return { name, condstore, qresync };
}

/**
 * SP "(" uidvalidity SP mod-sequence-value [SP known-uids] [SP seq-match-data] ")"
 *
 * seq-match-data = "(" known-sequence-set SP known-uid-set ")"; it only helps a server that has forgotten its expunges to
 * name fewer UIDs. Ours then names ranges, so it is read and not used.
 */
function readQresync(args: ArgumentReader): QresyncParameter {
  args.space();
  args.open();
  const uidValidity = args.number("UIDVALIDITY");
  args.space();
  const modSeq = args.number64("mod-sequence");
  let known: UidRanges = ALL_UIDS;
  let more = args.trySpace();
  if (more && !args.tryOpen()) {
    known = normalizeRanges(readKnown(args, "known UIDs"));
    more = args.trySpace() && (args.open(), true);
  }
  if (more) {
    readKnown(args, "known sequence numbers");
    args.space();
    readKnown(args, "known UIDs");
    args.close();
  }
  args.close();
  return { uidValidity, modSeq, known };
}

/** A sequence-set in which `*` is not allowed: the client says what it knows. */
function readKnown(args: ArgumentReader, what: string): SequenceSet {
  const set = parseSequenceSet(args.sequenceSetText(what));
  if (set.includes(STAR)) throw bad(`Invalid ${what}: * is not allowed here`);
  return set;
}
