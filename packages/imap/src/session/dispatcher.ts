import { LIMITS, type Limits } from "../limits.ts";
import { ArgumentReader } from "../parser/argument-reader.ts";
import type { LiteralHeader } from "../parser/framer.ts";
import { octetsOf, type Segment } from "../parser/segment.ts";
import { withoutLineEnd } from "../parser/octets.ts";
import type { Response } from "../protocol/response.ts";
import { StatusError } from "../protocol/status-error.ts";
import type { Command, Completion, Continuation, RunResult, StreamingRun, Task } from "./command.ts";
import { octetsIn, type CommandEvent, type DispatcherPort, type Input } from "./dispatcher-port.ts";
import { Fifo } from "./fifo.ts";
import { OutputBrokenError } from "./output-broken-error.ts";
import { octetsOfPieces } from "./queued-pieces.ts";
import { withOwnTag, type RunningCommand } from "./running-command.ts";
import type { Session } from "./session.ts";
import { tellChanges } from "./tell-changes.ts";
import { ViewLostError } from "./view-lost-error.ts";

/**
 * Runs one session's commands, one after another, in the order in which they came.
 *
 * Alone writes tagged lines, exactly one for each command. What cannot go on (a full output window, a
 * client's line that is awaited) is kept here as data, and `run` goes on from it.
 */
export class Dispatcher {
  readonly #session: Session;
  readonly #registry: ReadonlyMap<string, Command>;
  readonly #limits: Pick<Limits, "queuedItems" | "badCommands">;
  readonly #port: DispatcherPort;
  readonly #queue = new Fifo<Input>();
  #running: RunningCommand | undefined;
  #task: Task | undefined;
  #continuation: Continuation | undefined;
  #stream: StreamingRun | undefined;
  /** The running streaming command has failed: what still comes of it is swallowed, then it is answered. */
  #failure: unknown;
  #pumping = false;
  /** Something has come while the work was going on. */
  #again = false;
  #bad = 0;
  /** Milliseconds since 1970 when time could last pass: the runtime's clock stands still during work, and asking it costs. */
  #now = 0;
  #ended = false;
  readonly #emit = (response: Response): void => this.#session.output.emit(response);

  constructor(
    session: Session,
    registry: ReadonlyMap<string, Command>,
    limits: Pick<Limits, "queuedItems" | "badCommands">,
    port: DispatcherPort,
  ) {
    this.#session = session;
    this.#registry = registry;
    this.#limits = limits;
    this.#port = port;
    session.upcoming = () => octetsOfPieces(this.#queue);
  }

  get idling(): boolean {
    return this.#continuation?.idle === true;
  }

  /** The tag of the IDLE in progress: with {@link resumeIdle} it outlives the object's memory. */
  get idleTag(): Uint8Array | undefined {
    return this.idling ? this.#running?.tag : undefined;
  }

  /** Nothing is in progress but an IDLE: the object may sleep. */
  get quiescent(): boolean {
    return !this.#pumping && this.#task === undefined && this.#stream === undefined && this.#queue.length === 0;
  }

  /** What was written so far ends inside of a response: anything else would be read as part of it. */
  get responseOpen(): boolean {
    return this.#task?.responseOpen === true;
  }

  /** Nothing at all is in progress: the client is between two commands. */
  get betweenCommands(): boolean {
    return this.quiescent && this.#running === undefined;
  }

  resumeIdle(tag: Uint8Array, command: Command, continuation: Continuation): void {
    this.#running = { tag, command, since: this.#port.now() };
    this.#continuation = continuation;
  }

  /** Takes input in order. Call {@link run} afterwards. */
  push(input: Input): void {
    if (this.#ended) return;
    if (this.#queue.length >= this.#limits.queuedItems) {
      this.#port.limitHit("queuedItems");
      this.#bye("Too many commands at once", "LIMIT");
      return;
    }
    this.#queue.push(input);
  }

  /** Works until the queue is empty or something must be waited for. Never rejects. Also call it when credit has come. */
  async run(): Promise<void> {
    this.#again = true;
    if (this.#pumping || this.#ended) return;
    this.#pumping = true;
    this.#now = this.#port.now();
    try {
      while (this.#again && !this.#ended) {
        this.#again = false;
        await this.#pump();
        // Notices that did not fit in the window before.
        if (this.idling && this.#session.output.hasRoom) this.#tell(true);
      }
    } catch (error) {
      // Only what is wrong outside of any command arrives here; the session cannot be trusted any more.
      this.#port.fault(error);
      this.#bye("Internal error", "SERVERBUG");
    } finally {
      this.#pumping = false;
      this.#session.output.flush();
      if (this.#ended) this.#giveUp();
    }
  }

  /** The mailbox may have changed: an idling session tells its client now. */
  notify(): void {
    // A client that does not read would have to be told again and again; once it reads, `run` tells it all at once.
    if (!this.idling || this.#pumping || this.#ended || !this.#session.output.hasRoom) return;
    // In the middle of a notice the session stands nowhere: no checkpoint may be taken of it.
    this.#pumping = true;
    try {
      this.#tell(true);
    } finally {
      this.#pumping = false;
    }
    this.#session.output.flush();
  }

  /** The client is gone. */
  async end(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    this.#queue.clear();
    const stream = this.#stream;
    const task = this.#task;
    this.#stream = undefined;
    this.#task = undefined;
    this.#session.state = { name: "logout" };
    task?.abort?.();
    if (!this.#pumping) this.#giveUp();
    await this.#abandon(stream);
  }

  /** The session has ended in the middle of a command, which may have changed something already: others are to be told. */
  #giveUp(): void {
    const running = this.#running;
    this.#running = undefined;
    if (running !== undefined && this.#continuation === undefined) this.#told(running, "NO");
  }

  async #pump(): Promise<void> {
    for (let inputs = 1; ; inputs++) {
      if (this.#task !== undefined && !(await this.#advance())) return;
      if (this.#ended || !this.#session.output.hasRoom) return;
      const input = this.#queue.shift();
      if (input === undefined) return;
      // Most commands are done at once: a promise for each would cost as much as they do.
      const work = this.#take(input);
      if (work !== undefined) await work;
      if (input.kind !== "literal-end") this.#port.consumed(octetsIn(input));
      if (inputs % LIMITS.inputsPerTurn !== 0 || this.#queue.length === 0) continue;
      // A few answers wait for more of them: each message is a write to the client's socket.
      if (this.#session.output.writer.length >= LIMITS.writeJoin) this.#session.output.flush();
      await this.#waitFor(this.#port.yieldTurn());
    }
  }

  /** Steps the task. False: the output window is full, and credit will bring us back. */
  async #advance(): Promise<boolean> {
    for (let steps = 1; this.#task !== undefined; steps++) {
      if (!this.#session.output.hasRoom) return false;
      let completion: Completion | undefined;
      try {
        const step = this.#task.step();
        completion = step instanceof Promise ? await this.#waitFor(step) : step;
      } catch (error) {
        this.#task = undefined;
        this.#failLate(error);
        return !this.#ended;
      }
      if (this.#ended) return false;
      if (completion !== undefined) {
        this.#task = undefined;
        this.#complete(completion);
        return true;
      }
      this.#session.output.flushIfFull();
      if (steps % LIMITS.stepsPerTurn === 0) {
        this.#session.output.flush();
        await this.#waitFor(this.#port.yieldTurn());
        if (this.#ended) return false;
      }
    }
    return true;
  }

  #take(input: Input): Promise<unknown> | undefined {
    switch (input.kind) {
      case "piece":
        return this.#takePiece(input.segment, input.literal);
      case "chunk":
        return this.#guard((stream) => stream.chunk(input.data));
      case "literal-end":
        return this.#guard((stream) => stream.literalEnd());
      default:
        return input satisfies never;
    }
  }

  #takePiece(segment: Segment, literal: LiteralHeader | undefined): Promise<void> | undefined {
    if (segment.continues) return this.#takeStreamPiece(new ArgumentReader(segment), literal);
    const continuation = this.#continuation;
    if (continuation !== undefined) {
      this.#continuation = undefined;
      if (continuation.idle) this.#port.idling(false);
      if (literal !== undefined) this.#port.decideLiteral(false);
      return this.#settle(() => continuation.line(withoutLineEnd(octetsOf(segment))));
    }
    const args = new ArgumentReader(segment);
    const started = this.#start(args);
    if (started === undefined) {
      if (literal !== undefined) this.#port.decideLiteral(false);
      return undefined;
    }
    const { command } = started;
    this.#running = started;
    if (command.streaming) {
      this.#running = withOwnTag(started);
      try {
        this.#stream = command.open(this.#session, this.#emit);
      } catch (error) {
        if (literal !== undefined) this.#port.decideLiteral(false);
        this.#fail(error);
        return undefined;
      }
      return this.#takeStreamPiece(args, literal);
    }
    if (literal !== undefined) {
      this.#port.decideLiteral(false);
      this.#fail(new StatusError("NO", `A literal of ${literal.size} octets is too long here`, "TOOBIG"));
      return undefined;
    }
    return this.#settle(() => command.execute(this.#session, args, this.#emit));
  }

  /** Reads tag and command name. `undefined`: answered with BAD already. */
  #start(args: ArgumentReader): RunningCommand | undefined {
    let tag: Uint8Array | undefined;
    try {
      tag = args.tag();
      const name = args.commandName();
      const command = this.#registry.get(name);
      if (command === undefined) throw new StatusError("BAD", "Unknown command");
      return { tag, command, since: this.#now };
    } catch (error) {
      this.#answer(tag, undefined, error);
      return undefined;
    }
  }

  async #takeStreamPiece(args: ArgumentReader, literal: LiteralHeader | undefined): Promise<void> {
    const accepted = await this.#guard(async (stream) => {
      await stream.piece(args, literal);
      if (literal === undefined) args.end();
    });
    if (literal !== undefined) {
      this.#port.decideLiteral(accepted);
      if (accepted) return;
    }
    // The session's end has abandoned the stream.
    if (this.#ended) return;
    // The command is over: its line has ended, or its literal was refused and nothing more of it will come.
    const stream = this.#stream;
    this.#stream = undefined;
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined || stream === undefined) {
      await this.#abandon(stream);
      this.#fail(failure);
      return;
    }
    await this.#settle(async () => {
      try {
        return await stream.finish();
      } catch (error) {
        await this.#abandon(stream);
        throw error;
      }
    });
  }

  /** Ends a streaming command that did not come to its end. What goes wrong here is not the client's concern. */
  async #abandon(stream: StreamingRun | undefined): Promise<void> {
    try {
      await stream?.abort();
    } catch (error) {
      this.#port.fault(error);
    }
  }

  /** Lets the streaming command have something, unless it has failed already. False: it has. */
  async #guard(work: (stream: StreamingRun) => void | Promise<void>): Promise<boolean> {
    if (this.#failure !== undefined || this.#stream === undefined) return false;
    try {
      const done = work(this.#stream);
      if (done instanceof Promise) await this.#waitFor(done);
      return true;
    } catch (error) {
      this.#failure = error;
      return false;
    }
  }

  /** Waits, during which time passes. */
  async #waitFor<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } finally {
      this.#now = this.#port.now();
    }
  }

  /** Runs a command, or a line of one, to its end or to where it waits. */
  #settle(work: () => RunResult): Promise<void> | undefined {
    let result: RunResult;
    try {
      result = work();
    } catch (error) {
      this.#failLate(error);
      return undefined;
    }
    if (result instanceof Promise) return this.#settleLater(result);
    this.#goOn(result);
    return undefined;
  }

  async #settleLater(work: Promise<Awaited<RunResult>>): Promise<void> {
    let result: Awaited<RunResult>;
    try {
      result = await this.#waitFor(work);
    } catch (error) {
      this.#failLate(error);
      return;
    }
    this.#goOn(result);
  }

  #goOn(result: Awaited<RunResult>): void {
    if (this.#ended) {
      if (result !== undefined && "step" in result) result.abort?.();
      return;
    }
    if (result === undefined || !("step" in result || "line" in result)) return this.#complete(result ?? {});
    if (this.#running !== undefined) this.#running = withOwnTag(this.#running);
    if ("step" in result) return void (this.#task = result);
    this.#continuation = result;
    this.#session.output.emit({ kind: "continue", text: result.prompt });
    if (!result.idle) return;
    this.#port.idling(true);
    this.#tell(true);
  }

  #complete(completion: Completion): void {
    const running = this.#running;
    if (running === undefined) throw new TypeError("A command ended that had not begun");
    this.#running = undefined;
    this.#bad = 0;
    if (completion.fault !== undefined) this.#port.fault(completion.fault);
    const { command, tag } = running;
    // With more commands waiting, a sequence number in one of them was chosen before this EXPUNGE: hold it.
    if (command.sequences !== "none") this.#tell(command.sequences === "all" && this.#queue.length === 0);
    if (!this.#ended)
      this.#session.output.emit({
        kind: "status",
        tag,
        status: "OK",
        code: completion.code,
        text: completion.text ?? command.completed,
      });
    // Also of a session that had to end here: what the command has done is there.
    this.#told(running, "OK");
    if (this.#ended) return;
    if (this.#session.state.name === "logout") this.#close();
  }

  /** Fails the command after a wait, in which the session may have ended. With nobody left to be told, a refusal is of no interest; a defect is. */
  #failLate(error: unknown): void {
    if (!this.#ended) this.#fail(error);
    else if (!(error instanceof StatusError)) this.#port.fault(error);
  }

  #fail(error: unknown): void {
    const running = this.#running;
    this.#running = undefined;
    this.#answer(running?.tag, running, error);
  }

  #answer(tag: Uint8Array | undefined, running: RunningCommand | undefined, error: unknown): void {
    let refusal: StatusError;
    if (error instanceof StatusError) {
      refusal = error;
      if (error.cause !== undefined) this.#port.fault(error.cause);
    } else if (error instanceof ViewLostError) {
      this.#bye(error.message);
      this.#told(running, "NO");
      return;
    } else if (error instanceof OutputBrokenError) {
      // A BYE would be read as part of the literal.
      this.#port.fault(error);
      this.#session.state = { name: "logout" };
      this.#close();
      this.#told(running, "NO");
      return;
    } else {
      this.#port.fault(error);
      refusal = new StatusError("NO", "Internal error", "SERVERBUG");
    }
    this.#session.output.emit({ kind: "status", tag, status: refusal.status, code: refusal.code, text: refusal.message });
    this.#told(running, refusal.status);
    if (refusal.bye !== undefined) return this.#bye(refusal.bye);
    this.#bad = refusal.status === "BAD" ? this.#bad + 1 : 0;
    if (refusal.code === "LIMIT" || refusal.code === "TOOBIG") this.#port.limitHit(refusal.code);
    if (this.#bad < this.#limits.badCommands) return;
    this.#port.limitHit("badCommands");
    this.#bye("Too many bad commands", "CLIENTBUG");
  }

  /** Reports the end of a command; `undefined`: of what was none. */
  #told(running: RunningCommand | undefined, status: CommandEvent["status"]): void {
    const milliseconds = running === undefined ? 0 : Math.max(0, this.#now - running.since);
    this.#port.commandEnded({ name: running?.command.name ?? "unknown", status, milliseconds });
  }

  #tell(expunges: boolean): void {
    try {
      tellChanges(this.#session, expunges);
    } catch (error) {
      if (!(error instanceof ViewLostError)) throw error;
      this.#bye(error.message);
    }
  }

  #bye(text: string, code?: StatusError["code"]): void {
    if (this.#ended) return;
    this.#session.output.emit({ kind: "status", tag: undefined, status: "BYE", code, text });
    this.#session.state = { name: "logout" };
    this.#close();
  }

  #close(): void {
    this.#ended = true;
    this.#queue.clear();
    const stream = this.#stream;
    this.#stream = undefined;
    this.#task?.abort?.();
    this.#task = undefined;
    void this.#abandon(stream);
    this.#port.close();
  }
}
