import { LIMITS } from "../limits.ts";
import { readPieces, type OutgoingPiece } from "./link-frames.ts";

/** A message that was sent, and how many of its pieces have been dropped. */
interface KeptMessage {
  readonly message: Uint8Array;
  readonly pieces: number;
  dropped: number;
}

/**
 * Pieces that have no answer yet, in the messages in which they were sent: nothing is copied for the rare case that they are
 * needed again. A message is kept, and counts, as a whole until the last of its pieces is dropped.
 */
export class KeptPieces {
  readonly #messages: KeptMessage[] = [];
  #octets = 0;
  #count = 0;

  /** Pieces that are kept. */
  get count(): number {
    return this.#count;
  }

  /** Keeps a message of `pieces` pieces. False: it does not fit in LIMITS.keptPieces. */
  add(message: Uint8Array, pieces: number): boolean {
    this.#octets += message.length + LIMITS.linkFrameOverhead;
    this.#count += pieces;
    this.#messages.push({ message, pieces, dropped: 0 });
    return this.#octets <= LIMITS.keptPieces;
  }

  /** Drops the first `count` pieces. */
  drop(count: number): void {
    for (let left = count; left > 0;) {
      const first = this.#messages[0];
      if (first === undefined) return;
      const dropped = Math.min(left, first.pieces - first.dropped);
      first.dropped += dropped;
      left -= dropped;
      this.#count -= dropped;
      if (first.dropped < first.pieces) return;
      this.#messages.shift();
      this.#octets -= first.message.length + LIMITS.linkFrameOverhead;
    }
  }

  /** What is left, in order. */
  read(): OutgoingPiece[] {
    return this.#messages.flatMap(({ message, dropped }) => readPieces(message).slice(dropped));
  }
}
