import { LineClient } from "./line-client.ts";

/** Octets of one message, so that a large APPEND comes in many. */
const MESSAGE = 64 * 1024;

/** IMAP over a WebSocket, as docs/websocket.md has it. With `imap.flow` it echoes tokens when they arrive. */
export class WebSocketClient extends LineClient {
  readonly socket: WebSocket;
  /** The code with which the connection was closed. */
  readonly closed: Promise<number>;
  /** Tokens that a stalled client has not echoed. */
  readonly held: string[] = [];
  #stalled = false;

  private constructor(socket: WebSocket) {
    super();
    this.socket = socket;
    socket.addEventListener("message", (event) => {
      const data: unknown = event.data;
      if (data instanceof ArrayBuffer) return this.arrived(Buffer.from(data));
      if (typeof data !== "string" || socket.protocol !== "imap.flow") throw new TypeError("The server sent a text message");
      if (this.#stalled) this.held.push(data);
      else socket.send(data);
    });
    this.closed = new Promise((resolve) => {
      socket.addEventListener("close", ({ code }) => {
        this.over();
        resolve(code);
      });
    });
  }

  static async connect(port: number, ...subprotocols: readonly ("imap" | "imap.flow")[]): Promise<WebSocketClient> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/imap`, [...subprotocols]);
    socket.binaryType = "arraybuffer";
    const client = new WebSocketClient(socket);
    await new Promise((resolve, reject) => {
      socket.addEventListener("open", resolve);
      socket.addEventListener("error", reject);
    });
    return client;
  }

  override send(octets: Buffer | string): void {
    const bytes = typeof octets === "string" ? Buffer.from(octets, "latin1") : octets;
    for (let at = 0; at < bytes.length; at += MESSAGE) this.socket.send(Uint8Array.from(bytes.subarray(at, at + MESSAGE)));
  }

  override close(): void {
    this.socket.close(1000);
  }

  override destroy(): void {
    this.socket.close();
  }

  /** Echoes no more. */
  stall(): void {
    this.#stalled = true;
  }

  /** Echoes what it has not, and what comes. */
  resume(): void {
    this.#stalled = false;
    for (const token of this.held.splice(0)) this.socket.send(token);
  }
}
