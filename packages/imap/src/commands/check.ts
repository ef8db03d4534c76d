import { defineCommand } from "../session/define-command.ts";

/** CHECK, RFC 3501 section 6.4.1. Every answered change is durable already, so that it says the same as NOOP. */
export const check = defineCommand({
  name: "CHECK",
  states: ["selected"],
  sequences: "all",
  repeatable: true,
  read: () => undefined,
  run: () => undefined,
});
