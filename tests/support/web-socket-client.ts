/** IMAP over a WebSocket: the byte stream in binary messages, as the server's `/imap` speaks it. */
export class WebSocketClient {
  readonly socket: WebSocket;
  #text = "";
  #ended = false;
  #wake: (() => void) | undefined;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.addEventListener("message", ({ data }) => {
      if (!(data instanceof ArrayBuffer)) throw new TypeError("The server sent a text message");
      this.#text += Buffer.from(data).toString("latin1");
      this.#wake?.();
    });
    socket.addEventListener("close", () => {
      this.#ended = true;
      this.#wake?.();
    });
  }

  static async connect(port: number): Promise<WebSocketClient> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/imap`, "imap");
    socket.binaryType = "arraybuffer";
    const client = new WebSocketClient(socket);
    await new Promise((resolve, reject) => {
      socket.addEventListener("open", resolve);
      socket.addEventListener("error", reject);
    });
    return client;
  }

  send(text: string): void {
    this.socket.send(Buffer.from(text, "latin1"));
  }

  /** The next line without its CRLF; `undefined` once the server has closed. */
  async line(): Promise<string | undefined> {
    for (;;) {
      const end = this.#text.indexOf("\r\n");
      if (end >= 0) {
        const line = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 2);
        return line;
      }
      if (this.#ended) return undefined;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  async linesUntil(last: (line: string) => boolean): Promise<string[]> {
    const lines: string[] = [];
    for (let line = await this.line(); line !== undefined; line = await this.line()) {
      lines.push(line);
      if (last(line)) break;
    }
    return lines;
  }
}
