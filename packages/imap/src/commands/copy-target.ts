import { LIMITS } from "../limits.ts";
import type { CopyResult, Mailbox, MailboxIndex } from "../mailbox/mailbox-index.ts";
import { formatRanges, type UidRanges } from "../mailbox/uid-ranges.ts";
import type { ArgumentReader } from "../parser/argument-reader.ts";
import { decodeMailboxName } from "../protocol/mailbox-name.ts";
import type { ResponseCode } from "../protocol/response-code.ts";
import { parseSequenceSet, type SequenceSet } from "../protocol/sequence-set.ts";
import { no } from "../protocol/status-error.ts";
import type { View } from "../session/view.ts";

export interface CopyArguments {
  readonly set: SequenceSet;
  readonly target: Uint8Array;
}

/** copy = "COPY" SP sequence-set SP mailbox; MOVE the same. */
export function readCopyArguments(args: ArgumentReader, byUid: boolean): CopyArguments {
  args.space();
  const set = parseSequenceSet(args.sequenceSetText(byUid ? "UID set" : "sequence set"));
  args.space();
  return { set, target: args.astring("mailbox name") };
}

/** The mailbox into which messages go. @throws NO [TRYCREATE] when there is none of that name (RFC 9051 sections 6.3.12, 6.4.7). */
export function openTarget(index: MailboxIndex, name: Uint8Array, utf8: boolean): Mailbox {
  const record = index.findByName(decodeMailboxName(name, utf8));
  const mailbox = record && index.open(record.id);
  if (mailbox === undefined) throw no("No such mailbox", "TRYCREATE");
  return mailbox;
}

/**
 * What COPY and MOVE work on. UIDs that do not exist are passed over (RFC 9051 section 6.4.9). A sequence number whose
 * message was expunged is an error: a copy is all or nothing. @throws NO [EXPUNGEISSUED], before anything is copied.
 */
export function selectForCopy(view: View, set: SequenceSet, byUid: boolean): UidRanges {
  const selection = view.select(set, byUid);
  if (!byUid && view.selectsExpunged(selection)) throw no("Some of the messages were expunged", "EXPUNGEISSUED");
  return selection;
}

/**
 * COPYUID of RFC 4315 section 3; `undefined` when nothing was copied, since it cannot name no message, and when so many
 * separate UIDs were that the line would be larger than an output window.
 */
export function copyUidCode(target: Mailbox, { from, to }: CopyResult): ResponseCode | undefined {
  if (from.length === 0 || from.length + to.length > 2 * LIMITS.copyUidRanges) return undefined;
  return `COPYUID ${target.record.uidValidity} ${formatRanges(from)} ${formatRanges(to)}`;
}
