import { uuidv7 } from "uuidv7";

import type { Identity } from "../auth/authenticator.ts";
import { LIMITS, type Limits } from "../limits.ts";
import { Framer, type FatalReason, type FramerSink, type LiteralHeader } from "../parser/framer.ts";
import { ByteWriter } from "../protocol/byte-writer.ts";
import type { ResponseCode } from "../protocol/response-code.ts";
import { writeResponse, type Response } from "../protocol/response.ts";
import { StatusError } from "../protocol/status-error.ts";
import type { Input } from "../session/dispatcher-port.ts";
import { Fifo } from "../session/fifo.ts";
import type { SessionState } from "../session/session.ts";
import type { SessionOrigin } from "../session/session-origin.ts";
import { commandOf, isCollected, isRepeatable } from "./command-kind.ts";
import { FATAL, isMute, TIME_OUT } from "./connection-end.ts";
import { ConnectionTimer, type Due } from "./connection-timer.ts";
import type { ClientFacts, ConnectionServices } from "./connection-services.ts";
import { EdgeLink, type EdgeLinkListener } from "./edge-link.ts";
import { EdgeLogin } from "./edge-login.ts";
import type { CloseReason } from "./link-payloads.ts";
import { LinkRecovery } from "./link-recovery.ts";
import { OutputQueue } from "./output-queue.ts";
import type { ByteStream } from "./ports.ts";
import { WaitingClient } from "./waiting-client.ts";

/** What the framer takes from somebody whom nobody knows yet. */
const LOGIN_LIMITS = { ...LIMITS, lineLength: LIMITS.loginLine };

/** What the framer has made of the client's octets, in order. */
type EdgeInput = Input | { readonly kind: "fatal"; readonly reason: FatalReason; readonly tag: Uint8Array | undefined };

/**
 * One client's connection at the edge, whatever carries its octets.
 *
 * One loop reads, frames and hands on; it reads only when all that came before has found its place, so
 * a client that is faster than its account waits in its own socket. Until the login a session here
 * answers; from then on complete commands go over the link, and the link's output to the client.
 */
export class ClientConnection {
  readonly #id = uuidv7();
  readonly #stream: ByteStream;
  readonly #facts: ClientFacts;
  readonly #services: ConnectionServices;
  readonly #framer: Framer;
  readonly #sink: FramerSink;
  readonly #output: OutputQueue;
  readonly #timer: ConnectionTimer;
  readonly #recovery: LinkRecovery;
  readonly #client: WaitingClient;
  readonly #started: number;
  readonly #inputs = new Fifo<EdgeInput>();
  #login: EdgeLogin | undefined;
  #link: EdgeLink | undefined;
  /** The literal for which the framer waits, or waited last, and the word on it. */
  #offered: LiteralHeader | undefined;
  #decision: boolean | undefined;
  /** A literal is on its way to the object: the last piece was not the end of its command. */
  #streaming = false;
  #changed = false;
  #resume: (() => void) | undefined;
  #inputOver = false;
  /** Octets of the command that is arriving since its time-out was set. */
  #progress = 0;
  /** The server shuts down: nothing new is begun. */
  #closing = false;
  /** The loop does not read because the object is behind. */
  #stalled = false;
  /** Why it ends, once it does. */
  #reason: CloseReason | undefined;
  /** Resolves when all has been written and only the client's close is waited for. */
  #lastWord: Promise<void> | undefined;
  #loggedIn = false;
  #octetsIn = 0;
  #octetsOut = 0;

  constructor(stream: ByteStream, facts: ClientFacts, services: ConnectionServices) {
    this.#stream = stream;
    this.#facts = facts;
    this.#services = services;
    this.#started = services.clock.now();
    this.#framer = new Framer(services.tokenizer, LOGIN_LIMITS);
    this.#sink = {
      command: (segment) => this.#inputs.push({ kind: "piece", segment, literal: undefined }),
      literal: (segment, literal) => {
        this.#offered = literal;
        this.#inputs.push({ kind: "piece", segment, literal });
      },
      chunk: (data) => this.#inputs.push({ kind: "chunk", data }),
      literalEnd: () => this.#inputs.push({ kind: "literal-end" }),
      fatal: (reason, tag) => this.#inputs.push({ kind: "fatal", reason, tag }),
    };
    this.#output = new OutputQueue(stream, {
      passed: (octets) => this.#passed(octets),
      lost: () => this.#end("client-lost"),
    });
    this.#timer = new ConnectionTimer(services.clock, services.limits, (what) => this.#due(what));
    this.#recovery = new LinkRecovery(services.clock, services.limits, {
      drained: () => this.#output.drained(),
      attempting: () => this.#timer.set("relink"),
      recovered: (milliseconds) => {
        this.#timer.clear("relink");
        services.meter.record({ kind: "link-lost", sessionId: this.#id, survived: true, milliseconds });
        this.#linkChanged();
      },
      failed: (milliseconds, error) => {
        if (!(error instanceof StatusError)) services.log.fault("no new link", error, { session: this.#id });
        this.#giveUp(milliseconds);
      },
    });
    this.#client = new WaitingClient(facts.remoteAddress, services.clock);
  }

  /** Serves the client to the end. Never rejects; when it resolves nothing of the connection is left. */
  async run(): Promise<void> {
    const { log, meter, clock, shutdown } = this.#services;
    const { begun, leave } = shutdown.join();
    void begun.then(() => this.#shutDown());
    try {
      meter.record({ kind: "connection-started", sessionId: this.#id, transport: this.#facts.transport });
      this.#timer.set("login");
      this.#login = this.#startLogin();
      await this.#converse();
      await this.#linger();
    } catch (error) {
      log.fault("connection failed", error, { session: this.#id });
      this.#end("fault");
    }
    this.#link?.close(this.#reason ?? "fault");
    await this.#login?.dispatcher.end();
    await this.#stream.close();
    this.#timer.stop();
    leave();
    meter.record({
      kind: "connection",
      sessionId: this.#id,
      transport: this.#facts.transport,
      loggedIn: this.#loggedIn,
      reason: this.#reason ?? "fault",
      milliseconds: clock.now() - this.#started,
      octetsIn: this.#octetsIn,
      octetsOut: this.#octetsOut,
    });
  }

  async #converse(): Promise<void> {
    while (this.#reason === undefined) {
      await this.#work();
      if (this.#reason !== undefined) return;
      if (this.#mustWait()) {
        // Nothing is awaited of the client now.
        this.#timer.clear("command");
        this.#noteStall();
        await this.#change();
        continue;
      }
      this.#stalled = false;
      if (this.#inputOver) return this.#end("client-closed");
      this.#watchCommand();
      await this.#read();
    }
  }

  async #read(): Promise<void> {
    let chunk: Uint8Array | undefined;
    try {
      chunk = await this.#stream.read();
    } catch {
      // A reset is how many clients end: nothing is wrong here.
      this.#inputOver = true;
      return this.#end("client-lost");
    }
    if (chunk === undefined) {
      this.#inputOver = true;
      // What is complete is still run and answered. Before a literal that is streamed everything has been: the object has decided on it.
      if (this.#streaming && this.#framer.endOfInput() === "mid-command") this.#end("client-closed");
      else if (this.#reason === undefined) this.#timer.set("drain");
      return;
    }
    this.#octetsIn += chunk.length;
    if (this.#reason !== undefined) return;
    this.#progress += chunk.length;
    this.#framer.push(chunk, this.#sink);
  }

  /** A command that has begun must go on arriving. */
  #watchCommand(): void {
    if (this.#framer.endOfInput() === "clean") return this.#timer.clear("command");
    if (this.#timer.has("command") && this.#progress < this.#services.limits.commandProgress) return;
    this.#progress = 0;
    this.#timer.set("command");
  }

  #noteStall(): void {
    if (this.#stalled || this.#link === undefined || this.#link.hasRoom || !this.#link.linked) return;
    this.#stalled = true;
    this.#services.meter.record({ kind: "stall", sessionId: this.#id, direction: "to-object" });
  }

  /** Whether the loop must not read now. */
  #mustWait(): boolean {
    if (this.#inputs.length > 0 || this.#framer.paused) return true;
    const link = this.#link;
    if (link === undefined) return false;
    // After the end of input what was asked for is still answered: scripts pipe commands in and close.
    if (this.#inputOver) return !link.settled && !link.idling;
    return !link.hasRoom;
  }

  /** Hands on what has been read, as far as it goes now. */
  async #work(): Promise<void> {
    while (this.#reason === undefined) {
      if (this.#decision !== undefined) {
        this.#decide(this.#decision);
        continue;
      }
      const input = this.#inputs.peek();
      if (input === undefined) break;
      if (input.kind === "fatal") {
        // What came before is answered first; a command that is cut off here never will be.
        if (this.#link !== undefined && !this.#streaming && !this.#link.settled && !this.#link.idling) break;
        this.#inputs.shift();
        this.#refuseInput(input.reason, input.tag);
      } else if (this.#link !== undefined) {
        if (!this.#forward(this.#link, input)) break;
      } else await this.#answer(input);
    }
    this.#link?.flush();
  }

  #decide(accepted: boolean): void {
    this.#decision = undefined;
    if (accepted) return this.#framer.acceptStream(this.#sink);
    this.#streaming = false;
    this.#framer.refuse(this.#sink);
  }

  /** Gives one input to the session here, before the login. */
  async #answer(input: Input): Promise<void> {
    this.#inputs.shift();
    const login = this.#login;
    if (login === undefined) throw new TypeError("No session answers");
    if (
      input.kind === "piece" &&
      input.literal?.synchronizing === true &&
      input.literal.size <= LIMITS.loginLiteral &&
      login.dispatcher.betweenCommands
    ) {
      if (commandOf(this.#services.registry, input.segment)?.states.includes("not-authenticated") === true) return this.#collect();
    }
    login.dispatcher.push(input);
    await login.dispatcher.run();
    if (login.session.state.name !== "handed-over") return;
    this.#login = undefined;
    this.#loggedIn = true;
    this.#framer.limits = this.#services.limits;
    this.#timer.clear("login");
    this.#timer.set("idle");
  }

  /** Puts one input on the link. False: it has to wait. */
  #forward(link: EdgeLink, input: Input): boolean {
    if (!link.hasRoom) return false;
    if (input.kind === "piece" && input.literal !== undefined && isCollected(this.#services.registry, input)) {
      // Its `+` comes after all answers to what came before; a session in IDLE takes no command, and refuses.
      if (link.settled) {
        this.#inputs.shift();
        this.#collect();
        return true;
      }
      if (!link.idling) return false;
    }
    this.#inputs.shift();
    if (input.kind === "piece") this.#streaming = input.literal !== undefined;
    link.add(input);
    this.#timer.set("idle");
    return true;
  }

  #collect(): void {
    this.#write({ kind: "continue", text: "OK" });
    this.#framer.acceptInline(this.#sink);
  }

  /** Greets the client, and answers until it has logged in. */
  #startLogin(): EdgeLogin {
    return new EdgeLogin(this.#id, this.#services, {
      client: this.#client,
      send: (bytes) => this.#send(bytes, false),
      saidTooMuch: () => this.#endAtLimit("bad-input", { text: "Too much was asked before the login", limit: "loginOutput" }),
      decided: (accepted) => void (this.#decision = accepted),
      admit: (identity) => this.#admit(identity),
      finished: () => this.#end("finished"),
    });
  }

  /** Opens the link of an account that has logged in. */
  async #admit({ accountId, name }: Identity): Promise<SessionState> {
    const { links, log } = this.#services;
    const origin: SessionOrigin = { sessionId: this.#id, accountId, accountName: name, ...this.#facts };
    const listener: EdgeLinkListener = {
      decided: (accepted) => {
        // Here, not in the loop: what the object says next comes after the `+`.
        if (accepted && this.#offered?.synchronizing === true) this.#write({ kind: "continue", text: "OK" });
        this.#decision = accepted;
      },
      output: (bytes) => this.#send(bytes, true),
      changed: () => this.#linkChanged(),
      lost: () => this.#linkLost(),
      ended: (reason, error) => {
        if (error !== undefined) log.fault("link failed", error, { session: this.#id });
        this.#linkEnded(reason);
      },
    };
    const link = await this.#recovery.first(() => EdgeLink.open(links, accountId, origin, listener));
    if (this.#reason !== undefined) {
      link.close("client-lost");
      throw new Error("The client left during its login");
    }
    this.#link = link;
    return { name: "handed-over" };
  }

  #shutDown(): void {
    this.#closing = true;
    this.#endIfClosing();
  }

  /** What was asked for is still answered; whoever shuts the server down bounds the wait. */
  #endIfClosing(): void {
    const link = this.#link;
    if (!this.#closing || (link !== undefined && !link.settled && !link.idling)) return;
    this.#end("shutdown", "The server is shutting down", "UNAVAILABLE");
  }

  #linkChanged(): void {
    this.#endIfClosing();
    if (this.#link?.idling === true) {
      if (!this.#timer.has("keep-alive")) this.#timer.set("keep-alive");
    } else this.#timer.clear("keep-alive");
    this.#wake();
  }

  #linkEnded(reason: CloseReason): void {
    if (reason === "finished") this.#end("finished");
    else if (reason === "output-broken") this.#end("output-broken");
    else this.#loseSession();
  }

  #loseSession(): void {
    this.#end("object-lost", "The account is not available at the moment, please connect again", "UNAVAILABLE");
  }

  /** The account object has restarted. A client that waits for nothing, or for what may be done twice, need not know. */
  #linkLost(): void {
    const link = this.#link;
    if (link?.unanswered?.every((piece) => isRepeatable(this.#services.registry, piece)) !== true) return this.#giveUp(0);
    this.#recovery.start(link);
  }

  #giveUp(milliseconds: number): void {
    this.#services.meter.record({ kind: "link-lost", sessionId: this.#id, survived: false, milliseconds });
    this.#loseSession();
  }

  #refuseInput(reason: FatalReason, tag: Uint8Array | undefined): void {
    const { text, limit } = FATAL[reason];
    if (limit !== undefined) this.#services.meter.record({ kind: "limit", limit });
    this.#write({ kind: "status", tag, status: "BAD", code: limit === undefined ? undefined : "LIMIT", text });
    this.#end("bad-input", text);
  }

  /** Ends the connection of a client that has run into a limit. */
  #endAtLimit(reason: CloseReason, { text, limit }: { readonly text: string; readonly limit: keyof Limits }): void {
    this.#services.meter.record({ kind: "limit", limit });
    this.#end(reason, text, "LIMIT");
  }

  #due(what: Due): void {
    switch (what) {
      case "login":
      case "idle":
      case "command":
        return this.#endAtLimit("timeout", TIME_OUT[what]);
      case "relink":
        return this.#recovery.expire();
      case "keep-alive":
        // With output still on its way the client hears from us anyway.
        if (this.#link?.idling !== true) return;
        if (this.#output.octets === 0) this.#write({ kind: "status", tag: undefined, status: "OK", text: "Still here" });
        return this.#timer.set("keep-alive");
      case "drain":
      case "linger":
        this.#end("timeout");
        void this.#stream.close();
        return;
      default:
        return what satisfies never;
    }
  }

  #passed(octets: number): void {
    this.#link?.passed(octets);
    // A long answer to a slow client is no idleness, nor is it one that gets stuck.
    if (this.#timer.has("drain")) this.#timer.set("drain");
    if (this.#reason !== undefined || this.#link === undefined) return;
    if (!this.#link.settled && !this.#link.idling) this.#timer.set("idle");
  }

  #write(response: Response): void {
    const writer = new ByteWriter(128);
    writeResponse(writer, response);
    this.#send(writer.take(), false);
  }

  #send(bytes: Uint8Array, counted: boolean): void {
    this.#octetsOut += bytes.length;
    if (!this.#output.write(bytes, counted)) {
      // The object keeps to its window, or the queue would not overflow: one of the two is broken.
      this.#services.log.log("error", "output beyond the window", { session: this.#id, octets: this.#output.octets });
      this.#end("output-broken");
    }
  }

  /** Begins the end: BYE if there is something to say, the link closed, and what was written still sent. The first reason counts. */
  #end(reason: CloseReason, bye?: string, code?: ResponseCode): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    this.#inputs.clear();
    this.#timer.stop();
    this.#recovery.stop();
    this.#client.end();
    this.#link?.close(reason);
    // Inside of a response it would be read as part of it.
    if (bye !== undefined && this.#link?.unfinished !== true)
      this.#write({ kind: "status", tag: undefined, status: "BYE", code, text: bye });
    if (isMute(reason)) {
      // Nothing can be said any more, or must be: a pending read would wait for ever.
      void this.#stream.close();
    } else {
      // The loop may be in a read that only the client's own end would end: the last word is said now, and the wait bounded.
      this.#lastWord = this.#sayLastWord();
    }
    this.#wake();
  }

  async #sayLastWord(): Promise<void> {
    this.#timer.set("drain");
    await this.#output.end();
    this.#timer.clear("drain");
    this.#timer.set("linger");
  }

  /** After the last word: takes and drops what the client still sends, so that no reset overtakes it. */
  async #linger(): Promise<void> {
    if (this.#reason === undefined || isMute(this.#reason)) return;
    await this.#lastWord;
    while (!this.#inputOver) await this.#read();
  }

  #wake(): void {
    this.#changed = true;
    this.#resume?.();
    this.#resume = undefined;
  }

  /** Resolves when something has changed since the last call. */
  #change(): Promise<void> {
    if (this.#changed) {
      this.#changed = false;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      this.#resume = () => {
        this.#changed = false;
        resolve();
      };
    });
  }
}
