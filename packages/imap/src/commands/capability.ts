import type { Command } from "../session/command.ts";
import { defineCommand } from "../session/define-command.ts";
import type { CapabilityText } from "./log-in.ts";

/** CAPABILITY, RFC 9051 section 6.1.1. The text comes from the registry, which alone knows all commands. */
export function capabilityCommand(capabilityText: CapabilityText): Command {
  return defineCommand({
    name: "CAPABILITY",
    states: ["not-authenticated", "authenticated", "selected"],
    sequences: "all",
    repeatable: true,
    read() {},
    run({ session, emit }) {
      emit({ kind: "data", text: `CAPABILITY ${capabilityText(session)}` });
    },
  });
}
