import { LIMITS } from "../limits.ts";
import { DELIMITER, encodeMailboxName } from "../protocol/mailbox-name.ts";
import type { CommandContext, Task } from "../session/command.ts";
import { defineCommand } from "../session/define-command.ts";
import { readListArguments, type ListArguments } from "./list-arguments.ts";
import { listAttributes, ListQuery, type ListRow } from "./list-query.ts";
import { namedMailboxes } from "./mailbox-tree.ts";
import { enableForStatus, statusText } from "./status-items.ts";

/** LIST, RFC 9051 section 6.3.9, RFC 5258 (LIST-EXTENDED), RFC 5819 (LIST-STATUS), RFC 6154 (SPECIAL-USE), RFC 3348 (CHILDREN). */
export const list = defineCommand({
  name: "LIST",
  capabilities: ["CHILDREN", "SPECIAL-USE", "LIST-EXTENDED", "LIST-STATUS"],
  states: ["authenticated", "selected"],
  sequences: "all",
  repeatable: true,
  read: (args, { session }) => readListArguments(args, session.enabled.utf8),
  run(context, args) {
    if (args.patterns.length === 0) {
      // `LIST "" ""`: the delimiter, and the root of the reference, which is the same for every name.
      context.emit({ kind: "data", text: `LIST (\\Noselect) "${DELIMITER}" ""` });
      return undefined;
    }
    enableForStatus(context.session, args.statusItems);
    return listTask(context, args);
  },
});

function listTask({ session, state, emit }: CommandContext<"authenticated" | "selected">, args: ListArguments): Task {
  const { account } = state;
  const query = new ListQuery(namedMailboxes(account.index), args.patterns, args.selection);
  return {
    step() {
      const rows = query.next(LIMITS.listNames);
      for (const row of rows ?? []) {
        emit({ kind: "data", text: rowText(row, args, session.enabled.utf8) });
        const { record } = row.named;
        if (args.statusItems.length > 0 && record !== undefined) {
          emit({ kind: "data", text: statusText(session, account, record, args.statusItems) });
        }
      }
      return rows === undefined ? {} : undefined;
    },
  };
}

function rowText({ named, selectedBelow }: ListRow, { selection, returnSubscribed }: ListArguments, utf8: boolean): string {
  const attributes = listAttributes(named);
  if (returnSubscribed && named.subscribed) attributes.push("\\Subscribed");
  const text = `LIST (${attributes.join(" ")}) "${DELIMITER}" ${encodeMailboxName(named.name, utf8)}`;
  if (!selectedBelow) return text;
  const options = [...(selection.subscribed ? ['"SUBSCRIBED"'] : []), ...(selection.specialUse ? ['"SPECIAL-USE"'] : [])];
  return `${text} ("CHILDINFO" (${options.join(" ")}))`;
}
