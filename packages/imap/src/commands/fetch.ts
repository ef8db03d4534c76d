import { FetchTask } from "../fetch/fetch-task.ts";
import { compilePlan } from "../fetch/plan.ts";
import { readFetch, type FetchArguments } from "../fetch/read-fetch.ts";
import { VanishedReport } from "../fetch/vanished.ts";
import type { SequenceSet } from "../protocol/sequence-set.ts";
import { bad } from "../protocol/status-error.ts";
import type { Command, CommandContext, RunResult } from "../session/command.ts";
import { defineCommand } from "../session/define-command.ts";
import { enableCondstore } from "../session/enable-condstore.ts";

/** FETCH and UID FETCH, RFC 9051 section 6.4.5, with CONDSTORE and QRESYNC (RFC 7162) and OBJECTID (RFC 8474). */
export const [fetch, uidFetch] = [fetchCommand("FETCH", false), fetchCommand("UID FETCH", true)];

function fetchCommand(name: string, byUid: boolean): Command {
  return defineCommand({
    name,
    states: ["selected"],
    // After a UID FETCH the client may hear of expunges (RFC 9051 section 7.5.1): some clients send nothing else for hours.
    sequences: byUid ? "all" : "keep",
    repeatable: true,
    read: (args) => ({ ...readFetch(args, byUid ? "a UID set" : "a sequence set"), octets: args.rawSlice(0, args.position) }),
    run: (context, args) => run(context, args, byUid),
  });
}

interface ReadArguments extends FetchArguments {
  readonly octets: Uint8Array;
}

function run({ session, state }: CommandContext<"selected">, args: ReadArguments, byUid: boolean): RunResult {
  const { set, attributes, modifiers, octets } = args;
  const { account, view } = state;
  const { changedSince, vanished } = modifiers;
  if (vanished && !(byUid && session.enabled.qresync && changedSince !== undefined)) {
    throw bad("VANISHED needs UID FETCH, CHANGEDSINCE, and QRESYNC enabled");
  }
  const selection = view.select(set, byUid);
  const plan = compilePlan(attributes, { uid: byUid, modSeq: changedSince !== undefined }, account.octets);
  if (plan.hasModSeq) enableCondstore(session);
  return new FetchTask(session, account, view, plan, selection, {
    byUid,
    octets: isOne(set) ? octets : undefined,
    since: changedSince,
    vanished: vanished && changedSince !== undefined ? new VanishedReport(session, view, set, changedSince) : undefined,
  });
}

function isOne(set: SequenceSet): boolean {
  return set.length === 2 && set[0] === set[1];
}
