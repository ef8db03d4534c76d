import { LIMITS } from "../limits.ts";
import type { AccountId } from "../mailbox/records.ts";
import type { Input } from "../session/dispatcher.ts";
import {
  encodeClose,
  encodeFrames,
  encodeHello,
  LinkError,
  outgoingCost,
  readEdgeFrames,
  type EdgeFrames,
  type OutgoingFrame,
} from "./link-frames.ts";
import type { CloseReason, Hello } from "./link-payloads.ts";
import type { Link, LinkOpener } from "./ports.ts";

/** What the edge hears from the account object. */
export interface EdgeLinkListener {
  /** The word on the literal that the last piece ended with. */
  decided(accepted: boolean): void;
  output(bytes: Uint8Array): void;
  /** Window, mode or what is settled has changed: what waited may go on. */
  changed(): void;
  /** The link is over. `undefined`: it was lost, and the object said nothing. Called once. */
  ended(reason: CloseReason | undefined, error?: unknown): void;
}

/** The edge's end of a link: batches frames into messages, keeps to the window, and knows what is not answered yet. */
export class EdgeLink implements EdgeFrames {
  readonly #listener: EdgeLinkListener;
  #link: Link | undefined;
  #batch: OutgoingFrame[] = [];
  /** Octets in the window: sent, and not yet worked on. */
  #used = 0;
  /** Octets that the client has taken, and the object was not told of. */
  #owed = 0;
  #outstanding = 0;
  /** What the object has last said: the pieces it had taken when it came to wait in IDLE. */
  #idlePieces = 0;
  #unfinished = false;
  #over = false;

  private constructor(listener: EdgeLinkListener) {
    this.#listener = listener;
  }

  /** Opens the link and says hello. @throws what the opener throws. */
  static async open(opener: LinkOpener, account: AccountId, hello: Hello, listener: EdgeLinkListener): Promise<EdgeLink> {
    const edge = new EdgeLink(listener);
    const link = await opener.open(account, {
      message: (bytes) => edge.#receive(bytes),
      closed: () => edge.#end(undefined),
    });
    if (edge.#over) throw new LinkError("The account object closed the link at once");
    edge.#link = link;
    link.send(encodeHello(hello));
    return edge;
  }

  /** While the window is used up nothing more is read from the client. */
  get hasRoom(): boolean {
    return this.#used < LIMITS.linkWindow;
  }

  /** Whether everything that was sent has been answered: the client is between two commands. */
  get settled(): boolean {
    return this.#outstanding === 0;
  }

  /** Whether the session waits in IDLE. Not any more once something was sent behind it: whatever that is, it ends the IDLE. */
  get idling(): boolean {
    return this.#idlePieces > 0 && this.#idlePieces === this.#outstanding;
  }

  /** Whether the output so far ends inside of a response: what is written behind it would be read as part of it. */
  get unfinished(): boolean {
    return this.#unfinished;
  }

  /** Adds to the message that {@link flush} sends. */
  add(input: Input): void {
    if (input.kind === "piece") this.#outstanding++;
    const frame: OutgoingFrame = input;
    this.#used += outgoingCost(frame);
    this.#batch.push(frame);
  }

  flush(): void {
    if (this.#batch.length === 0 || this.#over) return;
    if (this.#owed > 0) this.#batch.push(this.#takeOwed());
    this.#send(this.#batch);
    this.#batch = [];
  }

  /** The client has taken so much of the output. */
  passed(octets: number): void {
    this.#owed += octets;
    if (this.#owed >= LIMITS.linkCreditStep && !this.#over) this.#send([this.#takeOwed()]);
  }

  /** Ends the link from our side; the listener hears no more. */
  close(reason: CloseReason): void {
    if (this.#over) return;
    this.#over = true;
    this.#batch = [];
    this.#link?.send(encodeClose(reason));
    this.#link?.close();
  }

  decision(accepted: boolean): void {
    this.#listener.decided(accepted);
  }

  output(bytes: Uint8Array): void {
    this.#listener.output(bytes);
  }

  credit(octets: number): void {
    this.#used = Math.max(0, this.#used - octets);
  }

  idle(pieces: number): void {
    this.#idlePieces = pieces;
  }

  settledPieces(pieces: number): void {
    this.#outstanding = Math.max(0, this.#outstanding - pieces);
  }

  responseOpen(on: boolean): void {
    this.#unfinished = on;
  }

  /** The object's close frame. */
  closed(reason: CloseReason): void {
    this.#end(reason);
  }

  #receive(bytes: Uint8Array): void {
    if (this.#over) return;
    try {
      readEdgeFrames(bytes, this);
    } catch (error) {
      const reason = error instanceof LinkError ? "bad-frame" : "fault";
      // What was thrown may come from a listener that has ended the link already.
      this.close(reason);
      this.#listener.ended(reason, error);
      return;
    }
    if (!this.#over) this.#listener.changed();
  }

  #end(reason: CloseReason | undefined): void {
    if (this.#over) return;
    this.#over = true;
    this.#batch = [];
    this.#link?.close();
    this.#listener.ended(reason);
  }

  #takeOwed(): OutgoingFrame {
    const octets = this.#owed;
    this.#owed = 0;
    return { kind: "credit", octets };
  }

  #send(frames: readonly OutgoingFrame[]): void {
    this.#link?.send(encodeFrames(frames));
  }
}
