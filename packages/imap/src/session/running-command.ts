import type { Command } from "./command.ts";

/** A command that has begun. */
export interface RunningCommand {
  readonly tag: Uint8Array;
  readonly command: Command;
  /** Milliseconds since 1970. */
  readonly since: number;
}

/** For a command that waits for its client, maybe for long: its tag is a view of all that came with it. */
export function withOwnTag(running: RunningCommand): RunningCommand {
  return { ...running, tag: running.tag.slice() };
}
