import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

import { AnswerCheck } from "./answer-check.ts";

/** Where a server listens. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  /** The certificate to trust, as PEM text; `undefined` is a connection without TLS. */
  readonly ca: string | undefined;
}

/** One read: less, and the calls of a fast server's output would be the limit. */
const READ = 512 * 1024;
/** The last octets that are looked at for a tagged line: longer than any of both servers. */
const TAIL = 1024;
/** Milliseconds without a single octet of an answer: the server hangs, and so would the benchmark. */
const SILENCE = 120_000;

/**
 * A client that costs next to nothing: it counts octets, and looks for its tag only in the last line of what a read has brought.
 * So the server is the limit, not the reader. Only one command, or one pipeline, at a time.
 */
export class ImapWire {
  readonly #socket: Socket;
  #tail = "";
  #failure: Error | undefined;
  #waiting: { readonly mark: string; readonly resolve: (line: string) => void; readonly reject: (error: Error) => void } | undefined;
  #check: AnswerCheck | undefined;
  #tags = 0;
  /** Octets received. */
  octets = 0;

  private constructor({ host, port, ca }: Endpoint) {
    const onread = {
      buffer: Buffer.allocUnsafe(READ),
      callback: (size: number, buffer: Uint8Array): boolean => {
        this.#take(buffer.subarray(0, size));
        return true;
      },
    };
    const place = { host, port, onread };
    this.#socket = ca === undefined ? connectTcp(place) : connectTls({ ...place, ca, servername: "localhost" });
    this.#socket.setNoDelay(true);
    this.#socket.setTimeout(SILENCE, () => {
      // A connection may also wait for its turn.
      if (this.#waiting !== undefined) this.#socket.destroy(new Error("the server does not answer"));
    });
    this.#socket.on("error", (error) => this.#fail(error));
    this.#socket.on("close", () => this.#fail(new Error("the server closed the connection")));
  }

  /** Connects and waits for the greeting. @throws Error when there is none */
  static async open(endpoint: Endpoint): Promise<ImapWire> {
    const wire = new ImapWire(endpoint);
    await wire.#until("* OK");
    return wire;
  }

  static async login(endpoint: Endpoint, user: string, password: string): Promise<ImapWire> {
    const wire = await ImapWire.open(endpoint);
    await wire.run([`LOGIN ${user} ${password}`]);
    return wire;
  }

  /** Sends the commands at once and waits for the tagged line of the last, which it returns. @throws Error when that one is not OK */
  async run(commands: readonly Command[]): Promise<string> {
    const { octets, last } = this.#encode(commands);
    const answer = this.#until(`${last} `);
    this.#socket.write(octets);
    const line = await answer;
    if (!line.startsWith(`${last} OK`)) throw new Error(`refused: ${line}`);
    return line;
  }

  /** The same with every line read: for the figures that the fast reader does not see. @throws Error when one of the answers is not OK */
  async runChecked(commands: readonly Command[]): Promise<AnswerCheck> {
    const check = new AnswerCheck();
    this.#check = check;
    try {
      await this.run(commands);
    } finally {
      this.#check = undefined;
    }
    check.finish(commands.length);
    return check;
  }

  /** LOGOUT, and the end of the connection. */
  async logout(): Promise<void> {
    await this.run(["LOGOUT"]);
    this.#socket.destroy();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #encode(commands: readonly Command[]): { readonly octets: Uint8Array; readonly last: string } {
    const pieces: Uint8Array[] = [];
    let last = "";
    for (const command of commands) {
      last = `w${++this.#tags}`;
      const [line, literal] = typeof command === "string" ? [command, undefined] : command;
      pieces.push(Buffer.from(literal === undefined ? `${last} ${line}\r\n` : `${last} ${line} {${literal.length}+}\r\n`, "latin1"));
      if (literal !== undefined) pieces.push(literal, CRLF);
    }
    return { octets: Buffer.concat(pieces), last };
  }

  #until(mark: string): Promise<string> {
    return new Promise((resolve, reject) => {
      if (this.#failure === undefined) this.#waiting = { mark, resolve, reject };
      else reject(this.#failure);
    });
  }

  #take(chunk: Uint8Array): void {
    this.octets += chunk.length;
    this.#check?.take(chunk);
    const end = Buffer.from(chunk.buffer, chunk.byteOffset + Math.max(0, chunk.length - TAIL), Math.min(TAIL, chunk.length)).toString(
      "latin1",
    );
    this.#tail = end.length === TAIL ? end : (this.#tail + end).slice(-TAIL);
    if (!this.#tail.endsWith("\r\n")) return;
    const line = this.#tail.slice(this.#tail.lastIndexOf("\n", this.#tail.length - 2) + 1, -2);
    const waiting = this.#waiting;
    if (waiting === undefined || !line.startsWith(waiting.mark)) return;
    this.#waiting = undefined;
    waiting.resolve(line);
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#waiting?.reject(this.#failure);
    this.#waiting = undefined;
  }
}

/** A command without its tag, and where it ends with one a literal (sent without waiting, RFC 7888). */
export type Command = string | readonly [line: string, literal: Uint8Array];

const CRLF = Buffer.from("\r\n");
