/**
 * What one call of a tokenizer says. The object and its tape belong to the tokenizer and are good
 * until its next call, whoever makes it: copy what outlives the present turn.
 */
export interface TapeResult {
  /** One of `Status`. */
  status: number;
  /**
   * Octets of the input that need not come again: the start of the command that is incomplete, or, when
   * the status is about a literal, the first octet of the literal.
   */
  consumed: number;
  /** Complete commands, which come first on the tape. */
  commands: number;
  /** Of the literal that the status is about. */
  literalSize: number;
  /** Of the literal that the status is about, as `TokenFlag`. */
  literalFlags: number;
  /** State in which the open command goes on at `resume`: open parentheses, DEPTH_POISONED or DEPTH_NEW. */
  depth: number;
  /** Entries on the tape, with those of the open command. */
  entries: number;
  /**
   * Offset up to which the open command's entries are final. It is beyond the input while the octets of
   * an inline literal are awaited, and equal to `consumed` if nothing of the command was kept.
   */
  resume: number;
  /** Index of the COMMAND entry of the open command; `entries` if there is none. */
  open: number;
  tape: Int32Array;
}

/**
 * Cuts input into commands and tokens. It knows no command's grammar and refuses nothing: what cannot
 * be read becomes an ERROR entry, and the command still ends where its line ends (RFC 7888 literals at
 * the end of a broken line belong to it). Stateless: what a call must know of the last one is passed.
 */
export interface Tokenizer {
  /** Longest input that one call takes at its full speed. */
  readonly window: number;
  /**
   * @param input octets from the start of a command, or from where the last call said to resume
   * @param inlineMax longest non-synchronizing literal that becomes part of its command
   * @param inlineTotal offset within its command up to which an inline literal may reach
   * @param depth DEPTH_NEW, DEPTH_POISONED, or the open parentheses of the command that the input continues
   * @param used octets of that command that came before the input
   * @param entries tape entries of that command that came before; 0 if none
   */
  parse(input: Uint8Array, inlineMax: number, inlineTotal: number, depth: number, used: number, entries: number): TapeResult;
}
