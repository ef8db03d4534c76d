import { uuidv7 } from "uuidv7";

import { LIMITS } from "../../src/limits.ts";
import { Framer, type FramerSink } from "../../src/parser/framer.ts";
import { createReferenceTokenizer } from "../../src/parser/reference-tokenizer.ts";
import type { Command } from "../../src/session/command.ts";
import { Dispatcher } from "../../src/session/dispatcher.ts";
import type { CommandEvent } from "../../src/session/dispatcher-port.ts";
import { Session, type Account, type SessionState } from "../../src/session/session.ts";
import { SessionOutput } from "../../src/session/session-output.ts";

/** One session whose output is acknowledged only when the test says so: a client that may not read. */
export class Harness {
  readonly session: Session;
  readonly dispatcher: Dispatcher;
  readonly faults: unknown[] = [];
  readonly events: Pick<CommandEvent, "name" | "status">[] = [];
  readonly decisions: boolean[] = [];
  idling = false;
  closed = false;
  turns = 0;
  /** Messages of output. */
  messages = 0;
  /** Octets that were sent and not acknowledged. */
  unread = 0;
  #said = "";
  readonly #framer = new Framer(createReferenceTokenizer(), { ...LIMITS, inlineLiteral: 0 });

  constructor(account: Account, commands: readonly Command[], state: SessionState = { name: "authenticated", account }) {
    const output = new SessionOutput((bytes) => {
      this.messages++;
      this.#said += decoder.decode(bytes);
      this.unread += bytes.length;
    });
    this.session = new Session(uuidv7(), { name: "Sluice", version: "1.0.0", appendLimit: 100_000 }, output, state);
    this.dispatcher = new Dispatcher(this.session, new Map(commands.map((command) => [command.name, command])), LIMITS, {
      decideLiteral: (accepted) => {
        this.decisions.push(accepted);
        if (accepted) this.#framer.acceptStream(this.#sink);
        else this.#framer.refuse(this.#sink);
      },
      idling: (on) => void (this.idling = on),
      close: () => {
        output.flush();
        this.closed = true;
      },
      consumed: () => undefined,
      yieldTurn: () => {
        this.turns++;
        return Promise.resolve();
      },
      commandEnded: ({ name, status }) => void this.events.push({ name, status }),
      now: () => 0,
      limitHit() {},
      fault: (error) => void this.faults.push(error),
    });
  }

  /** Hands the octets in, without running. */
  push(text: string): void {
    this.#framer.push(encoder.encode(text), this.#sink);
  }

  async send(text: string): Promise<string> {
    this.push(text);
    await this.dispatcher.run();
    return this.take();
  }

  /** The client has read all, and the session goes on. */
  async read(): Promise<string> {
    this.session.output.credit(this.unread);
    this.unread = 0;
    await this.dispatcher.run();
    return this.take();
  }

  take(): string {
    const said = this.#said;
    this.#said = "";
    return said;
  }

  readonly #sink: FramerSink = {
    command: (segment) => this.dispatcher.push({ kind: "piece", segment, literal: undefined }),
    literal: (segment, literal) => this.dispatcher.push({ kind: "piece", segment, literal }),
    chunk: (data) => this.dispatcher.push({ kind: "chunk", data: data.slice() }),
    literalEnd: () => this.dispatcher.push({ kind: "literal-end" }),
    fatal: (reason) => {
      throw new Error(`The input cannot be framed: ${reason}`);
    },
  };
}

const decoder = new TextDecoder("latin1");
const encoder = new TextEncoder();
