/**
 * A client that does nothing by itself: what a test sends is what goes over the wire, whatever carries it.
 *
 * The transport calls {@link LineClient.arrived} and {@link LineClient.over}; tests use the rest.
 */
export abstract class LineClient {
  /** The server has ended the connection. */
  ended = false;
  /** Octets that have arrived. */
  received = 0;
  #buffer = Buffer.alloc(0);
  /** Where in the buffer the next line may end. */
  #from = 0;
  #more: Buffer[] = [];
  #wake: (() => void) | undefined;
  #tag = 0;

  /** Sends octets; a string's characters are octets. */
  abstract send(octets: Buffer | string): void;

  /** Sends no more. TCP and TLS can still be read; a WebSocket ends as a whole. */
  abstract close(): void;

  /** Ends the connection without a word, as far as the transport can do without one. */
  abstract destroy(): void;

  protected arrived(octets: Buffer): void {
    this.received += octets.length;
    this.#more.push(octets);
    this.#wake?.();
  }

  protected over(): void {
    this.ended = true;
    this.#wake?.();
  }

  /** The next line without its CRLF; `undefined` once the server has ended the connection. */
  async line(): Promise<string | undefined> {
    for (;;) {
      const end = this.#buffer.indexOf("\r\n", this.#from);
      if (end >= 0) {
        const line = this.#buffer.toString("latin1", 0, end);
        this.#buffer = this.#buffer.subarray(end + 2);
        this.#from = 0;
        return line;
      }
      this.#from = Math.max(0, this.#buffer.length - 1);
      if (this.#more.length === 0) {
        if (this.ended) return undefined;
        await new Promise<void>((resolve) => (this.#wake = resolve));
        this.#wake = undefined;
      }
      this.#buffer = Buffer.concat([this.#buffer, ...this.#more]);
      this.#more = [];
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

  /** Takes the greeting and logs in. */
  async logIn(user: string, password: string): Promise<void> {
    await this.line();
    const answer = await this.command(`LOGIN ${user} ${password}`);
    if (!answer.at(-1)?.includes(" OK ")) throw new Error(`LOGIN: ${answer.at(-1)}`);
  }
}
