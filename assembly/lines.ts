import { CLASS_CR, CLASS_LF } from "./classes";
import * as layout from "./layout";
import { clearMasks } from "./masks";
import { LF } from "./scan";
import { commandAt, setInputEnd, startCounting, stopAt, stopBase, wholeCommands } from "./state";
import { tokens } from "./tokens";
import { NOTHING } from "./words";

/** What came behind the commands of one line each, as {@link tokens} says it: {@link parse} goes on there. */
export let behindLines: u32 = 0;

/** Makes ready for the input that the host has written. */
export function beginInput(end: usize): void {
  store<u8>(end, LF);
  setInputEnd(end);
  clearMasks();
  startCounting();
}

/**
 * Cuts an input that begins with a new command, as far as it is commands of one line each: nearly all are, and an engine compiles nothing
 * else for them. What was consumed, and how many commands, is in HEADER.
 *
 * @param length octets in INPUT
 * @returns entries on the tape, where nothing is left, or the beginning of a line of which nothing can be kept; else `ELSE`, and `parse` must
 *   go on with the same input
 */
export function parseLines(length: i32): i32 {
  const end = layout.INPUT + <usize>length;
  beginInput(end);
  const first = layout.TAPE + layout.ENTRY;
  const kind = tokens(layout.INPUT, first, layout.TAPE + layout.ENTRY * layout.COMMAND_ENTRIES, layout.INPUT, 0, layout.TAPE);
  behindLines = kind;
  // Of a line that the sentinel ends, all comes again.
  const until = kind == CLASS_LF ? stopAt() : kind == CLASS_CR ? stopAt() + 1 : kind == NOTHING ? stopBase() : 0;
  if (until != end) return layout.ELSE;
  store<i32>(layout.HEADER, <i32>(stopBase() - layout.INPUT), 4);
  store<i32>(layout.HEADER, wholeCommands(), 8);
  return <i32>((commandAt() - layout.TAPE) >> 4);
}
