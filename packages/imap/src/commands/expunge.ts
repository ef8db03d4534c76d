import { ALL_UIDS, type UidRanges } from "../mailbox/uid-ranges.ts";
import { parseSequenceSet, type SequenceSet } from "../protocol/sequence-set.ts";
import type { CommandContext, RunResult } from "../session/command.ts";
import { defineCommand } from "../session/define-command.ts";
import { refuseReadOnly, tellOwnExpunges } from "../session/selected.ts";

/** EXPUNGE, RFC 9051 section 6.4.3. */
export const expunge = defineCommand({
  name: "EXPUNGE",
  states: ["selected"],
  sequences: "all",
  read: () => undefined,
  run: (context) => expungeDeleted(context, ALL_UIDS),
});

/** UID EXPUNGE, RFC 4315 section 2.1: only those of the named messages that are `\Deleted`. */
export const uidExpunge = defineCommand({
  name: "UID EXPUNGE",
  capabilities: ["UIDPLUS"],
  states: ["selected"],
  sequences: "all",
  read(args): SequenceSet {
    args.space();
    return parseSequenceSet(args.sequenceSetText("UID set"));
  },
  run: (context, set) => expungeDeleted(context, context.state.view.select(set, true)),
});

function expungeDeleted({ session, state: { view } }: CommandContext<"selected">, selection: UidRanges): RunResult {
  refuseReadOnly(view);
  view.mailbox.expunge(selection, true);
  return tellOwnExpunges(session, view);
}
