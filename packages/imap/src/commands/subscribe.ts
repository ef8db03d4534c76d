import { decodeMailboxName, DELIMITER } from "../protocol/mailbox-name.ts";
import { no } from "../protocol/status-error.ts";
import { defineCommand } from "../session/define-command.ts";

/** SUBSCRIBE, RFC 9051 section 6.3.7. Only names that LIST shows can be subscribed; they stay so when the mailbox is deleted. */
export const subscribe = defineCommand({
  name: "SUBSCRIBE",
  states: ["authenticated", "selected"],
  sequences: "all",
  repeatable: true,
  read(args, { session }) {
    args.space();
    return decodeMailboxName(args.astring("mailbox name"), session.enabled.utf8);
  },
  run({ state }, name) {
    const { index } = state.account;
    const exists = index.findByName(name) !== undefined || index.mailboxes().some((record) => record.name.startsWith(name + DELIMITER));
    if (!exists && !index.subscriptions().includes(name)) throw no("No such mailbox", "NONEXISTENT");
    index.setSubscribed(name, true);
  },
});
