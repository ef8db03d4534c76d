import { defineCommand } from "../session/define-command.ts";

/** NOOP, RFC 9051 section 6.1.2: what has changed in the selected mailbox is told as after any command. */
export const noop = defineCommand({
  name: "NOOP",
  states: ["not-authenticated", "authenticated", "selected"],
  sequences: "all",
  repeatable: true,
  read() {},
  run() {},
});
