import { idleContinuation } from "../commands/idle.ts";
import { LIMITS, type Limits } from "../limits.ts";
import type { LiteralHeader } from "../parser/framer.ts";
import type { Segment } from "../parser/segment.ts";
import type { Command } from "../session/command.ts";
import { Dispatcher } from "../session/dispatcher.ts";
import type { CommandEvent } from "../session/dispatcher-port.ts";
import { Fifo } from "../session/fifo.ts";
import { SessionOutput } from "../session/session-output.ts";
import type { SessionOrigin } from "../session/session-origin.ts";
import { Session, type Account, type ServerInfo } from "../session/session.ts";
import { idleTagOf, restoreSession, sameCheckpoint, takeCheckpoint, type Checkpoint, type SessionSnapshot } from "../session/snapshot.ts";
import { ViewLostError } from "../session/view-lost-error.ts";
import {
  encodeCheckpoint,
  encodeClose,
  encodeDecision,
  FRAME_HEADER,
  FrameKind,
  FLAG_FRAME,
  LinkError,
  NUMBER_FRAME,
  readObjectFrames,
  writeFrameHeader,
  writeNumberFrame,
  writeResponseOpenFrame,
  type ObjectFrames,
} from "./link-frames.ts";
import type { CloseReason } from "./link-payloads.ts";

/** Port: the object's end of one link. */
export interface LinkSocket {
  /** Takes ownership of the octets. Does nothing once the link is gone. */
  send(message: Uint8Array<ArrayBuffer>): void;
  close(): void;
  /** Keeps the snapshot with the link, beyond the object's memory. */
  save(snapshot: SessionSnapshot): void;
}

/** What a session needs from the account object that hosts it. */
export interface HostServices {
  readonly registry: ReadonlyMap<string, Command>;
  readonly server: ServerInfo;
  readonly limits: Limits;
  /** The account, made ready if this is its first session. @throws when the link is not for this object. */
  account(origin: SessionOrigin): Account;
  yieldTurn(): Promise<void>;
  /** A session has begun, or is over. Sleeping and waking do not count. */
  sessionChanged(open: boolean, sessionId: string): void;
  commandEnded(host: SessionHost, event: CommandEvent): void;
  fault(error: unknown, sessionId: string | undefined): void;
  /** A client has run into a limit. */
  limitHit(limit: string): void;
  /** A session must wait for its client to read. */
  stalled(sessionId: string): void;
  /** Milliseconds since 1970. */
  now(): number;
}

interface Hosted {
  readonly origin: SessionOrigin;
  readonly session: Session;
  readonly dispatcher: Dispatcher;
}

/** What follows the output in a message: credit, settled, idle, response-open, and a checkpoint of the usual size. */
const ROOM = { before: FRAME_HEADER, after: 3 * NUMBER_FRAME + FLAG_FRAME + 384 } as const;

/**
 * One session in the account object: the other end of an edge's link.
 *
 * Its memory may be lost whenever nothing but an IDLE is in progress: what is needed is in the checkpoint. It is saved
 * with the socket, from which {@link restore} goes on after a sleep, and told to the edge, which presents it on a new
 * link when the object itself was lost.
 */
export class SessionHost {
  readonly #socket: LinkSocket;
  readonly #services: HostServices;
  readonly #frames: ObjectFrames;
  #hosted: Hosted | undefined;
  /** The checkpoints that the socket and the edge have last been given. */
  #saved: Checkpoint | undefined;
  #told: Checkpoint | undefined;
  /** The one that the last message has taken, still to be saved. */
  #taken: Checkpoint | undefined;
  /** The edge was given output without a checkpoint behind it. */
  #ahead = false;
  /** The close frame, for the end of the last message. */
  #last: Uint8Array<ArrayBuffer> | undefined;
  /** What the inputs in the dispatcher's queue count in the window, in order. */
  readonly #costs = new Fifo<number>();
  /** Credit that the edge was not given yet. */
  #credit = 0;
  /** Pieces that the edge was not told to be settled. */
  #unsettled = 0;
  #idling = false;
  /** What the last idle frame said. */
  #toldIdle = 0;
  #toldOpen = false;
  /** The client has not taken a window of output. */
  #stalled = false;
  #over = false;
  #ended = false;
  #quiet: (() => void) | undefined;

  constructor(socket: LinkSocket, services: HostServices) {
    this.#socket = socket;
    this.#services = services;
    this.#frames = {
      hello: (origin) => this.#start(origin),
      checkpoint: (checkpoint) => this.#resume(checkpoint),
      piece: (segment, literal, cost) => this.#push(segment, literal, cost),
      literal: (data, cost) => {
        this.#costs.push(cost);
        this.#dispatcher.push({ kind: "chunk", data });
      },
      literalEnd: () => this.#dispatcher.push({ kind: "literal-end" }),
      credit: (octets) => this.#hosted?.session.output.credit(octets),
      closed: () => this.#finish(undefined),
    };
  }

  get sessionId(): string | undefined {
    return this.#hosted?.origin.sessionId;
  }

  /** Nothing is in progress but an IDLE. */
  get quiescent(): boolean {
    return this.#hosted?.dispatcher.quiescent ?? true;
  }

  /** Goes on from a snapshot after the object has slept. */
  restore({ origin, checkpoint }: SessionSnapshot): void {
    this.#saved = checkpoint;
    try {
      this.#goOn(this.#host(origin), checkpoint);
    } catch (error) {
      this.#lose(error);
    }
  }

  /** Goes on from what an earlier link of the same session was told: the object was lost meanwhile, or that link. */
  #resume(checkpoint: Checkpoint): void {
    const hosted = this.#hosted;
    if (hosted === undefined || this.#told !== undefined || this.#unsettled > 0)
      throw new LinkError("A checkpoint that does not follow hello");
    try {
      this.#goOn(hosted, checkpoint);
    } catch (error) {
      this.#lose(error);
    }
  }

  #goOn({ origin, session, dispatcher }: Hosted, checkpoint: Checkpoint): void {
    this.#told = checkpoint;
    this.#unsettled = checkpoint.unsettled;
    restoreSession(session, this.#services.account(origin), checkpoint);
    const tag = idleTagOf(checkpoint);
    const idle = this.#services.registry.get("IDLE");
    if (tag === undefined || idle === undefined) return;
    this.#idling = true;
    this.#toldIdle = checkpoint.unsettled;
    dispatcher.resumeIdle(tag, idle, idleContinuation());
  }

  /**
   * Takes one message of the edge. Resolves when nothing but an IDLE is in progress, and not before: while a handler
   * of its waits, the object is kept in memory, and what the session is in the middle of with it. Messages
   * that come meanwhile, with credit or more of a literal, are taken by calls of their own. Never rejects.
   */
  async receive(message: Uint8Array): Promise<void> {
    if (this.#over) return;
    this.#taken = undefined;
    try {
      readObjectFrames(message, this.#frames);
    } catch (error) {
      this.#services.fault(error, this.sessionId);
      this.#finish(error instanceof LinkError ? "bad-frame" : "fault");
    }
    const hosted = this.#hosted;
    if (this.#over || hosted === undefined) return;
    try {
      await hosted.dispatcher.run();
      this.#rest();
    } catch (error) {
      this.#lose(error);
    }
    if (this.#over || hosted.dispatcher.quiescent || this.#quiet !== undefined) return;
    await new Promise<void>((resolve) => (this.#quiet = resolve));
  }

  /** The mailbox may have changed: an idling session tells its client. */
  notify(): void {
    if (this.#over || !this.#idling) return;
    this.#taken = undefined;
    try {
      this.#hosted?.dispatcher.notify();
      this.#rest();
    } catch (error) {
      this.#lose(error);
    }
  }

  /** Ends the session with BYE from outside: the account is removed. Inside of a response a BYE would be read as part of it, so there is none. */
  bye(text: string): void {
    if (this.#over) return;
    const hosted = this.#hosted;
    // The edge says it for a session that has not begun.
    if (hosted === undefined) return this.#finish("object-lost");
    if (hosted.dispatcher.responseOpen) return this.#finish("output-broken");
    const { output } = hosted.session;
    output.emit({ kind: "status", tag: undefined, status: "BYE", text });
    this.#finish("finished");
  }

  /** Ends a session of which nothing is left to go on with: its edge says BYE. */
  lose(): void {
    this.#finish("object-lost");
  }

  /** The link is gone. */
  async end(): Promise<void> {
    this.#over = true;
    const { sessionId } = this;
    if (sessionId !== undefined && !this.#ended) this.#services.sessionChanged(false, sessionId);
    this.#ended = true;
    await this.#hosted?.dispatcher.end();
    this.#quiet?.();
    this.#quiet = undefined;
  }

  get #dispatcher(): Dispatcher {
    if (this.#hosted === undefined) throw new LinkError("A command before hello");
    return this.#hosted.dispatcher;
  }

  #start(origin: SessionOrigin): void {
    if (this.#hosted !== undefined) throw new LinkError("A second hello");
    const account = this.#services.account(origin);
    this.#host(origin).session.state = { name: "authenticated", account };
    this.#services.sessionChanged(true, origin.sessionId);
    this.#save();
  }

  #host(origin: SessionOrigin): Hosted {
    const output = new SessionOutput((bytes) => this.#send(bytes), ROOM);
    const session = new Session(origin.sessionId, this.#services.server, output, { name: "logout" });
    const dispatcher = new Dispatcher(session, this.#services.registry, this.#services.limits, {
      decideLiteral: (accepted) => {
        // What was answered before comes before the `+`.
        output.flush();
        this.#socket.send(encodeDecision(accepted));
      },
      idling: (on) => void (this.#idling = on),
      close: () => this.#finish("finished"),
      consumed: () => void (this.#credit += this.#costs.shift() ?? 0),
      yieldTurn: () => this.#services.yieldTurn(),
      commandEnded: (event) => this.#services.commandEnded(this, event),
      limitHit: (limit) => this.#services.limitHit(limit),
      fault: (error) => this.#services.fault(error, origin.sessionId),
      now: () => this.#services.now(),
    });
    this.#hosted = { origin, session, dispatcher };
    return this.#hosted;
  }

  #push(segment: Segment, literal: LiteralHeader | undefined, cost: number): void {
    this.#dispatcher.push({ kind: "piece", segment, literal });
    this.#costs.push(cost);
    this.#unsettled++;
  }

  /** Sends output in its frame, and behind it what else there is to tell: one message for all. */
  #send(framed: Uint8Array<ArrayBuffer>): void {
    const end = framed.length - ROOM.after;
    writeFrameHeader(framed, 0, FrameKind.output, end - FRAME_HEADER);
    this.#sendWithCheckpoint(framed, this.#tellOpen(framed, this.#tell(framed, end)));
  }

  /**
   * Sends `message` up to `end`, and with it where the session now stands, or that it has ended: an edge that has the one
   * without the other would not know how to go on.
   */
  #sendWithCheckpoint(message: Uint8Array<ArrayBuffer>, end: number): void {
    const checkpoint = this.#takeCheckpoint();
    this.#taken = checkpoint;
    const frame = this.#last ?? this.#news(checkpoint);
    this.#ahead = frame === undefined && checkpoint === undefined;
    this.#last = undefined;
    if (frame === undefined) {
      if (end > 0) this.#socket.send(message.subarray(0, end));
      return;
    }
    // In one message whatever it costs.
    const whole = frame.length <= message.length - end ? message.subarray(0, end + frame.length) : new Uint8Array(end + frame.length);
    if (whole.buffer !== message.buffer) whole.set(message.subarray(0, end));
    whole.set(frame, end);
    this.#socket.send(whole);
  }

  /** A frame with the checkpoint, if it is not what the edge knows. */
  #news(checkpoint: Checkpoint | undefined): Uint8Array<ArrayBuffer> | undefined {
    if (checkpoint === undefined) return undefined;
    if (!this.#ahead && this.#told !== undefined && sameCheckpoint(checkpoint, this.#told)) return undefined;
    this.#told = checkpoint;
    return encodeCheckpoint(checkpoint);
  }

  /** Where the session stands; `undefined` in the middle of something. */
  #takeCheckpoint(): Checkpoint | undefined {
    const hosted = this.#hosted;
    if (hosted === undefined || !hosted.dispatcher.quiescent) return undefined;
    return takeCheckpoint(hosted.session, hosted.dispatcher, this.#unsettled);
  }

  /** Writes credit, settled and idle as far as they are due. Returns where they end. */
  #tell(message: Uint8Array, from: number): number {
    let at = from;
    if (this.#credit > 0) {
      at = writeNumberFrame(message, at, FrameKind.credit, this.#credit);
      this.#credit = 0;
    }
    if (this.#unsettled > 0 && this.#hosted?.dispatcher.betweenCommands === true) {
      at = writeNumberFrame(message, at, FrameKind.settled, this.#unsettled);
      this.#unsettled = 0;
    }
    const idle = this.#idle;
    if (idle !== this.#toldIdle) {
      at = writeNumberFrame(message, at, FrameKind.idle, idle);
      this.#toldIdle = idle;
    }
    return at;
  }

  /** Writes response-open if it is due: only behind output, because what is still to be sent may be what opens a response. */
  #tellOpen(message: Uint8Array, from: number): number {
    const open = this.#hosted?.dispatcher.responseOpen === true;
    if (open === this.#toldOpen) return from;
    this.#toldOpen = open;
    return writeResponseOpenFrame(message, from, open);
  }

  /**
   * What the edge is to know of an IDLE: the pieces up to it. With more in the queue it is about to end, so nothing new is said:
   * an edge that takes the session to be idling while it is not would let a literal come at the wrong time.
   */
  get #idle(): number {
    if (!this.#idling) return 0;
    return this.quiescent ? this.#unsettled : this.#toldIdle;
  }

  /** After work: tells what no output has carried, and saves the snapshot, so that the object may sleep. */
  #rest(): void {
    const hosted = this.#hosted;
    if (this.#over || hosted === undefined) return;
    const { quiescent } = hosted.dispatcher;
    const { hasRoom } = hosted.session.output;
    if (!hasRoom && !this.#stalled) this.#services.stalled(hosted.origin.sessionId);
    this.#stalled = !hasRoom;
    if (this.#credit >= LIMITS.linkCreditStep || (quiescent && this.#hasNews(hosted))) {
      const message = new Uint8Array(ROOM.after);
      this.#sendWithCheckpoint(message, this.#tell(message, 0));
    }
    if (!quiescent) return;
    hosted.session.output.writer.shrink();
    this.#save();
    this.#quiet?.();
    this.#quiet = undefined;
  }

  #hasNews({ dispatcher }: Hosted): boolean {
    return this.#ahead || this.#credit > 0 || this.#idle !== this.#toldIdle || (this.#unsettled > 0 && dispatcher.betweenCommands);
  }

  #save(): void {
    const hosted = this.#hosted;
    // Nothing has happened since the last message, if there was one: it is sent when the work is done.
    const checkpoint = this.#taken ?? this.#takeCheckpoint();
    this.#taken = undefined;
    if (hosted === undefined || checkpoint === undefined) return;
    if (this.#saved !== undefined && sameCheckpoint(checkpoint, this.#saved)) return;
    this.#socket.save({ origin: hosted.origin, checkpoint });
    this.#saved = checkpoint;
  }

  /** The session cannot go on: its client is told to begin anew. */
  #lose(error: unknown): void {
    if (!(error instanceof ViewLostError)) this.#services.fault(error, this.sessionId);
    this.bye(error instanceof ViewLostError ? error.message : "Internal error");
  }

  /** The close frame, behind the last output: without it an edge would take that output for one that breaks off. */
  #sendLast(frame: Uint8Array<ArrayBuffer>): void {
    this.#last = frame;
    this.#hosted?.session.output.flush();
    if (this.#last === undefined) return;
    this.#last = undefined;
    this.#socket.send(frame);
  }

  /** Closes the link; with a reason the edge is told. What the session was in the middle of is given up. */
  #finish(reason: CloseReason | undefined): void {
    if (this.#over) return;
    if (reason !== undefined) this.#sendLast(encodeClose(reason));
    this.#over = true;
    this.#socket.close();
    this.end().catch((error: unknown) => this.#services.fault(error, this.sessionId));
  }
}
