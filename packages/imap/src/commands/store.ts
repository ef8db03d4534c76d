import type { FlagChange } from "../mailbox/mailbox-index.ts";
import { formatRanges, subtractRanges, type UidRanges } from "../mailbox/uid-ranges.ts";
import type { ArgumentReader } from "../parser/argument-reader.ts";
import type { ResponseCode } from "../protocol/response-code.ts";
import { normalizeRanges, parseSequenceSet, type SequenceSet } from "../protocol/sequence-set.ts";
import { bad, no } from "../protocol/status-error.ts";
import type { Command, CommandContext, Completion, RunResult } from "../session/command.ts";
import { defineCommand } from "../session/define-command.ts";
import { enableCondstore } from "../session/enable-condstore.ts";
import { FlagsTask } from "../session/flags-task.ts";
import { holdsMessage, refuseReadOnly } from "../session/selected.ts";
import { tellChanges, tellKeywords, writeFlagsFetch, writeModSeqFetch } from "../session/tell-changes.ts";
import type { View } from "../session/view.ts";
import { flagSetOf } from "./flag-set.ts";

interface StoreArguments {
  readonly set: SequenceSet;
  readonly change: FlagChange;
  readonly silent: boolean;
  readonly unchangedSince: number | undefined;
}

/** STORE and UID STORE, RFC 9051 section 6.4.6, with UNCHANGEDSINCE of RFC 7162 section 3.1.3. */
export const [store, uidStore] = [storeCommand("STORE", false), storeCommand("UID STORE", true)];

function storeCommand(name: string, byUid: boolean): Command {
  return defineCommand({
    name,
    states: ["selected"],
    // UID STORE too: what it answers with are sequence numbers, and RFC 9051 section 7.5.1 leaves it to the server.
    sequences: "keep",
    read: (args) => readStore(args, byUid),
    run: (context, args) => runStore(context, args, byUid),
  });
}

/**
 * store = "STORE" SP sequence-set [SP "(" "UNCHANGEDSINCE" SP mod-sequence-valzer ")"] SP store-att-flags
 * store-att-flags = (["+" / "-"] "FLAGS" [".SILENT"]) SP (flag-list / (flag *(SP flag)))
 */
function readStore(args: ArgumentReader, byUid: boolean): StoreArguments {
  args.space();
  const set = parseSequenceSet(args.sequenceSetText(byUid ? "UID set" : "sequence set"));
  args.space();
  let unchangedSince: number | undefined;
  if (args.tryOpen()) {
    const modifier = args.atom("STORE modifier").toUpperCase();
    if (modifier !== "UNCHANGEDSINCE") throw bad("Unknown STORE modifier: expected UNCHANGEDSINCE");
    args.space();
    unchangedSince = args.number64("mod-sequence");
    args.close();
    args.space();
  }
  const item = /^([+-]?)FLAGS(\.SILENT)?$/.exec(args.atom("FLAGS, +FLAGS or -FLAGS").toUpperCase());
  if (item === null) throw bad("Unknown STORE item: expected FLAGS, +FLAGS or -FLAGS, with or without .SILENT");
  args.space();
  const mode = item[1] === "+" ? "add" : item[1] === "-" ? "remove" : "replace";
  return { set, change: { mode, ...flagSetOf(args.flagList()) }, silent: item[2] !== undefined, unchangedSince };
}

function runStore({ session, state: { view } }: CommandContext<"selected">, args: StoreArguments, byUid: boolean): RunResult {
  const { set, change, silent, unchangedSince } = args;
  refuseReadOnly(view);
  if (unchangedSince !== undefined) enableCondstore(session);
  const selection = view.select(set, byUid);
  const expunged = !byUid && view.selectsExpunged(selection);
  // RFC 2180 section 4.2: some are gone, the others are changed; when all are gone there is nothing to be OK with.
  if (expunged && !holdsMessage(view, selection)) throw no("The messages were expunged", "EXPUNGEISSUED");

  // What others did is told first, so that what follows the mark below is this command's doing alone.
  tellChanges(session, false);
  const { mailbox } = view;
  const toldAll = view.flagsModSeq === mailbox.record.highestModSeq;
  const { modified } = mailbox.store(selection, change, unchangedSince);
  if (toldAll) view.flagsModSeq = mailbox.record.highestModSeq;
  tellKeywords(session, view);

  const completion = storeCompletion(view, modified, byUid, expunged);
  if (silent && unchangedSince === undefined) return completion;
  const ranges = modified.length === 0 ? selection : subtractRanges(selection, modified);
  return new FlagsTask(session, view, { ranges, since: 0, writeRow: silent ? writeModSeqFetch : writeFlagsFetch, completion });
}

function storeCompletion(view: View, modified: UidRanges, byUid: boolean, expunged: boolean): Completion {
  if (modified.length > 0) {
    const code: ResponseCode = `MODIFIED ${formatRanges(byUid ? modified : sequencesOf(view, modified))}`;
    return { code, text: "Some messages have changed since and were left as they are" };
  }
  return expunged ? { code: "EXPUNGEISSUED", text: "Some of the messages were expunged" } : {};
}

/** The sequence numbers of messages, all of which are in the mailbox: a run of UIDs is a run of them. */
function sequencesOf(view: View, uids: UidRanges): UidRanges {
  return normalizeRanges(Array.from(uids, (uid) => view.rank(uid) + 1));
}
