import { bad } from "../protocol/status-error.ts";
import type { Continuation } from "../session/command.ts";
import { defineCommand } from "../session/define-command.ts";

/** What waits for DONE. It holds nothing, so an IDLE goes on in a session that was restored (Dispatcher.resumeIdle). */
export function idleContinuation(): Continuation {
  return {
    prompt: "idling",
    idle: true,
    line(line) {
      if (!isDone(line)) throw bad("Expected DONE");
      return undefined;
    },
  };
}

/** IDLE, RFC 2177. Also without a selected mailbox: Outlook does it, and the answer to DONE is all that it then gets. */
export const idle = defineCommand({
  name: "IDLE",
  capabilities: ["IDLE"],
  states: ["authenticated", "selected"],
  sequences: "all",
  repeatable: true,
  read: () => undefined,
  run: idleContinuation,
});

/** DONE in any case. */
function isDone(line: Uint8Array): boolean {
  return line.length === 4 && [0x64, 0x6f, 0x6e, 0x65].every((letter, at) => ((line[at] ?? 0) | 0x20) === letter);
}
