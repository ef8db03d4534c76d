import { decodeText } from "../auth/sasl/text.ts";
import { Secret } from "../protocol/secret.ts";
import type { Command } from "../session/command.ts";
import { defineCommand } from "../session/define-command.ts";
import { logIn, type CapabilityText } from "./log-in.ts";

/** LOGIN, RFC 9051 section 6.2.3: `LOGIN user password`, both astrings. */
export function loginCommand(capabilityText: CapabilityText): Command {
  return defineCommand({
    name: "LOGIN",
    states: ["not-authenticated"],
    sequences: "none",
    sensitive: true,
    read(args) {
      args.space();
      const username = decodeText(args.astring("user name"));
      args.space();
      const password = decodeText(args.astring("password"));
      return username === undefined || username === "" || password === undefined ? undefined : { username, password: new Secret(password) };
    },
    run({ session, state }, credentials) {
      return logIn(session, state, credentials, capabilityText);
    },
  });
}
