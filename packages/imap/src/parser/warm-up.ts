import { DEPTH_NEW } from "./tape.ts";
import type { Tokenizer } from "./tokenizer.ts";

/** With all that most commands have: a tag, names, a set, parentheses. */
const COMMAND = "a UID FETCH 1:* (UID FLAGS)\r\n";

/**
 * Has the engine compile what a first command needs. It compiles a function when that is first called, and the client who calls waits for
 * it. While an isolate starts nobody waits, or everybody anyway.
 */
export function warmUp(tokenizer: Tokenizer): void {
  tokenizer.parse(new TextEncoder().encode(COMMAND), 0, 0, DEPTH_NEW, 0, 0);
}
