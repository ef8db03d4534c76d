import { exports } from "cloudflare:workers";

/** The client's end of a TCP connection. */
interface ClientSocket {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
  close(): Promise<void>;
}

/** A client on a TCP connection to the Worker, line by line. */
export class Client {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #socket: ClientSocket;
  #text = "";
  #tags = 0;

  private constructor(socket: ClientSocket) {
    this.#socket = socket;
    this.#reader = socket.readable.getReader();
    this.#writer = socket.writable.getWriter();
  }

  /** Connects and takes the greeting. */
  static async connect(): Promise<Client> {
    const client = new Client(exports.default.connect("imap.example.com:993"));
    await client.line();
    return client;
  }

  /** A connection from an address of one's choice, which `serve` gets the server's end of. */
  static from(remoteAddress: string, serve: (socket: Socket) => Promise<void>): Client {
    const [input, output] = [new IdentityTransformStream(), new IdentityTransformStream()];
    void serve({
      readable: input.readable,
      writable: output.writable,
      opened: Promise.resolve({ remoteAddress }),
      closed: new Promise(() => {}),
      upgraded: false,
      secureTransport: "off",
      close: () => Promise.resolve(),
      startTls() {
        throw new Error("The server does not speak TLS itself");
      },
    });
    const client: Client = new Client({ readable: output.readable, writable: input.writable, close: () => client.#writer.close() });
    return client;
  }

  /** The next line without its end; `undefined` after the last. */
  async line(): Promise<string | undefined> {
    for (;;) {
      const end = this.#text.indexOf("\r\n");
      if (end >= 0) {
        const line = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 2);
        return line;
      }
      const { done, value } = await this.#reader.read();
      if (done) return undefined;
      this.#text += decoder.decode(value, { stream: true });
    }
  }

  async send(text: string): Promise<void> {
    await this.#writer.write(encoder.encode(text));
  }

  /** Sends a command with a tag of its own and returns its answers, the tagged one last and without its tag. */
  async command(text: string): Promise<string[]> {
    const tag = `t${++this.#tags}`;
    await this.send(`${tag} ${text}\r\n`);
    return this.answers(tag);
  }

  async answers(tag: string): Promise<string[]> {
    const lines: string[] = [];
    for (;;) {
      const line = await this.line();
      if (line === undefined) throw new Error(`The connection ended, after: ${lines.join(" | ")}`);
      if (line.startsWith(`${tag} `)) return [...lines, line.slice(tag.length + 1)];
      lines.push(line);
    }
  }

  async close(): Promise<void> {
    await this.#socket.close();
  }
}

/** Creates an account through the admin API. Returns its id. */
export async function createAccount(name: string, password: string): Promise<string> {
  const response = await admin("POST", "", { name, password });
  const { id } = await response.json<{ id: string }>();
  return id;
}

/** One request to `/admin/v1/accounts...`. */
export function admin(method: string, path: string, body?: unknown): Promise<Response> {
  return exports.default.fetch(`http://sluice.test/admin/v1/accounts${path}`, {
    method,
    headers: { Authorization: "Bearer token-of-the-tests" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
