import { LIMITS } from "../limits.ts";
import type { AccountId } from "../mailbox/records.ts";
import type { Input } from "../session/dispatcher-port.ts";
import {
  encodeClose,
  encodeFrames,
  encodeHello,
  encodeKeptCheckpoint,
  LinkError,
  outgoingCost,
  readEdgeFrames,
  type EdgeFrames,
  type OutgoingFrame,
  type OutgoingPiece,
} from "./link-frames.ts";
import { KeptPieces } from "./kept-pieces.ts";
import type { CloseReason, Hello } from "./link-payloads.ts";
import type { Link, LinkOpener } from "./ports.ts";

/** What the edge hears from the account object. */
export interface EdgeLinkListener {
  /** The word on the literal that the last piece ended with. */
  decided(accepted: boolean): void;
  output(bytes: Uint8Array): void;
  /** Window, mode or what is settled has changed: what waited may go on. */
  changed(): void;
  /** The link is gone, and the object has not said why: it has restarted, or was lost. What was sent may or may not have been done. */
  lost(): void;
  /** The link is over. Called once. */
  ended(reason: CloseReason, error?: unknown): void;
}

/**
 * The edge's end of a link: batches frames into messages, keeps to the window, and knows what is not answered yet.
 *
 * When the link is lost it can be opened again: the object then goes on from the last checkpoint, and gets once more what was
 * sent behind it.
 */
export class EdgeLink implements EdgeFrames {
  readonly #opener: LinkOpener;
  readonly #account: AccountId;
  readonly #hello: Hello;
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
  #checkpoint: Uint8Array | undefined;
  /** What was sent behind the checkpoint, for another object to repeat. `undefined`: more than can be kept, until all is settled. */
  #kept: KeptPieces | undefined = new KeptPieces();
  /** The client was given output that the checkpoint does not cover. */
  #ahead = false;
  /** The pieces that are kept were sent a second time already: what they ask for may be what the object dies of. */
  #repeated = false;

  private constructor(opener: LinkOpener, account: AccountId, hello: Hello, listener: EdgeLinkListener) {
    this.#opener = opener;
    this.#account = account;
    this.#hello = hello;
    this.#listener = listener;
  }

  /** Opens the link and says hello. @throws what the opener throws. */
  static async open(opener: LinkOpener, account: AccountId, hello: Hello, listener: EdgeLinkListener): Promise<EdgeLink> {
    const edge = new EdgeLink(opener, account, hello, listener);
    await edge.#connect();
    return edge;
  }

  /**
   * Opens a lost link again, from the checkpoint. Only when {@link unanswered} gave pieces, and the client has taken all that was output.
   * @throws what the opener throws; then it may be tried again.
   */
  reopen(): Promise<void> {
    return this.#connect();
  }

  /** Whether there is a link: not between the loss of one and the opening of the next. */
  get linked(): boolean {
    return this.#link !== undefined;
  }

  /** While the window is used up nothing more is read from the client. */
  get hasRoom(): boolean {
    return this.#link !== undefined && this.#used < LIMITS.linkWindow;
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

  /**
   * What another object would have to be given again, after its checkpoint. `undefined`: the session cannot go on elsewhere, because
   * its client has part of an answer, or what it asked for was not kept, or was repeated once already.
   */
  get unanswered(): readonly OutgoingPiece[] | undefined {
    if (this.#ahead || this.#unfinished || (this.#repeated && this.#kept?.count !== 0)) return undefined;
    return this.#kept?.read();
  }

  /** Adds to the message that {@link flush} sends, which must follow before anything is waited for. */
  add(input: Input): void {
    const frame: OutgoingFrame = input;
    this.#used += outgoingCost(frame);
    this.#batch.push(frame);
    if (frame.kind === "piece") this.#outstanding++;
  }

  flush(): void {
    const batch = this.#batch;
    if (batch.length === 0 || this.#link === undefined) return;
    this.#batch = [];
    const pieces = batch.every(({ kind }) => kind === "piece") ? batch.length : 0;
    if (this.#owed > 0) batch.push(this.#takeOwed());
    const message = encodeFrames(batch);
    // Before it is sent: that may show that the link is lost.
    if (this.#kept !== undefined && (pieces === 0 || !this.#kept.add(message, pieces))) this.#kept = undefined;
    this.#link.send(message);
  }

  /** The client has taken so much of the output. */
  passed(octets: number): void {
    // What a lost link has sent is nobody's window any more.
    if (this.#link === undefined) return;
    this.#owed += octets;
    if (this.#owed >= LIMITS.linkCreditStep) this.#link.send(encodeFrames([this.#takeOwed()]));
  }

  /** Ends the link from our side; the listener hears no more. */
  close(reason: CloseReason): void {
    if (this.#over) return;
    this.#over = true;
    this.#link?.send(encodeClose(reason));
    this.#link?.close();
    this.#forget();
  }

  decision(accepted: boolean): void {
    this.#listener.decided(accepted);
  }

  output(bytes: Uint8Array): void {
    this.#ahead = true;
    this.#listener.output(bytes);
  }

  credit(octets: number): void {
    this.#used = Math.max(0, this.#used - octets);
  }

  idle(pieces: number): void {
    this.#idlePieces = pieces;
    if (pieces === 0) return;
    this.#ahead = false;
    if (this.#kept === undefined) this.#recover(pieces);
    else this.#drop(pieces - this.#covered);
  }

  settledPieces(pieces: number): void {
    const covered = Math.min(pieces, this.#covered);
    this.#outstanding = Math.max(0, this.#outstanding - pieces);
    this.#ahead = false;
    if (this.#kept === undefined) this.#recover(0);
    else this.#drop(pieces - covered);
  }

  responseOpen(on: boolean): void {
    this.#unfinished = on;
  }

  checkpoint(json: Uint8Array): void {
    this.#checkpoint = json.slice();
    this.#ahead = false;
  }

  /** The object's close frame. */
  closed(reason: CloseReason): void {
    this.#end(reason);
  }

  /** Pieces that are outstanding and were taken before the checkpoint: those of an IDLE. */
  get #covered(): number {
    return this.#kept === undefined ? 0 : this.#outstanding - this.#kept.count;
  }

  /** The first of the pieces that are kept are answered, or in the checkpoint. */
  #drop(pieces: number): void {
    if (pieces <= 0 || this.#kept === undefined) return;
    this.#repeated = false;
    this.#kept.drop(pieces);
  }

  /** Keeps pieces again once the checkpoint covers all that is outstanding: `covered` pieces. */
  #recover(covered: number): void {
    if (covered !== this.#outstanding) return;
    this.#repeated = false;
    this.#kept = new KeptPieces();
  }

  async #connect(): Promise<void> {
    let open = true;
    const link = await this.#opener.open(this.#account, {
      message: (bytes) => {
        if (!this.#over) this.#receive(bytes);
      },
      closed: () => {
        open = false;
        if (!this.#over && this.#link !== undefined) this.#lose();
      },
    });
    if (this.#over) return link.close();
    link.send(encodeHello(this.#hello));
    if (this.#checkpoint !== undefined) link.send(encodeKeptCheckpoint(this.#checkpoint));
    const kept = this.#kept?.read() ?? [];
    if (kept.length > 0) link.send(encodeFrames(kept));
    // Sending may show that it is gone already: then it was no link, and nobody is told that one was lost.
    if (!open) {
      link.close();
      throw new LinkError("The account object closed the link at once");
    }
    this.#link = link;
    this.#used = kept.reduce((sum, piece) => sum + outgoingCost(piece), 0);
    this.#repeated = kept.length > 0;
  }

  #receive(bytes: Uint8Array): void {
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

  #lose(): void {
    this.#link?.close();
    this.#link = undefined;
    this.#owed = 0;
    this.#listener.lost();
  }

  #end(reason: CloseReason): void {
    if (this.#over) return;
    this.#over = true;
    this.#link?.close();
    this.#forget();
    this.#listener.ended(reason);
  }

  #forget(): void {
    this.#link = undefined;
    this.#batch = [];
    this.#kept = undefined;
    this.#checkpoint = undefined;
  }

  #takeOwed(): OutgoingFrame {
    const octets = this.#owed;
    this.#owed = 0;
    return { kind: "credit", octets };
  }
}
