/** Where the tokens stopped, for the caller: what a function cannot return in one value. */

/** The octet, the address of the next entry, the open parentheses, and FLAG_SPACE in its place in an entry. */
export let stopAt: usize = 0;
export let stopOut: usize = 0;
export let stopDepth: i32 = 0;
export let stopSpace: u32 = 0;
/** First octet and first entry of the command. */
export let stopBase: usize = 0;
export let stopCommand: usize = 0;
/** Whole commands before it, since {@link startCounting}. */
export let wholeCommands: i32 = 0;

export function startCounting(): void {
  wholeCommands = 0;
}

export function countCommands(more: i32): void {
  wholeCommands += more;
}

export function stop(at: usize, out: usize, depth: i32, space: u32, base: usize, command: usize): void {
  stopAt = at;
  stopOut = out;
  stopDepth = depth;
  stopSpace = space;
  stopBase = base;
  stopCommand = command;
}

/** Moves on from where words stopped, in the same token. */
export function stopFurther(at: usize): void {
  stopAt = at;
}
