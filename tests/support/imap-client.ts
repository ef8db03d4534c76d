import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** One response: its text with `{n}` where a literal stood, and the literals. */
export interface ImapResponse {
  readonly text: string;
  readonly literals: readonly Buffer[];
}

/** What a command was answered with. */
export interface ImapAnswer {
  /** The tagged line, without the tag. */
  readonly result: string;
  readonly untagged: readonly ImapResponse[];
}

/** The server has ended the connection before the answer was complete. */
export class ConnectionEndedError extends Error {
  override readonly name = "ConnectionEndedError";
}

/**
 * A client for tests that read whole messages and pipeline commands: literals are read by their length, and commands may be sent
 * before the answers to earlier ones have come. Unlike RawClient it knows what a response is.
 */
export class ImapClient {
  readonly socket: Socket;
  #chunks: Buffer[] = [];
  #octets = 0;
  #ended = false;
  #wake: (() => void) | undefined;
  #tag = 0;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#octets += chunk.length;
      this.#wake?.();
    });
    const end = (): void => {
      this.#ended = true;
      this.#wake?.();
    };
    for (const event of ["end", "close", "error"]) socket.on(event, end);
  }

  /** Connects to 127.0.0.1 and takes the greeting. */
  static async connect(port: number): Promise<ImapClient> {
    const socket = connect({ host: "127.0.0.1", port, noDelay: true });
    await once(socket, "connect");
    const client = new ImapClient(socket);
    await client.response();
    return client;
  }

  static async login(port: number, user: string, password: string): Promise<ImapClient> {
    const client = await ImapClient.connect(port);
    await client.ok(`LOGIN ${user} ${password}`);
    return client;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Writes a command without waiting for its answer. Returns its tag. */
  send(command: string, literal?: Buffer): string {
    const tag = `k${++this.#tag}`;
    if (literal === undefined) this.socket.write(`${tag} ${command}\r\n`);
    else {
      this.socket.write(`${tag} ${command} {${literal.length}+}\r\n`);
      this.socket.write(literal);
      this.socket.write("\r\n");
    }
    return tag;
  }

  /** The answer to the oldest command that has none yet. @throws ConnectionEndedError */
  async answer(tag: string): Promise<ImapAnswer> {
    const untagged: ImapResponse[] = [];
    for (;;) {
      const response = await this.response();
      if (response.text.startsWith(`${tag} `)) return { result: response.text.slice(tag.length + 1), untagged };
      if (!response.text.startsWith("* ") && !response.text.startsWith("+")) throw new Error(`${tag} was answered with ${response.text}`);
      untagged.push(response);
    }
  }

  async command(command: string, literal?: Buffer): Promise<ImapAnswer> {
    return this.answer(this.send(command, literal));
  }

  /** A command that must succeed. */
  async ok(command: string, literal?: Buffer): Promise<ImapAnswer> {
    const answer = await this.command(command, literal);
    if (!answer.result.startsWith("OK")) throw new Error(`${command.split(" ")[0]} was answered with ${answer.result}`);
    return answer;
  }

  /** The next response. @throws ConnectionEndedError */
  async response(): Promise<ImapResponse> {
    let text = "";
    const literals: Buffer[] = [];
    for (;;) {
      const line = await this.#line();
      text += line;
      const length = /\{(\d+)\}$/.exec(line)?.[1];
      if (length === undefined) return { text, literals };
      literals.push(await this.#take(Number(length)));
    }
  }

  destroy(): void {
    this.socket.destroy();
  }

  async #line(): Promise<string> {
    let from = 0;
    for (;;) {
      const buffer = this.#joined();
      const end = buffer.indexOf("\r\n", from);
      if (end >= 0) return (await this.#take(end + 2)).toString("latin1", 0, end);
      from = Math.max(0, buffer.length - 1);
      await this.#more();
    }
  }

  async #take(octets: number): Promise<Buffer> {
    while (this.#octets < octets) await this.#more();
    const buffer = this.#joined();
    this.#chunks = [buffer.subarray(octets)];
    this.#octets = buffer.length - octets;
    return buffer.subarray(0, octets);
  }

  #joined(): Buffer {
    const [only] = this.#chunks;
    if (this.#chunks.length === 1 && only !== undefined) return only;
    const buffer = Buffer.concat(this.#chunks);
    this.#chunks = [buffer];
    return buffer;
  }

  async #more(): Promise<void> {
    if (this.#ended) throw new ConnectionEndedError("The server has ended the connection");
    await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#wake = undefined;
  }
}
