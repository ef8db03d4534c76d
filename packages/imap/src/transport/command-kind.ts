import { LIMITS } from "../limits.ts";
import { ArgumentReader } from "../parser/argument-reader.ts";
import type { Segment } from "../parser/segment.ts";
import { StatusError } from "../protocol/status-error.ts";
import type { Command } from "../session/command.ts";
import type { OutgoingPiece } from "./link-frames.ts";

type Registry = ReadonlyMap<string, Command>;

/** The command that a segment begins, which is all that the edge reads of it. `undefined`: it begins none, and its BAD comes from the dispatcher. */
export function commandOf(registry: Registry, segment: Segment): Command | undefined {
  try {
    const args = new ArgumentReader(segment);
    args.tag();
    return registry.get(args.commandName());
  } catch (error) {
    if (error instanceof StatusError) return undefined;
    throw error;
  }
}

/** Whether the literal that a piece ends with is asked for at the edge and becomes part of its command. */
export function isCollected(registry: Registry, { segment, literal }: OutgoingPiece): boolean {
  if (segment.continues || literal?.synchronizing !== true || literal.size > LIMITS.inlineLiteral) return false;
  return commandOf(registry, segment)?.streaming === false;
}

/** Whether a piece may be run again where nobody knows whether it was run. */
export function isRepeatable(registry: Registry, { segment, literal }: OutgoingPiece): boolean {
  // What is no command is refused each time, or is the DONE of an IDLE, which changes nothing.
  return literal === undefined && !segment.continues && commandOf(registry, segment)?.repeatable !== false;
}
