import { LIMITS } from "../limits.ts";
import { ByteWriter } from "../protocol/byte-writer.ts";
import { writeResponse, type Response } from "../protocol/response.ts";

/** Octets that a transport wants around a message for its frames, so that it need not copy it. */
export interface FrameRoom {
  readonly before: number;
  readonly after: number;
}

/**
 * What a session has to say, on its way to the client.
 *
 * Bytes are collected and leave in messages of about LIMITS.outputMessage octets. The receiver gives
 * credit for what it has passed on; while a window of LIMITS.outputWindow is out, `hasRoom` is false
 * and long responses stop between two steps. Short ones may still be written: what a step or a command writes beyond
 * the window is bounded by the step, never by the client's patience.
 */
export class SessionOutput {
  /** Grows to a message as it is used: a session that idles holds little. */
  readonly writer = new ByteWriter();
  readonly #send: (bytes: Uint8Array<ArrayBuffer>) => void;
  readonly #room: FrameRoom;
  #unacknowledged = 0;
  /** BYE has been said. */
  #ending = false;

  /** `send` takes ownership of the bytes; with `room` they have unused octets before and after them. */
  constructor(send: (bytes: Uint8Array<ArrayBuffer>) => void, room: FrameRoom = { before: 0, after: 0 }) {
    this.#send = send;
    this.#room = room;
  }

  get hasRoom(): boolean {
    return this.#unacknowledged + this.writer.length < LIMITS.outputWindow;
  }

  emit(response: Response): void {
    writeResponse(this.writer, response);
    // The last words leave in one message, with the end of the session: a receiver that has only some of them would add its own.
    if (response.kind === "status" && response.status === "BYE") this.#ending = true;
    this.flushIfFull();
  }

  /** Sends when a message's worth has been collected. Call between responses or within a long literal, not inside of a token. */
  flushIfFull(): void {
    if (this.writer.length >= LIMITS.outputMessage && !this.#ending) this.flush();
  }

  flush(): void {
    if (this.writer.length === 0) return;
    this.#unacknowledged += this.writer.length;
    this.#send(this.writer.take(this.#room.before, this.#room.after));
  }

  /** The receiver has passed on `octets`. */
  credit(octets: number): void {
    this.#unacknowledged = Math.max(0, this.#unacknowledged - octets);
  }
}
