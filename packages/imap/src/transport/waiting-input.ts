import { LIMITS } from "../limits.ts";

/** Messages of a WebSocket client that wait to be read, in order. */
export class WaitingInput {
  #messages: Uint8Array[] = [];
  #next = 0;
  #weight = 0;

  /** Octets, and what the messages themselves cost. */
  get weight(): number {
    return this.#weight;
  }

  push(message: Uint8Array): void {
    this.#messages.push(message);
    this.#weight += message.length + LIMITS.webSocketMessageOverhead;
  }

  shift(): Uint8Array | undefined {
    const message = this.#messages[this.#next];
    if (message === undefined) return undefined;
    this.#weight -= message.length + LIMITS.webSocketMessageOverhead;
    // What has been read is held no longer, although its place is.
    this.#messages[this.#next++] = NOTHING;
    // Moving the rest at every step would cost a quarter of a million moves for each of as many tiny messages.
    if (this.#next * 2 >= this.#messages.length) {
      this.#messages = this.#messages.slice(this.#next);
      this.#next = 0;
    }
    return message;
  }

  clear(): void {
    this.#messages = [];
    this.#next = 0;
    this.#weight = 0;
  }
}

const NOTHING = new Uint8Array(0);
