import { ALL_UIDS } from "../mailbox/uid-ranges.ts";
import { defineCommand } from "../session/define-command.ts";
import { tellChanges } from "../session/tell-changes.ts";

/** CLOSE, RFC 9051 section 6.4.1: expunges what is `\Deleted` without a word, unless the mailbox is read-only. */
export const close = defineCommand({
  name: "CLOSE",
  states: ["selected"],
  sequences: "none",
  read: () => undefined,
  run({ session, state: { account, view } }) {
    const { mailbox } = view;
    // RFC 7162 section 3.2.8 gives the client a new HIGHESTMODSEQ here: all that came before must then be told.
    if (session.enabled.qresync && mailbox.exists) tellChanges(session, true);
    session.state = { name: "authenticated", account };
    if (view.readOnly || !mailbox.exists) return {};
    const told = view.upToDate;
    const expunged = mailbox.expunge(ALL_UIDS, true);
    if (expunged.length === 0 || !told || !session.enabled.qresync) return {};
    return { code: `HIGHESTMODSEQ ${mailbox.record.highestModSeq}` };
  },
});
