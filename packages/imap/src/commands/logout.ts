import { defineCommand } from "../session/define-command.ts";

/** LOGOUT, RFC 9051 section 6.1.3. Messages marked `\Deleted` stay: only CLOSE and EXPUNGE remove them. */
export const logout = defineCommand({
  name: "LOGOUT",
  states: ["not-authenticated", "authenticated", "selected"],
  sequences: "none",
  repeatable: true,
  read() {},
  run({ session, emit }) {
    emit({ kind: "status", tag: undefined, status: "BYE", text: "Logging out" });
    session.state = { name: "logout" };
  },
});
