import { readFileSync } from "node:fs";
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

/** A client that does nothing by itself: what a test sends is what goes over the wire. */
export class RawClient {
  readonly socket: Socket;
  /** The server has ended the connection. */
  ended = false;
  #received = Buffer.alloc(0);
  #wake: (() => void) | undefined;
  #tag = 0;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#wake?.();
    });
    const end = (): void => {
      this.ended = true;
      this.#wake?.();
    };
    socket.on("close", end);
    socket.on("end", end);
    socket.on("error", end);
  }

  /** With `ca`, TLS whose certificate must be valid for localhost. */
  static async connect(port: number, ca?: string): Promise<RawClient> {
    const socket =
      ca === undefined
        ? connectTcp({ host: "127.0.0.1", port, noDelay: true })
        : connectTls({ host: "127.0.0.1", port, servername: "localhost", ca: readFileSync(ca) });
    await new Promise<void>((resolve, reject) => {
      socket.once(ca === undefined ? "connect" : "secureConnect", resolve);
      socket.once("error", reject);
    });
    return new RawClient(socket);
  }

  /** Connects and logs in. */
  static async login(port: number, user: string, password: string, ca?: string): Promise<RawClient> {
    const client = await RawClient.connect(port, ca);
    await client.line();
    const answer = await client.command(`LOGIN ${user} ${password}`);
    if (!answer.at(-1)?.includes(" OK ")) throw new Error(`LOGIN: ${answer.at(-1)}`);
    return client;
  }

  send(bytes: Buffer | string): void {
    this.socket.write(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes);
  }

  /** The next line without its CRLF; `undefined` once the server has ended the connection. */
  async line(): Promise<string | undefined> {
    for (;;) {
      const end = this.#received.indexOf("\r\n");
      if (end >= 0) {
        const line = this.#received.subarray(0, end).toString("latin1");
        this.#received = this.#received.subarray(end + 2);
        return line;
      }
      if (this.ended) return undefined;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Lines up to the first for which `last` holds, that one included; ends early when the connection does. */
  async linesUntil(last: (line: string) => boolean): Promise<string[]> {
    const lines: string[] = [];
    for (;;) {
      const line = await this.line();
      if (line === undefined) return lines;
      lines.push(line);
      if (last(line)) return lines;
    }
  }

  /** Sends a command with a tag of its own; returns the lines up to its tagged one. Literals in answers count as lines. */
  async command(text: string): Promise<string[]> {
    const tag = `t${++this.#tag}`;
    this.send(`${tag} ${text}\r\n`);
    return this.linesUntil((line) => line.startsWith(`${tag} `));
  }

  /** Ends the connection without a word. */
  destroy(): void {
    this.socket.destroy();
  }
}
