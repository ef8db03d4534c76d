import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { setImmediate as turn, setTimeout as delay } from "node:timers/promises";

/** How a direction ends before its sender wants it to. */
export type EndFault =
  /** The connection is closed to both sides. */
  | "cut"
  /** Both sides get a RST. */
  | "reset"
  /** The receiver sees the end of input; the other direction goes on. What the sender sends later is dropped. */
  | "half-close"
  /** Nothing more is read or passed on until {@link FaultProxy.release}: what a client that stops reading looks like. */
  | "hold";

/** What happens to one direction of each connection. Octets are never changed and never change places. */
export interface Faults {
  /** Milliseconds by which each piece is late. */
  readonly delay?: number;
  readonly octetsPerSecond?: number;
  /** Each octet is written by itself. */
  readonly split?: boolean;
  readonly end?: { readonly after: number; readonly how: EndFault };
}

/** Octets passed on between two waits of a throttled direction. */
const THROTTLED_PIECE = 4096;

/** A TCP proxy on 127.0.0.1 that makes a bad network of a good one. Every connection has the same faults. */
export class FaultProxy {
  readonly port: number;
  /** Octets taken from the server and from clients so far, passed on or not. */
  fromServer = 0;
  fromClients = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #released: Promise<void>;
  #release: () => void = () => undefined;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
    this.#released = new Promise((resolve) => (this.#release = resolve));
  }

  /** Listens on a free port, for connections to `target` on this machine. */
  static async start(target: number, faults: { readonly toServer?: Faults; readonly toClient?: Faults }): Promise<FaultProxy> {
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    const proxy = new FaultProxy(server, address.port);
    server.on("connection", (client) => {
      const upstream = connect({ host: "127.0.0.1", port: target, allowHalfOpen: true, noDelay: true });
      proxy.#join(client, upstream, faults.toServer ?? {}, (octets) => (proxy.fromClients += octets));
      proxy.#join(upstream, client, faults.toClient ?? {}, (octets) => (proxy.fromServer += octets));
    });
    return proxy;
  }

  /** Lets every direction on that is held. */
  release(): void {
    this.#release();
  }

  /** Connections that are open on either side. */
  get openSockets(): number {
    return this.#sockets.size;
  }

  /** Ends every connection and stops listening. */
  async close(): Promise<void> {
    this.#release();
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(from: Socket, to: Socket, faults: Faults, count: (octets: number) => void): void {
    this.#sockets.add(from);
    from.once("close", () => this.#sockets.delete(from));
    const broken = (): void => {
      // One side is gone without a word: so is the other.
      from.destroy();
      to.destroy();
    };
    from.on("error", broken);
    this.#pump(from, to, faults, count).catch(broken);
  }

  async #pump(from: Socket, to: Socket, faults: Faults, count: (octets: number) => void): Promise<void> {
    const { end } = faults;
    let left = end?.after ?? Infinity;
    let ended = false;
    const chunks: AsyncIterable<Buffer> = from.iterator({ destroyOnReturn: false });
    for await (const chunk of chunks) {
      count(chunk.length);
      if (ended) continue;
      const first = chunk.subarray(0, Math.min(chunk.length, left));
      await passOn(first, to, faults);
      left -= first.length;
      if (left > 0 || end === undefined) continue;
      left = Infinity;
      switch (end.how) {
        case "cut":
          from.destroy();
          to.destroy();
          return;
        case "reset":
          from.resetAndDestroy();
          to.resetAndDestroy();
          return;
        case "half-close":
          to.end();
          ended = true;
          break;
        case "hold":
          await this.#released;
          await passOn(chunk.subarray(first.length), to, faults);
          break;
        default:
          throw new Error(`no such fault: ${String(end.how satisfies never)}`);
      }
    }
    if (!ended) to.end();
  }
}

async function passOn(octets: Buffer, to: Socket, faults: Faults): Promise<void> {
  if (faults.delay !== undefined) await delay(faults.delay);
  const piece = faults.split === true ? 1 : faults.octetsPerSecond === undefined ? octets.length : THROTTLED_PIECE;
  for (let at = 0; at < octets.length; at += piece) {
    const part = octets.subarray(at, at + piece);
    if (to.destroyed) return;
    if (!to.write(part)) await writable(to);
    // A turn of the event loop makes of each write a segment of its own, as far as TCP lets us say so.
    if (faults.split === true) await turn();
    if (faults.octetsPerSecond !== undefined) await delay((part.length / faults.octetsPerSecond) * 1000);
  }
}

/** Resolves when the socket takes octets again, or never will. */
async function writable(socket: Socket): Promise<void> {
  const over = new AbortController();
  const { signal } = over;
  try {
    await Promise.race([once(socket, "drain", { signal }), once(socket, "close", { signal })]);
  } finally {
    over.abort();
  }
}
