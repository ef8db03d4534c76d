/**
 * What the loop over the tokens seldom needs, and where it stopped: what it cannot return in one value. It is in memory, at addresses that an
 * engine knows: there it takes one instruction and none of the processor's registers, of which that loop has too few.
 */
const STATE: usize = memory.data(36, 8);

/** The octet where the tokens stopped. */
export function stopAt(): usize {
  return load<usize>(STATE);
}

/** The address of the next entry. */
export function stopOut(): usize {
  return load<usize>(STATE, 4);
}

/** FLAG_SPACE in its place in an entry, if the octet before is a space. */
export function stopSpace(): u32 {
  return load<u32>(STATE, 8);
}

/** First octet of the command. */
export function stopBase(): usize {
  return load<usize>(STATE, 12);
}

export function stop(at: usize, out: usize, space: u32, base: usize): void {
  store<usize>(STATE, at);
  store<usize>(STATE, out, 4);
  store<u32>(STATE, space, 8);
  store<usize>(STATE, base, 12);
}

/** Moves on from where words stopped, in the same token. */
export function stopFurther(at: usize): void {
  store<usize>(STATE, at);
}

/** The first entry of the command. */
export function commandAt(): usize {
  return load<usize>(STATE, 16);
}

export function setCommand(at: usize): void {
  store<usize>(STATE, at, 16);
}

/** Open parentheses. */
export function openParens(): i32 {
  return load<i32>(STATE, 20);
}

export function setParens(open: i32): void {
  store<i32>(STATE, open, 20);
}

/** Commands that were finished, since {@link startCounting}. */
export function wholeCommands(): i32 {
  return load<i32>(STATE, 24);
}

export function startCounting(): void {
  store<i32>(STATE, 0, 24);
}

export function countCommand(): void {
  store<i32>(STATE, wholeCommands() + 1, 24);
}

/** Where the sentinel is. */
export function inputEnd(): usize {
  return load<usize>(STATE, 28);
}

export function setInputEnd(at: usize): void {
  store<usize>(STATE, at, 28);
}

/** Octets before this have their masks. */
export function masksEnd(): usize {
  return load<usize>(STATE, 32);
}

export function setMasksEnd(at: usize): void {
  store<usize>(STATE, at, 32);
}
