/**
 * One piece of a command: its octets with their line end, and its tape.
 *
 * All pieces that one call of the tokenizer has completed lie in the same two arrays, and so do those of one message
 * of the link: an array for each would cost more than tokenizing. So whoever keeps a piece keeps what came with it, and
 * the tapes of pieces that came before and after: what waits for a client's next word keeps a copy of what it needs.
 */
export interface Segment {
  /** The piece's octets are those from `start` to `end`. */
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** Its entries are the integers from `tapeStart` to `tapeEnd`. Tokens are offsets from `start`; those of the COMMAND entry say nothing here. */
  readonly tape: Int32Array;
  readonly tapeStart: number;
  readonly tapeEnd: number;
  /** False for the first piece of a command, true for what follows a streamed literal. Such a piece has no tag and no command id. */
  readonly continues: boolean;
}

/** The octets of a piece, as a view. */
export function octetsOf({ bytes, start, end }: Segment): Uint8Array {
  return bytes.subarray(start, end);
}

/** A piece that has its arrays to itself. */
export function ownSegment(bytes: Uint8Array, tape: Int32Array, continues: boolean): Segment {
  return { bytes, start: 0, end: bytes.length, tape, tapeStart: 0, tapeEnd: tape.length, continues };
}
