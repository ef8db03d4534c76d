import { plainOctetScanner } from "@sluice/mime/plain-octet-scanner";
import { uuidv7 } from "uuidv7";

import { createMemoryBodyStore } from "../../src/adapters/memory/memory-body-store.ts";
import { createMemoryMailboxIndex } from "../../src/adapters/memory/memory-mailbox-index.ts";
import type { Authenticator, Identity } from "../../src/auth/authenticator.ts";
import { registry } from "../../src/commands/registry.ts";
import { LIMITS } from "../../src/limits.ts";
import { createAccountMailboxes } from "../../src/mailbox/default-mailboxes.ts";
import { AccountId } from "../../src/mailbox/records.ts";
import { ArgumentReader } from "../../src/parser/argument-reader.ts";
import { Framer, type FramerSink, type LiteralHeader } from "../../src/parser/framer.ts";
import type { Segment } from "../../src/parser/segment.ts";
import { createReferenceTokenizer } from "../../src/parser/reference-tokenizer.ts";
import type { Tokenizer } from "../../src/parser/tokenizer.ts";
import type { Command } from "../../src/session/command.ts";
import { Dispatcher } from "../../src/session/dispatcher.ts";
import type { CommandEvent } from "../../src/session/dispatcher-port.ts";
import { Session, type Account, type ServerInfo, type SessionState } from "../../src/session/session.ts";
import { SessionOutput } from "../../src/session/session-output.ts";

export interface InMemoryServerOptions {
  /** Connections begin logged in; true by default. */
  readonly authenticated?: boolean;
  /** Admits user `user` with password `pass` by default. */
  readonly authenticator?: Authenticator;
  /** Replaces what the account has; INBOX and the default mailboxes are created in its index. */
  readonly account?: Partial<Account>;
  readonly server?: Partial<ServerInfo>;
  readonly commands?: ReadonlyMap<string, Command>;
  /** The reference tokenizer by default. */
  readonly tokenizer?: Tokenizer;
}

/** The time that `account.now()` gives: 2026-01-02T03:04:05Z. */
export const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);

const VERSION = "1.2.3";

/** One account with the rooms of a real server and memory below them. Connections hear of each other's changes as in the account object. */
export class InMemoryServer {
  readonly account: Account;
  readonly server: ServerInfo;
  readonly connections: InMemoryConnection[] = [];
  readonly events: CommandEvent[] = [];
  /** What was thrown and not foreseen, and causes of refusals. A test that expects none checks that it is empty. */
  readonly faults: unknown[] = [];
  readonly commands: ReadonlyMap<string, Command>;
  readonly tokenizer: Tokenizer;
  readonly #authenticated: boolean;
  readonly #authenticator: Authenticator;

  constructor(options: InMemoryServerOptions = {}) {
    const { authenticated = true, authenticator, account, server, commands = registry, tokenizer = createReferenceTokenizer() } = options;
    this.account = {
      id: AccountId.parse(uuidv7()),
      name: "user",
      index: createMemoryMailboxIndex({ now: () => NOW }),
      bodies: createMemoryBodyStore(),
      octets: plainOctetScanner,
      now: () => NOW,
      ...account,
    };
    createAccountMailboxes(this.account.index);
    this.server = { name: "Sluice", version: VERSION, appendLimit: LIMITS.appendSize, ...server };
    this.commands = commands;
    this.tokenizer = tokenizer;
    this.#authenticated = authenticated;
    this.#authenticator = authenticator ?? this;
  }

  authenticate({ username, password }: { username: string; password: { reveal(): string } }): Promise<Identity | undefined> {
    const right = username === "user" && password.reveal() === "pass";
    return Promise.resolve(right ? { accountId: this.account.id, name: this.account.name } : undefined);
  }

  /** `inlineLiteral`: longer literals are streamed where the command takes that. */
  connect(inlineLiteral?: number): InMemoryConnection {
    const { account } = this;
    const login = {
      authenticator: this.#authenticator,
      client: { remoteAddress: "", pause: () => Promise.resolve(true) },
      admit: () => Promise.resolve({ name: "authenticated", account } as const),
    };
    const state: SessionState = this.#authenticated ? { name: "authenticated", account } : { name: "not-authenticated", login };
    const connection = new InMemoryConnection(this, state, inlineLiteral ?? LIMITS.inlineLiteral);
    this.connections.push(connection);
    return connection;
  }

  /** Other sessions may have something to tell. */
  notify(origin: InMemoryConnection): void {
    for (const connection of this.connections) if (connection !== origin) connection.dispatcher.notify();
  }
}

/** The client's end of one connection. */
export class InMemoryConnection {
  readonly session: Session;
  readonly dispatcher: Dispatcher;
  /** The server has closed it. */
  closed = false;
  /** Inside of an IDLE. */
  idling = false;
  /** Octets of input that the dispatcher has worked on. */
  consumed = 0;
  #output: Uint8Array[] = [];
  #offer: { readonly segment: Segment; readonly literal: LiteralHeader } | undefined;
  #decision: boolean | undefined;
  readonly #framer: Framer;
  readonly #commands: ReadonlyMap<string, Command>;
  #streaming = false;

  constructor(server: InMemoryServer, state: SessionState, inlineLiteral: number) {
    const output = new SessionOutput((bytes) => {
      this.#output.push(bytes);
      output.credit(bytes.length);
    });
    this.session = new Session(uuidv7(), server.server, output, state);
    this.#commands = server.commands;
    this.#framer = new Framer(server.tokenizer, { ...LIMITS, inlineLiteral });
    this.dispatcher = new Dispatcher(this.session, server.commands, LIMITS, {
      decideLiteral: (accepted) => void (this.#decision = accepted),
      idling: (on) => void (this.idling = on),
      close: () => {
        output.flush();
        this.closed = true;
      },
      consumed: (octets) => void (this.consumed += octets),
      yieldTurn: () => Promise.resolve(),
      commandEnded: (event) => {
        server.events.push(event);
        server.notify(this);
      },
      now: () => 0,
      limitHit() {},
      fault: (error) => void server.faults.push(error),
    });
  }

  /** Sends one chunk and waits until the server has nothing left to do. Text is sent as UTF-8. */
  async send(chunk: Uint8Array | string): Promise<void> {
    this.#framer.push(typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk, this.#sink);
    for (;;) {
      await this.dispatcher.run();
      const offer = this.#offer;
      if (offer === undefined) return;
      this.#offer = undefined;
      await this.#decide(offer.segment, offer.literal);
    }
  }

  /** Sends lines, each with its CRLF, and takes the answers. */
  async exchange(...lines: readonly string[]): Promise<string> {
    await this.send(lines.map((line) => `${line}\r\n`).join(""));
    return this.take();
  }

  /** What the server has sent since the last call, one character for each octet. */
  take(): string {
    const taken = Buffer.concat(this.#output).toString("latin1");
    this.#output = [];
    return taken;
  }

  /** The client is gone. */
  async end(): Promise<void> {
    await this.dispatcher.end();
  }

  async #decide(segment: Segment, literal: LiteralHeader): Promise<void> {
    if (!segment.continues) this.#streaming = this.#isStreaming(segment);
    const collect = !this.#streaming && literal.size <= LIMITS.inlineLiteral;
    if (!collect) {
      this.#decision = undefined;
      this.dispatcher.push({ kind: "piece", segment, literal });
      await this.dispatcher.run();
      if (this.closed) return;
      if (this.#decision === undefined) throw new Error("The dispatcher has not decided on a literal");
      if (!this.#decision) return this.#framer.refuse(this.#sink);
    }
    if (literal.synchronizing) this.#output.push(new TextEncoder().encode("+ OK\r\n"));
    if (collect) this.#framer.acceptInline(this.#sink);
    else this.#framer.acceptStream(this.#sink);
  }

  #isStreaming(segment: Segment): boolean {
    // A line that is awaited by the running command has no name.
    if (!this.dispatcher.betweenCommands) return true;
    try {
      const args = new ArgumentReader(segment);
      args.tag();
      return this.#commands.get(args.commandName())?.streaming === true;
    } catch {
      // No command: the dispatcher refuses it with its own words.
      return true;
    }
  }

  readonly #sink: FramerSink = {
    command: (segment) => this.dispatcher.push({ kind: "piece", segment, literal: undefined }),
    literal: (segment, literal) => void (this.#offer = { segment, literal }),
    chunk: (data) => this.dispatcher.push({ kind: "chunk", data }),
    literalEnd: () => this.dispatcher.push({ kind: "literal-end" }),
    fatal: (reason) => {
      throw new Error(`The input cannot be framed: ${reason}`);
    },
  };
}
