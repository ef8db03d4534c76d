import { clipRanges, formatRanges } from "../mailbox/uid-ranges.ts";
import { decodeMailboxName } from "../protocol/mailbox-name.ts";
import type { ResponseCode } from "../protocol/response-code.ts";
import { bad, no } from "../protocol/status-error.ts";
import type { Command, CommandContext, Completion, RunResult } from "../session/command.ts";
import { defineCommand } from "../session/define-command.ts";
import { enableCondstore } from "../session/enable-condstore.ts";
import { FlagsTask } from "../session/flags-task.ts";
import { tellFlagNames, tellPermanentFlags } from "../session/mailbox-flags.ts";
import type { Account, Session } from "../session/session.ts";
import { writeFlagsFetch } from "../session/tell-changes.ts";
import { vanishedSince } from "../session/vanished.ts";
import { View } from "../session/view.ts";
import { readSelectArguments, type QresyncParameter, type SelectArguments } from "./select-parameters.ts";

/** SELECT and EXAMINE, RFC 9051 sections 6.3.2 and 6.3.3, with CONDSTORE and QRESYNC of RFC 7162. */
export const [select, examine] = [selectCommand("SELECT", false), selectCommand("EXAMINE", true)];

function selectCommand(name: string, readOnly: boolean): Command {
  return defineCommand({
    name,
    states: ["authenticated", "selected"],
    // A mailbox that was just opened has nothing more to tell.
    sequences: "none",
    repeatable: true,
    read: readSelectArguments,
    run: (context, args) => runSelect(context, args, readOnly),
  });
}

function runSelect({ session, state }: CommandContext<"authenticated" | "selected">, args: SelectArguments, readOnly: boolean): RunResult {
  const { account } = state;
  if (args.qresync !== undefined && !session.enabled.qresync) throw bad("QRESYNC is not enabled: send ENABLE QRESYNC first");
  if (state.name === "selected") {
    // From here on no mailbox is selected, also when this command fails (RFC 9051 section 6.3.2).
    session.state = { name: "authenticated", account };
    tellOk(session, "CLOSED", "The previous mailbox is closed");
  }
  const view = openView(session, account, args.name, readOnly);
  if (args.condstore) enableCondstore(session);
  session.state = { name: "selected", account, view };
  tellMailbox(session, view);

  const completion: Completion = { code: readOnly ? "READ-ONLY" : "READ-WRITE" };
  if (args.qresync === undefined) return completion;
  return resync(session, view, args.qresync, completion);
}

function openView(session: Session, account: Account, name: Uint8Array, readOnly: boolean): View {
  const record = account.index.findByName(decodeMailboxName(name, session.enabled.utf8));
  const mailbox = record && account.index.open(record.id);
  if (mailbox === undefined) throw no("No such mailbox", "NONEXISTENT");
  const view = new View(mailbox, readOnly);
  view.claimRecent();
  return view;
}

/** Everything comes from the mailbox's one row: the cost does not grow with its messages. */
function tellMailbox(session: Session, view: View): void {
  const { record } = view.mailbox;
  tellFlagNames(session, view);
  session.output.emit({ kind: "exists", count: view.count });
  session.output.emit({ kind: "recent", count: view.recentCount });
  const unseen = record.unseen === 0 ? undefined : view.mailbox.firstUnseen();
  if (unseen !== undefined) tellOk(session, `UNSEEN ${unseen + 1}`, "First unseen message");
  tellPermanentFlags(session, view);
  tellOk(session, `UIDVALIDITY ${record.uidValidity}`, "UIDs are valid");
  tellOk(session, `UIDNEXT ${record.uidNext}`, "Predicted next UID");
  tellOk(session, `HIGHESTMODSEQ ${record.highestModSeq}`, "Highest mod-sequence");
  tellOk(session, `MAILBOXID (${record.id})`, "Mailbox id");
}

/** What has changed since the client last saw the mailbox (RFC 7162 section 3.2.5.1): what is gone, then flags and new messages. */
function resync(session: Session, view: View, { uidValidity, modSeq, known }: QresyncParameter, completion: Completion): RunResult {
  const { mailbox } = view;
  const { record } = mailbox;
  // The client's UIDs mean nothing any more: it learns that from UIDVALIDITY and starts afresh.
  if (uidValidity !== record.uidValidity || modSeq >= record.highestModSeq) return completion;
  const ranges = clipRanges(known, record.uidNext - 1);
  const vanished = vanishedSince(mailbox, modSeq, ranges);
  if (vanished.length > 0) session.output.emit({ kind: "vanished", earlier: true, uids: formatRanges(vanished) });
  return new FlagsTask(session, view, { ranges, since: modSeq, writeRow: writeFlagsFetch, completion });
}

function tellOk(session: Session, code: ResponseCode, text: string): void {
  session.output.emit({ kind: "status", tag: undefined, status: "OK", code, text });
}
