import { decodeMailboxName } from "../protocol/mailbox-name.ts";
import { defineCommand } from "../session/define-command.ts";

/** UNSUBSCRIBE, RFC 9051 section 6.3.8. A name that is not subscribed is what the client wants already. */
export const unsubscribe = defineCommand({
  name: "UNSUBSCRIBE",
  states: ["authenticated", "selected"],
  sequences: "all",
  repeatable: true,
  read(args, { session }) {
    args.space();
    return decodeMailboxName(args.astring("mailbox name"), session.enabled.utf8);
  },
  run({ state }, name) {
    state.account.index.setSubscribed(name, false);
  },
});
