import { plainOctetScanner } from "@sluice/mime/plain-octet-scanner";

import type { Authenticator } from "../../src/auth/authenticator.ts";
import { createMemoryBodyStore } from "../../src/adapters/memory/memory-body-store.ts";
import { createMemoryMailboxIndex } from "../../src/adapters/memory/memory-mailbox-index.ts";
import { capabilityText, registry } from "../../src/commands/registry.ts";
import { LIMITS } from "../../src/limits.ts";
import { createAccountMailboxes } from "../../src/mailbox/default-mailboxes.ts";
import type { BodyStore } from "../../src/mailbox/body-store.ts";
import { AccountId } from "../../src/mailbox/records.ts";
import type { MeterEvent } from "../../src/observability/events.ts";
import { createReferenceTokenizer } from "../../src/parser/reference-tokenizer.ts";
import { serverInfo } from "../../src/server-info.ts";
import type { Account } from "../../src/session/session.ts";
import type { SessionSnapshot } from "../../src/session/snapshot.ts";
import { ClientConnection } from "../../src/transport/client-connection.ts";
import { ConnectionCount } from "../../src/transport/connection-count.ts";
import type { ByteStream, Clock, Link, LinkListener, LinkOpener } from "../../src/transport/ports.ts";
import type { BridgeServices } from "../../src/transport/serve-client.ts";
import { Shutdown } from "../../src/transport/shutdown.ts";
import { SessionHost, type HostServices } from "../../src/transport/session-host.ts";

export const ACCOUNT = AccountId.parse("01890a5d-ac96-774b-bcce-b302099a8057");

/** Lets everything that is ready run: promises, and what they start. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** A client's end of a connection. */
export class FakeStream implements ByteStream {
  written = "";
  writes = 0;
  /** Octets handed to `write` that it has not taken. */
  stuck = 0;
  reads = 0;
  endedWriting = false;
  closed = 0;
  #input: (Uint8Array | "end" | "reset")[] = [];
  #wake: (() => void) | undefined;
  #gate: { readonly promise: Promise<void>; readonly open: (error?: Error) => void } | undefined;

  feed(text: string): void {
    this.#input.push(Uint8Array.from(Buffer.from(text, "latin1")));
    this.#wake?.();
  }

  /** The client sends no more. */
  end(): void {
    this.#input.push("end");
    this.#wake?.();
  }

  /** The connection is lost, for writes too. */
  reset(): void {
    this.#input = ["reset"];
    this.#wake?.();
    this.#gate?.open(new Error("reset"));
  }

  /** The client stops reading. */
  stall(): void {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    promise.catch(() => {});
    this.#gate = { promise, open: (error) => (error === undefined ? resolve() : reject(error)) };
  }

  /** It reads again. */
  resume(): void {
    this.#gate?.open();
    this.#gate = undefined;
  }

  async read(): Promise<Uint8Array | undefined> {
    this.reads++;
    for (;;) {
      if (this.closed > 0) return undefined;
      const next = this.#input[0];
      if (next === "reset") throw new Error("reset");
      if (next === "end") return undefined;
      if (next !== undefined) {
        this.#input.shift();
        return next;
      }
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.writes++;
    this.stuck += bytes.length;
    await this.#gate?.promise;
    if (this.closed > 0 || this.#input[0] === "reset") throw new Error("closed");
    this.stuck -= bytes.length;
    this.written += Buffer.from(bytes).toString("latin1");
  }

  async closeWrite(): Promise<void> {
    await this.#gate?.promise;
    this.endedWriting = true;
  }

  close(): Promise<void> {
    this.closed++;
    this.#wake?.();
    this.#gate?.open(new Error("closed"));
    return Promise.resolve();
  }

  /** What was written since the last call. */
  take(): string {
    const text = this.written;
    this.written = "";
    return text;
  }
}

/** Time that passes only when told. */
export class FakeClock implements Clock {
  #now = 1_800_000_000_000;
  #timers: { at: number; wake: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  get armed(): number {
    return this.#timers.length;
  }

  timer(delay: number, wake: () => void): () => void {
    const timer = { at: this.#now + delay, wake };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  async advance(milliseconds: number): Promise<void> {
    const until = this.#now + milliseconds;
    for (;;) {
      const next = this.#timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#now = next.at;
      next.wake();
      await settle();
    }
    this.#now = until;
    await settle();
  }
}

interface Hosted {
  readonly listener: LinkListener;
  host: SessionHost;
  snapshot: SessionSnapshot | undefined;
  closed: boolean;
}

/** An account object in this process: real sessions over memory adapters, behind links that are only calls. */
export class FakeAccountObject implements LinkOpener {
  readonly account: Account;
  readonly faults: unknown[] = [];
  readonly links = new Set<Hosted>();
  /** Octets that were sent to edges. */
  sent = 0;
  /** What `open` throws. */
  refusal: Error | undefined;
  refused = 0;
  /** Links that are lost when something is sent over them: the object has died since they were opened. */
  broken = 0;
  stalls = 0;
  /** Sessions that have begun and not ended, and messages that sessions have not done with. */
  sessions = 0;
  working = 0;
  readonly #services: HostServices;

  constructor(bodies: BodyStore = createMemoryBodyStore()) {
    const index = createMemoryMailboxIndex();
    createAccountMailboxes(index);
    this.account = { id: ACCOUNT, name: "user@sluice.test", index, bodies, octets: plainOctetScanner, now: () => 1_800_000_000_000 };
    this.#services = {
      registry,
      server: serverInfo("test", LIMITS),
      limits: LIMITS,
      now: () => 1_800_000_000_000,
      account: () => this.account,
      yieldTurn: () => new Promise((resolve) => setImmediate(resolve)),
      sessionChanged: (open) => void (this.sessions += open ? 1 : -1),
      commandEnded: (by) => {
        for (const { host } of this.links) if (host !== by) host.notify();
      },
      fault: (error) => void this.faults.push(error),
      limitHit() {},
      stalled: () => void this.stalls++,
    };
  }

  open(_account: AccountId, listener: LinkListener): Promise<Link> {
    if (this.refusal !== undefined) {
      this.refused++;
      return Promise.reject(this.refusal);
    }
    const hosted: Hosted = { listener, host: this.#hostFor(() => hosted), snapshot: undefined, closed: false };
    this.links.add(hosted);
    return Promise.resolve({
      send: (message) => {
        if (this.broken > 0 && !hosted.closed) {
          this.broken--;
          return this.#drop(hosted, true);
        }
        setImmediate(() => {
          if (hosted.closed) return;
          this.working++;
          void hosted.host.receive(message).finally(() => this.working--);
        });
      },
      close: () => this.#drop(hosted, false),
    });
  }

  /** Loses the memory of all sessions, as hibernation does; their snapshots stay. */
  sleep(): void {
    for (const hosted of this.links) {
      if (hosted.snapshot === undefined) throw new Error("A session without a snapshot");
      const stored = structuredClone(hosted.snapshot);
      hosted.host = this.#hostFor(() => hosted);
      hosted.host.restore(stored);
    }
  }

  /** Ends all sessions, as the removal of the account does. */
  bye(text: string): void {
    for (const { host } of this.links) host.bye(text);
  }

  /** The object is gone, and its links with it; what it has kept is there for the next one. */
  crash(): void {
    for (const hosted of this.links) this.#drop(hosted, true);
  }

  #hostFor(hosted: () => Hosted): SessionHost {
    return new SessionHost(
      {
        send: (message) => {
          this.sent += message.length;
          const { listener } = hosted();
          setImmediate(() => {
            if (!hosted().closed) listener.message(message);
          });
        },
        close: () => void setImmediate(() => this.#drop(hosted(), true)),
        save: (snapshot) => void (hosted().snapshot = snapshot),
      },
      this.#services,
    );
  }

  #drop(hosted: Hosted, tell: boolean): void {
    if (hosted.closed) return;
    hosted.closed = true;
    this.links.delete(hosted);
    void hosted.host.end();
    if (tell) hosted.listener.closed();
  }
}

export interface Edge {
  readonly services: BridgeServices;
  readonly clock: FakeClock;
  readonly faults: unknown[];
  readonly events: MeterEvent[];
}

/** The edge's services. User `user`, password `pass`. */
export function createEdge(links: LinkOpener, authenticator: Authenticator = passAuthenticator): Edge {
  const clock = new FakeClock();
  const faults: unknown[] = [];
  const events: MeterEvent[] = [];
  const services: BridgeServices = {
    tokenizer: createReferenceTokenizer(),
    registry,
    capabilityText,
    server: serverInfo("test", LIMITS),
    limits: LIMITS,
    authenticator,
    links,
    clock,
    shutdown: new Shutdown(),
    log: {
      enabled: () => true,
      log: (level, message) => void (level === "error" && faults.push(message)),
      fault: (_message, error) => void faults.push(error),
    },
    meter: { record: (event) => void events.push(event) },
    connections: new ConnectionCount(LIMITS),
  };
  return { services, clock, faults, events };
}

const passAuthenticator: Authenticator = {
  authenticate: ({ username, password }) =>
    Promise.resolve(username === "user" && password.reveal() === "pass" ? { accountId: ACCOUNT, name: "user@sluice.test" } : undefined),
};

export interface Connected {
  readonly stream: FakeStream;
  readonly done: Promise<void>;
}

/** Connects, and takes the greeting. */
export async function connect({ services }: Edge): Promise<Connected> {
  const stream = new FakeStream();
  const done = new ClientConnection(stream, { transport: "tcp", remoteAddress: "192.0.2.1:1" }, services).run();
  await settle();
  stream.take();
  return { stream, done };
}

/** Connects and logs in. */
export async function logIn(edge: Edge): Promise<Connected> {
  const connected = await connect(edge);
  connected.stream.feed("l LOGIN user pass\r\n");
  await settle();
  if (!connected.stream.take().startsWith("l OK ")) throw new Error("not logged in");
  return connected;
}

/** What is left of connections that have ended. */
export async function leftOver(edge: Edge, object: FakeAccountObject): Promise<unknown> {
  await settle();
  return { links: object.links.size, timers: edge.clock.armed, faults: [...edge.faults, ...object.faults] };
}

export const NOTHING = { links: 0, timers: 0, faults: [] };
