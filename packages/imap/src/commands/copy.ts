import type { Command } from "../session/command.ts";
import { defineCommand } from "../session/define-command.ts";
import { copyUidCode, openTarget, readCopyArguments, selectForCopy } from "./copy-target.ts";

/** COPY and UID COPY, RFC 9051 section 6.4.7. The bodies stay where they are: the copies share them. */
export const [copy, uidCopy] = [copyCommand("COPY", false), copyCommand("UID COPY", true)];

function copyCommand(name: string, byUid: boolean): Command {
  return defineCommand({
    name,
    states: ["selected"],
    sequences: "all",
    read: (args) => readCopyArguments(args, byUid),
    run({ session, state: { account, view } }, { set, target: name }) {
      const target = openTarget(account.index, name, session.enabled.utf8);
      const result = view.mailbox.copyTo(target, selectForCopy(view, set, byUid));
      return { code: copyUidCode(target, result) };
    },
  });
}
