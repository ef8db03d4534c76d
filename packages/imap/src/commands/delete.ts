import { decodeMailboxName } from "../protocol/mailbox-name.ts";
import { no } from "../protocol/status-error.ts";
import { defineCommand } from "../session/define-command.ts";

/**
 * DELETE, RFC 9051 section 6.3.5. Mailboxes below stay, and LIST then shows the name as `\NonExistent` above them;
 * so does the subscription. Sessions that have the mailbox selected end with BYE, except this one: it has none selected any more.
 */
export const deleteMailbox = defineCommand({
  name: "DELETE",
  states: ["authenticated", "selected"],
  sequences: "all",
  read(args, { session }) {
    args.space();
    return decodeMailboxName(args.astring("mailbox name"), session.enabled.utf8);
  },
  run({ session, state }, name) {
    const { account } = state;
    if (name === "INBOX") throw no("INBOX cannot be deleted", "CANNOT");
    const record = account.index.findByName(name);
    if (record === undefined) throw no("No such mailbox", "NONEXISTENT");
    if (state.name === "selected" && state.view.mailbox.record.id === record.id) session.state = { name: "authenticated", account };
    account.index.remove(record.id);
  },
});
