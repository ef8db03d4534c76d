import { defineCommand } from "../session/define-command.ts";

/** UNSELECT, RFC 3691: like CLOSE, and expunges nothing. */
export const unselect = defineCommand({
  name: "UNSELECT",
  capabilities: ["UNSELECT"],
  states: ["selected"],
  sequences: "none",
  repeatable: true,
  read: () => undefined,
  run({ session, state }) {
    session.state = { name: "authenticated", account: state.account };
  },
});
