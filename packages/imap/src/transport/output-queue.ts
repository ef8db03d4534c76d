import { LIMITS } from "../limits.ts";
import type { ByteStream } from "./ports.ts";

/** What happens to what was given to an {@link OutputQueue}. */
export interface OutputListener {
  /** So many of the octets that were written with `counted` have been passed on. */
  passed(octets: number): void;
  /** The client cannot be written to any more. Called at most once. */
  lost(error: unknown): void;
}

/**
 * Octets on their way to a client's socket, in order, one write at a time: the promise of a write is the
 * client's back-pressure. Small pieces that have to wait are joined.
 */
export class OutputQueue {
  readonly #stream: ByteStream;
  readonly #listener: OutputListener;
  #waiting: Uint8Array[] = [];
  #octets = 0;
  #counted = 0;
  #writing = false;
  #ending = false;
  #lost = false;
  #finished = false;
  #ended: (() => void)[] = [];
  #drained: (() => void)[] = [];

  constructor(stream: ByteStream, listener: OutputListener) {
    this.#stream = stream;
    this.#listener = listener;
  }

  /** Octets that have not been passed on. */
  get octets(): number {
    return this.#octets;
  }

  /** Takes octets; they must not change afterwards. `counted` ones are reported by `passed`. False: they do not fit in LIMITS.writeQueue. */
  write(bytes: Uint8Array, counted: boolean): boolean {
    if (this.#ending || this.#lost || bytes.length === 0) return true;
    if (this.#octets + bytes.length > LIMITS.writeQueue) return false;
    this.#octets += bytes.length;
    if (counted) this.#counted += bytes.length;
    this.#waiting.push(bytes);
    if (!this.#writing) void this.#pump();
    return true;
  }

  /** Resolves when nothing waits to be passed on, or nobody is left to take it. */
  drained(): Promise<void> {
    if (this.#octets === 0) return Promise.resolve();
    return new Promise((resolve) => this.#drained.push(resolve));
  }

  /** Takes no more, and resolves when all has been written and our direction is closed, or the client is lost. */
  end(): Promise<void> {
    if (this.#finished || this.#lost) return Promise.resolve();
    const ended = new Promise<void>((resolve) => this.#ended.push(resolve));
    if (!this.#ending) {
      this.#ending = true;
      if (!this.#writing) void this.#pump();
    }
    return ended;
  }

  /** Never rejects: a failed write is told to the listener. */
  async #pump(): Promise<void> {
    this.#writing = true;
    try {
      while (this.#waiting.length > 0) {
        const bytes = this.#next();
        await this.#stream.write(bytes);
        this.#octets -= bytes.length;
        // Uncounted octets are few and early: they are taken to be the last, which only delays their credit.
        const counted = Math.min(this.#counted, bytes.length);
        this.#counted -= counted;
        if (counted > 0) this.#listener.passed(counted);
      }
      if (this.#ending) {
        await this.#stream.closeWrite();
        this.#finish();
      }
    } catch (error) {
      this.#waiting = [];
      this.#octets = 0;
      this.#counted = 0;
      this.#finish();
      if (!this.#lost) {
        this.#lost = true;
        this.#listener.lost(error);
      }
    } finally {
      this.#writing = false;
      for (const resolve of this.#drained.splice(0)) resolve();
    }
  }

  #finish(): void {
    this.#finished = true;
    for (const resolve of this.#ended) resolve();
    this.#ended = [];
  }

  /** The next write: one large piece, or small ones together. */
  #next(): Uint8Array {
    const waiting = this.#waiting;
    let size = 0;
    let count = 0;
    for (const bytes of waiting) {
      if (count > 0 && size + bytes.length > LIMITS.writeJoin) break;
      size += bytes.length;
      count++;
    }
    const pieces = waiting.splice(0, count);
    const first = pieces[0];
    if (first !== undefined && pieces.length === 1) return first;
    const joined = new Uint8Array(size);
    let at = 0;
    for (const piece of pieces) {
      joined.set(piece, at);
      at += piece.length;
    }
    return joined;
  }
}
