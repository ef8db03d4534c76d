import { connect, type Socket } from "node:net";

import { connectHost, formatAddress, type Address } from "../address.ts";
import { CliError, messageOf } from "../cli-error.ts";
import { CLI_LIMITS } from "../limits.ts";
import { LineQueue } from "./line-queue.ts";
import { encodeMailboxName } from "./modified-utf7.ts";

/** A message to store. */
export interface AppendMessage {
  readonly flags: readonly string[];
  readonly internalDate: Date;
  readonly bytes: Uint8Array;
}

interface Pending {
  readonly tag: string;
  /** What the user is told the server refused. Never holds a password. */
  readonly what: string;
  readonly size: number;
  /** Whether a NO is an answer like any other. */
  readonly mayFail: boolean;
  readonly untagged: string[];
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: CliError) => void;
}

interface Answer {
  readonly status: "OK" | "NO";
  readonly untagged: readonly string[];
}

/**
 * A small IMAP client that can do one thing: fill mailboxes, with many APPEND commands on their way at
 * once (RFC 7888 non-synchronizing literals). Answers come in the order of the commands.
 *
 * Any failure ends the connection; every waiting call then rejects with a CliError.
 */
export class ImapAppender {
  readonly #socket: Socket;
  readonly #lines = new LineQueue();
  readonly #pending: Pending[] = [];
  #octetsPending = 0;
  #sent = 0;
  #failure: CliError | undefined;
  #greeted = false;
  #roomWaiter: (() => void) | undefined;
  #appendFailure: CliError | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setTimeout(CLI_LIMITS.imapSilence, () => this.#fail("the IMAP server does not answer"));
    socket.on("data", (chunk: Buffer) => this.#receive(chunk));
    socket.on("error", (error) => this.#fail(`the IMAP connection broke: ${messageOf(error)}`));
    socket.on("close", () => this.#fail("the IMAP server closed the connection"));
  }

  /** Connects without TLS and waits for the greeting. Aborting the signal ends the connection at any time. */
  static async connect(address: Address, signal: AbortSignal): Promise<ImapAppender> {
    const appender = new ImapAppender(connect({ host: connectHost(address.host), port: address.port, noDelay: true }));
    const abort = () => appender.#fail("interrupted");
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    appender.#socket.once("close", () => signal.removeEventListener("abort", abort));
    await new Promise<void>((resolve, reject) => {
      appender.#pending.push({
        tag: "*",
        what: `connection to ${formatAddress(address)}`,
        size: 0,
        mayFail: false,
        untagged: [],
        resolve: () => resolve(),
        reject,
      });
      if (appender.#failure !== undefined) reject(appender.#failure);
    });
    return appender;
  }

  async login(user: string, password: string): Promise<void> {
    await this.#command(`LOGIN ${quoted(user)} ${quoted(password)}`, "LOGIN");
  }

  /** The server's hierarchy separator. */
  async separator(): Promise<string> {
    const { untagged } = await this.#command(`LIST "" ""`, "LIST");
    for (const line of untagged) {
      const match = /^\* LIST \([^)]*\) "\\?(.)" /i.exec(line);
      if (match?.[1] !== undefined) return match[1];
    }
    return "/";
  }

  /** Makes the mailbox where it is missing, and subscribes to it. Returns how many messages it has. */
  async prepareMailbox(name: string): Promise<number> {
    const mailbox = quoted(encodeMailboxName(name));
    if (name !== "INBOX") await this.#command(`CREATE ${mailbox}`, `CREATE ${name}`, true);
    // A mailbox that could be neither made nor found shows here.
    const [, { untagged }] = await Promise.all([
      this.#command(`SUBSCRIBE ${mailbox}`, `SUBSCRIBE ${name}`),
      this.#command(`STATUS ${mailbox} (MESSAGES)`, `STATUS ${name}`),
    ]);
    for (const line of untagged) {
      const match = /^\* STATUS .*\(MESSAGES (\d+)\)$/i.exec(line);
      if (match !== null) return Number(match[1]);
    }
    throw this.#fail(`the IMAP server does not say how many messages ${name} has`);
  }

  /**
   * Sends one APPEND, as soon as the window has room. Resolves when it is sent; {@link flush} tells
   * whether it was stored.
   *
   * @throws CliError when an earlier one failed.
   */
  async append(name: string, message: AppendMessage): Promise<void> {
    await this.#room(message.bytes.length);
    const head = `APPEND ${quoted(encodeMailboxName(name))} (${message.flags.join(" ")}) "${internalDate(message.internalDate)}" {${message.bytes.length}+}`;
    this.#command(head, `APPEND to ${name}`, false, message.bytes).then(
      () => undefined,
      (error: unknown) => {
        this.#appendFailure ??= error instanceof CliError ? error : new CliError(messageOf(error));
      },
    );
  }

  /** Waits until every APPEND is answered. @throws CliError when one failed. */
  async flush(): Promise<void> {
    while (this.#pending.length > 0 && this.#failure === undefined) await this.#answered();
    this.#check();
  }

  /** LOGOUT, then the end of the connection. */
  async close(): Promise<void> {
    await this.#command("LOGOUT", "LOGOUT");
    this.#failure ??= new CliError("the IMAP connection is closed");
    this.#socket.destroy();
  }

  /** Ends the connection at once. */
  destroy(): void {
    this.#fail("the IMAP connection is closed");
  }

  async #room(size: number): Promise<void> {
    this.#check();
    while (
      this.#pending.length >= CLI_LIMITS.appendWindow ||
      (this.#pending.length > 0 && this.#octetsPending + size > CLI_LIMITS.appendWindowOctets)
    ) {
      await this.#answered();
      this.#check();
    }
  }

  #check(): void {
    const failure = this.#appendFailure ?? this.#failure;
    if (failure !== undefined) throw failure;
  }

  /** Resolves at the next answer, or when the connection fails. */
  #answered(): Promise<void> {
    return new Promise((resolve) => {
      this.#roomWaiter = resolve;
    });
  }

  #command(line: string, what: string, mayFail = false, literal?: Uint8Array): Promise<Answer> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      const tag = `a${++this.#sent}`;
      const size = literal?.length ?? 0;
      this.#pending.push({ tag, what, size, mayFail, untagged: [], resolve, reject });
      this.#octetsPending += size;
      this.#socket.cork();
      this.#socket.write(`${tag} ${line}\r\n`);
      if (literal !== undefined) {
        this.#socket.write(literal);
        this.#socket.write("\r\n");
      }
      this.#socket.uncork();
    });
  }

  #receive(chunk: Uint8Array): void {
    try {
      this.#lines.push(chunk);
    } catch (error) {
      this.#fail(messageOf(error));
      return;
    }
    for (let line = this.#lines.shift(); line !== undefined; line = this.#lines.shift()) this.#line(line);
  }

  #line(line: string): void {
    const [first] = this.#pending;
    if (!this.#greeted) {
      this.#greeted = true;
      if (/^\* (?:OK|PREAUTH)\b/i.test(line)) this.#settle({ status: "OK", untagged: [] });
      else this.#fail(`the IMAP server refuses the connection: ${printable(line)}`);
      return;
    }
    if (line.startsWith("* ")) {
      if (/^\* BYE\b/i.test(line) && first?.what !== "LOGOUT")
        this.#fail(`the IMAP server ends the connection: ${printable(line.slice(6))}`);
      else first?.untagged.push(line);
      return;
    }
    const match = /^(\S+) (OK|NO|BAD)\b ?(.*)$/i.exec(line);
    if (first === undefined || match === null || match[1] !== first.tag) {
      this.#fail(`the IMAP server sent a line that answers nothing: ${printable(line)}`);
      return;
    }
    const status = match[2]?.toUpperCase();
    if (status === "OK") this.#settle({ status, untagged: first.untagged });
    else if (status === "NO" && first.mayFail) this.#settle({ status, untagged: first.untagged });
    else this.#fail(`the IMAP server refuses ${first.what}: ${printable(match[3] ?? "")}`);
  }

  #settle(answer: Answer): void {
    const done = this.#pending.shift();
    this.#octetsPending -= done?.size ?? 0;
    done?.resolve(answer);
    this.#wake();
  }

  #wake(): void {
    const waiter = this.#roomWaiter;
    this.#roomWaiter = undefined;
    waiter?.();
  }

  /** Ends the connection; only the first reason counts. Returns the error for the caller to throw. */
  #fail(reason: string): CliError {
    this.#failure ??= new CliError(reason);
    this.#socket.destroy();
    for (const { reject } of this.#pending.splice(0)) reject(this.#failure);
    this.#wake();
    return this.#failure;
  }
}

/** RFC 3501 `quoted`. Our own names and passwords hold neither CR, LF nor 8-bit characters. */
function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

/** RFC 3501 `date-time` without its quotes, in UTC. */
export function internalDate(date: Date): string {
  const day = String(date.getUTCDate()).padStart(2, " ");
  return `${day}-${MONTHS[date.getUTCMonth()] ?? "Jan"}-${date.getUTCFullYear()} ${date.toISOString().slice(11, 19)} +0000`;
}

function printable(text: string): string {
  return text.slice(0, 200).replaceAll(/[^\x20-\x7e]/g, "?");
}
