import { LIMITS } from "../limits.ts";

/** Why a WebSocket is closed: a code of RFC 6455 section 7.4, and a reason for the client's log. */
export interface Closing {
  readonly code: 1003 | 1008 | 1009;
  readonly reason: string;
}

/**
 * What is known of how far a WebSocket client has read. The runtime buffers what is sent without bound and
 * does not say how much, so only what the client sends can prove what it has received.
 */
export interface OutputProof {
  /** Whether so many octets, at most LIMITS.webSocketFlowStep, may be sent now. */
  hasRoom(octets: number): boolean;
  /** What to do about a client for which there is no room: close, or (undefined) wait for its next message. */
  readonly overflow: Closing | undefined;
  /** Takes note of octets sent. Returns the text message that must follow them, if one is due. */
  sent(octets: number): string | undefined;
  /** Takes note of a binary message. */
  heard(): void;
  /** Takes a text message. Returns why it is refused, if it is. */
  heardText(text: string): Closing | undefined;
}

/**
 * Proof by echo: a token follows about every LIMITS.webSocketFlowStep octets, and who sends it back has read it
 * and all before it, because nobody can guess it. A window is unproven at most.
 */
export class EchoProof implements OutputProof {
  readonly overflow = undefined;
  readonly #draw: () => string;
  /** Tokens on their way, the oldest first, each with the octets that it follows. */
  readonly #marks: { readonly token: string; readonly octets: number }[] = [];
  /** Octets since the last token, and all that are unproven. */
  #unmarked = 0;
  #unproven = 0;

  constructor(draw: () => string = drawToken) {
    this.#draw = draw;
  }

  hasRoom(octets: number): boolean {
    return this.#unproven + octets <= LIMITS.webSocketFlowWindow;
  }

  sent(octets: number): string | undefined {
    this.#unproven += octets;
    this.#unmarked += octets;
    if (this.#unmarked < LIMITS.webSocketFlowStep) return undefined;
    const token = this.#draw();
    this.#marks.push({ token, octets: this.#unmarked });
    this.#unmarked = 0;
    return token;
  }

  heard(): void {}

  heardText(text: string): Closing | undefined {
    const [mark] = this.#marks;
    if (mark === undefined || text !== mark.token) return { code: 1008, reason: "expected the oldest token as it was sent" };
    this.#marks.shift();
    this.#unproven -= mark.octets;
    return undefined;
  }
}

/**
 * Proof by conversation, for clients that echo nothing: whoever says something is taken to have read what
 * was sent before. True of every client that waits for answers; one that means harm can lie.
 */
export class ConversationProof implements OutputProof {
  readonly overflow: Closing = { code: 1008, reason: "too much output without a word from the client: use imap.flow" };
  #unproven = 0;

  hasRoom(octets: number): boolean {
    return this.#unproven + octets <= LIMITS.webSocketUnproven;
  }

  sent(octets: number): undefined {
    this.#unproven += octets;
  }

  heard(): void {
    this.#unproven = 0;
  }

  heardText(): Closing {
    return { code: 1003, reason: "binary messages only" };
  }
}

function drawToken(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (octet) => octet.toString(16).padStart(2, "0")).join("");
}
