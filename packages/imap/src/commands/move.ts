import type { Command } from "../session/command.ts";
import { defineCommand } from "../session/define-command.ts";
import { refuseReadOnly, tellOwnExpunges } from "../session/selected.ts";
import { copyUidCode, openTarget, readCopyArguments, selectForCopy } from "./copy-target.ts";

/** MOVE and UID MOVE, RFC 6851: one transaction, so that no message is ever in both mailboxes or in none. */
export const [move, uidMove] = [moveCommand("MOVE", false), moveCommand("UID MOVE", true)];

function moveCommand(name: string, byUid: boolean): Command {
  return defineCommand({
    name,
    capabilities: ["MOVE"],
    states: ["selected"],
    sequences: "all",
    read: (args) => readCopyArguments(args, byUid),
    run({ session, state: { account, view }, emit }, { set, target: name }) {
      refuseReadOnly(view);
      const target = openTarget(account.index, name, session.enabled.utf8);
      const code = copyUidCode(target, view.mailbox.moveTo(target, selectForCopy(view, set, byUid)));
      // RFC 6851 section 4.3: ahead of the EXPUNGEs, after which the client no longer knows which message had which UID.
      if (code !== undefined) emit({ kind: "status", tag: undefined, status: "OK", code, text: "Moved" });
      return tellOwnExpunges(session, view);
    },
  });
}
