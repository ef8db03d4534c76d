import { decodeMailboxName } from "../protocol/mailbox-name.ts";
import { no } from "../protocol/status-error.ts";
import { defineCommand } from "../session/define-command.ts";
import { enableForStatus, readStatusItems, statusText } from "./status-items.ts";

/** STATUS, RFC 9051 section 6.3.11. Costs one row, whatever the mailbox's size; also of the selected mailbox, although clients should not ask for that. */
export const status = defineCommand({
  name: "STATUS",
  capabilities: ["STATUS=SIZE"],
  states: ["authenticated", "selected"],
  sequences: "all",
  repeatable: true,
  read(args, { session }) {
    args.space();
    const name = decodeMailboxName(args.astring("mailbox name"), session.enabled.utf8);
    args.space();
    return { name, items: readStatusItems(args) };
  },
  run({ session, state, emit }, { name, items }) {
    const record = state.account.index.findByName(name);
    if (record === undefined) throw no("No such mailbox", "NONEXISTENT");
    enableForStatus(session, items);
    emit({ kind: "data", text: statusText(session, state.account, record, items) });
  },
});
