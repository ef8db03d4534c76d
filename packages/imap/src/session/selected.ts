import type { UidRanges } from "../mailbox/uid-ranges.ts";
import type { ResponseCode } from "../protocol/response-code.ts";
import { no } from "../protocol/status-error.ts";
import type { Completion, RunResult } from "./command.ts";
import type { Session } from "./session.ts";
import { tellChanges } from "./tell-changes.ts";
import type { View } from "./view.ts";

/** @throws NO [READ-ONLY] in a mailbox that was opened with EXAMINE. */
export function refuseReadOnly(view: View): void {
  if (view.readOnly) throw no("The mailbox is open read-only", "READ-ONLY");
}

/**
 * HIGHESTMODSEQ for the tagged OK of a command that has expunged (RFC 7162 section 3.2.9), where QRESYNC is enabled.
 * Not while something is untold: the client would take it that it has seen every change up to this number.
 */
export function highestModSeqCode(session: Session, view: View): ResponseCode | undefined {
  return session.enabled.qresync && view.upToDate ? `HIGHESTMODSEQ ${view.mailbox.record.highestModSeq}` : undefined;
}

/**
 * Tells what EXPUNGE or MOVE has removed, at once and not when the dispatcher sees fit: the client has asked for these
 * sequence numbers to change. A mailbox of a million messages has a million lines, so they may take several steps.
 */
export function tellOwnExpunges(session: Session, view: View): RunResult {
  const step = (): Completion | undefined => {
    tellChanges(session, true);
    return view.pendingExpunged.length > 0 ? undefined : { code: highestModSeqCode(session, view) };
  };
  return step() ?? { step };
}

/** Whether any message of the selection is still in the mailbox. */
export function holdsMessage(view: View, selection: UidRanges): boolean {
  const { mailbox } = view;
  for (let at = 0; at < selection.length; at += 2)
    if (mailbox.rank((selection[at + 1] ?? 0) + 1) > mailbox.rank(selection[at] ?? 0)) return true;
  return false;
}
