import { DELIMITER } from "../protocol/mailbox-name.ts";
import { defineCommand } from "../session/define-command.ts";

/** NAMESPACE, RFC 2342: all mailboxes are the user's own and have no prefix. */
export const namespace = defineCommand({
  name: "NAMESPACE",
  capabilities: ["NAMESPACE"],
  states: ["authenticated", "selected"],
  sequences: "all",
  repeatable: true,
  read() {},
  run({ emit }) {
    emit({ kind: "data", text: `NAMESPACE (("" "${DELIMITER}")) NIL NIL` });
  },
});
