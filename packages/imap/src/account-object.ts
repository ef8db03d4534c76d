import { DurableObject } from "cloudflare:workers";

import type { OctetScanner } from "@sluice/mime/octet-scanner";
import octetsModule from "@sluice/mime/octets.wasm";
import { createWasmOctetScanner } from "@sluice/mime/wasm-octet-scanner";

import { createDiskBodyStore } from "./adapters/disk/disk-body-store.ts";
import type { DiskFetcher } from "./adapters/disk/disk-service.ts";
import { attachmentOf, createObjectSocket } from "./adapters/durable-object/object-socket.ts";
import { createSqliteBodyJournal } from "./adapters/sqlite/body-journal.ts";
import { createSqliteBodyStore } from "./adapters/sqlite/sqlite-body-store.ts";
import { createSqliteMailboxIndex } from "./adapters/sqlite/sqlite-mailbox-index.ts";
import { consoleLogger } from "./adapters/workers/console-logger.ts";
import { isolateMetrics } from "./adapters/workers/isolate-metrics.ts";
import type { Bindings } from "./bindings.ts";
import { registry } from "./commands/registry.ts";
import { readConfig } from "./config.ts";
import { pinsOf } from "./fetch/content-pins.ts";
import { limitsWith } from "./limit-settings.ts";
import { LIMITS, type Limits } from "./limits.ts";
import type { BodyStore } from "./mailbox/body-store.ts";
import { createAccountMailboxes } from "./mailbox/default-mailboxes.ts";
import type { MailboxIndex } from "./mailbox/mailbox-index.ts";
import { removeAllMailboxes, reclaimContents } from "./mailbox/reclaim.ts";
import { AccountId } from "./mailbox/records.ts";
import { createTieredBodyStore } from "./mailbox/tiered-body-store.ts";
import type { Logger } from "./observability/logger.ts";
import { createLoggingMeter, type Meter } from "./observability/meter.ts";
import { serverInfo } from "./server-info.ts";
import type { CommandEvent } from "./session/dispatcher-port.ts";
import type { SessionOrigin } from "./session/session-origin.ts";
import type { Account } from "./session/session.ts";
import { SessionHost, type HostServices } from "./transport/session-host.ts";

/** One for all accounts of the isolate, made by the first: where there are only connections none is needed. */
let octets: OctetScanner | undefined;

/** With which error whoever has asked for a restart is answered. */
export const RESTARTED = "Restarted by the administrator";

/** Keys of what the object remembers beside its mail. */
const ACCOUNT_KEY = "account";
const REMOVED_KEY = "removed";

/** Commands after which contents may have lost their last message. */
const RELEASING = new Set(["EXPUNGE", "UID EXPUNGE", "MOVE", "UID MOVE", "CLOSE", "DELETE", "APPEND"]);

/**
 * One account: its mail in SQLite, and the sessions of all its connections on one thread.
 *
 * The object sleeps whenever no session is in the middle of something. Then only its WebSockets are
 * left, each with its session's snapshot; the next message, or something to tell, brings a session back.
 */
export class AccountObject extends DurableObject<Bindings> {
  readonly #log: Logger;
  readonly #meter: Meter;
  readonly #limits: Limits;
  readonly #index: MailboxIndex;
  readonly #bodies: BodyStore;
  readonly #services: HostServices;
  readonly #hosts = new Map<WebSocket, SessionHost>();
  #account: Account | undefined;
  /** Every WebSocket that was there when the object woke has its session again. */
  #allAwake = false;
  /** The account was removed, and its tables with it. */
  #wiped = false;
  #wiping: Promise<void> | undefined;

  constructor(ctx: DurableObjectState, env: Bindings) {
    super(ctx, env);
    const config = readConfig(env);
    this.#log = consoleLogger(config.LOG_LEVEL);
    this.#meter = createLoggingMeter(isolateMetrics, this.#log);
    this.#meter.record({ kind: "object-started" });
    this.#limits = limitsWith(config.LIMITS);
    this.#index = createSqliteMailboxIndex(ctx.storage);
    this.#bodies = this.#openBodies(env.BODIES);
    this.#services = {
      registry,
      server: serverInfo(config.VERSION, this.#limits),
      limits: this.#limits,
      account: (origin) => this.#accountFor(origin),
      // A timer would wait for the next millisecond.
      yieldTurn: () => new Promise((resolve) => setImmediate(resolve)),
      sessionChanged: (open, sessionId) => this.#meter.record({ kind: "session", sessionId, open }),
      commandEnded: (host, event) => this.#commandEnded(host, event),
      fault: (error, session) => this.#log.fault("session failed", error, { session }),
      stalled: (sessionId) => this.#meter.record({ kind: "stall", sessionId, direction: "to-client" }),
      limitHit: (limit) => this.#meter.record({ kind: "limit", limit }),
      now: () => Date.now(),
    };
  }

  /** Accepts a link. 410: the account is removed. 429: it has too many connections. */
  override async fetch(request: Request): Promise<Response> {
    if (request.headers.get("Upgrade") !== "websocket") return new Response("Expected a WebSocket", { status: 426 });
    if (this.ctx.storage.kv.get(REMOVED_KEY) !== undefined) return new Response("The account is removed", { status: 410 });
    if (this.ctx.getWebSockets().length >= this.#limits.connectionsPerAccount) {
      this.#meter.record({ kind: "limit", limit: "connectionsPerAccount" });
      return new Response("Too many connections", { status: 429 });
    }
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    server.binaryType = "arraybuffer";
    this.#hosts.set(server, this.#hostFor(server));
    return new Response(null, { status: 101, webSocket: client });
  }

  /** Takes one message of an edge. While it has not returned the object stays in memory, see {@link SessionHost.receive}. */
  override async webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): Promise<void> {
    const host = this.#awake(socket);
    if (host === undefined) return;
    if (typeof message === "string") host.bye("A text message on the link");
    else await host.receive(new Uint8Array(message));
  }

  override async webSocketClose(socket: WebSocket): Promise<void> {
    await this.#gone(socket);
  }

  override async webSocketError(socket: WebSocket): Promise<void> {
    await this.#gone(socket);
  }

  /** Reclaims the contents to which no message refers any more; after a removal, wipes what is left. */
  override async alarm(): Promise<void> {
    if (this.ctx.storage.kv.get(REMOVED_KEY) !== undefined) return this.#wipe();
    // A session in the middle of a command may be about to read what it has found: wait for a quiet moment.
    const quiet = (): boolean => [...this.#hosts.values()].every((host) => host.quiescent);
    const pins = pinsOf(this.#index);
    let more = true;
    try {
      more = await reclaimContents(this.#index, this.#bodies, (key) => pins.has(key), quiet);
    } catch (error) {
      // The platform tries an alarm that fails a few times, and then no more.
      this.#log.fault("contents were not reclaimed", error);
    }
    if (more) await this.ctx.storage.setAlarm(Date.now() + LIMITS.reclaimDelay);
  }

  /** Removes the account: ends its connections and wipes its mail. Safe to repeat; should it be interrupted, the alarm goes on. */
  async removeAccount(): Promise<void> {
    this.ctx.storage.kv.put(REMOVED_KEY, true);
    await this.ctx.storage.setAlarm(Date.now() + LIMITS.reclaimDelay);
    for (const socket of this.ctx.getWebSockets()) this.#awake(socket)?.bye("This account has been removed");
    await this.#wipe();
  }

  /** Ends the object as a crash would: its memory is gone, what was acknowledged is not, and its edges link again. */
  restart(): void {
    this.ctx.abort(RESTARTED);
  }

  /** Once at a time: the alarm may come while a removal is at it. */
  async #wipe(): Promise<void> {
    this.#wiping ??= this.#wipeAll();
    try {
      await this.#wiping;
    } finally {
      this.#wiping = undefined;
    }
  }

  async #wipeAll(): Promise<void> {
    if (this.#wiped) return;
    removeAllMailboxes(this.#index);
    while (await reclaimContents(this.#index, this.#bodies, () => false));
    await this.ctx.storage.deleteAll();
    this.#wiped = true;
    // Ids are never used again: whoever still holds this one must not find an empty account.
    this.ctx.storage.kv.put(REMOVED_KEY, true);
    this.#account = undefined;
  }

  /** Small bodies beside the index. Large ones go to the disk service if there is one. */
  #openBodies(disk: DiskFetcher | undefined): BodyStore {
    const small = createSqliteBodyStore(this.ctx.storage);
    if (disk === undefined) return small;
    const large = createDiskBodyStore(disk, createSqliteBodyJournal(this.ctx.storage));
    // Nothing waits for this: the files that a crash has left only take room.
    this.ctx.waitUntil(large.removeAbandoned().catch((error: unknown) => this.#log.fault("abandoned bodies are still there", error)));
    return createTieredBodyStore({ name: "sqlite", store: small }, { name: "disk", store: large });
  }

  /** The account, made ready by its first session. */
  #accountFor({ accountId, accountName }: SessionOrigin): Account {
    if (this.#account === undefined) {
      const known = this.ctx.storage.kv.get(ACCOUNT_KEY);
      if (known === undefined) this.ctx.storage.kv.put(ACCOUNT_KEY, accountId);
      createAccountMailboxes(this.#index);
      this.#account = {
        id: known === undefined ? accountId : AccountId.parse(known),
        name: accountName,
        index: this.#index,
        bodies: this.#bodies,
        octets: (octets ??= createWasmOctetScanner(octetsModule)),
        now: () => Date.now(),
      };
    }
    if (this.#account.id !== accountId) throw new Error("A link to another account's object");
    return this.#account;
  }

  #hostFor(socket: WebSocket): SessionHost {
    return new SessionHost(
      createObjectSocket(socket, () => this.#hosts.delete(socket)),
      this.#services,
    );
  }

  /** The session of a WebSocket, brought back if the object has slept. `undefined`: it has ended. */
  #awake(socket: WebSocket): SessionHost | undefined {
    const present = this.#hosts.get(socket);
    if (present !== undefined) return present;
    const host = this.#hostFor(socket);
    let attachment: ReturnType<typeof attachmentOf>;
    try {
      attachment = attachmentOf(socket);
    } catch (error) {
      // Written by other code: this session cannot go on, the others must not notice.
      this.#log.fault("a session could not be brought back", error);
      host.lose();
      return undefined;
    }
    if (attachment === "closed") return undefined;
    this.#hosts.set(socket, host);
    if (attachment !== "new") host.restore(attachment);
    return this.#hosts.get(socket);
  }

  async #gone(socket: WebSocket): Promise<void> {
    const host = this.#hosts.get(socket);
    if (host === undefined) return this.#goneAsleep(socket);
    try {
      // Known until then: what its end tells the others must not bring it back.
      await host.end();
    } finally {
      this.#hosts.delete(socket);
    }
  }

  /** A link has closed whose session was not brought back since the object slept. Nothing is left to end, but it has to be counted. */
  #goneAsleep(socket: WebSocket): void {
    try {
      const attachment = attachmentOf(socket);
      // Before its hello it was no session; one that has closed its link itself is counted already.
      if (attachment === "new" || attachment === "closed") return;
      this.#meter.record({ kind: "session", sessionId: attachment.origin.sessionId, open: false });
    } catch (error) {
      this.#log.fault("a session that is gone could not be read", error);
    }
  }

  /** Counts a command, and tells the sessions that idle what a command may have changed. */
  #commandEnded(by: SessionHost, { name, status, milliseconds }: CommandEvent): void {
    const { sessionId } = by;
    if (sessionId !== undefined) this.#meter.record({ kind: "command", sessionId, name, status, milliseconds });
    if (!this.#allAwake) {
      this.#allAwake = true;
      for (const socket of this.ctx.getWebSockets()) this.#awake(socket);
    }
    for (const host of this.#hosts.values()) if (host !== by) host.notify();
    // An APPEND that failed may have left a content that nothing refers to; the others may have done half of their work.
    if (RELEASING.has(name) && status !== (name === "APPEND" ? "OK" : "BAD")) this.#scheduleReclaim();
  }

  #scheduleReclaim(): void {
    const schedule = async (): Promise<void> => {
      if ((await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(Date.now() + LIMITS.reclaimDelay);
    };
    this.ctx.waitUntil(schedule().catch((error: unknown) => this.#log.fault("reclaiming was not scheduled", error)));
  }
}
