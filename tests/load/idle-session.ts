import { once } from "node:events";
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

/** Where the sessions go. With `ca`, the certificate's text, over TLS. */
export interface Target {
  readonly port: number;
  readonly ca: string | undefined;
}

/** A client that waits in IDLE and only counts what it hears: thousands of them must cost little beside what is measured. */
export class IdleSession {
  readonly account: string;
  readonly #socket: Socket;
  #rest = "";
  #heard: ((line: string) => void) | undefined;
  /** `* OK Still here` so far. */
  keepAlives = 0;
  /** `* n EXISTS` in IDLE so far, and when the last came, as of performance.now(). */
  arrivals = 0;
  lastArrival = 0;
  /** Called at each arrival, and when the connection has ended. */
  arrived: (() => void) | undefined;
  /** Why the connection has ended, once it has. */
  ended: string | undefined;

  private constructor(account: string, socket: Socket) {
    this.account = account;
    this.#socket = socket;
    socket.on("data", (chunk: Buffer) => this.#take(chunk));
    socket.on("error", (error) => (this.ended = error.message));
    socket.on("close", () => {
      this.ended ??= "closed by the server";
      this.#heard?.("");
      this.arrived?.();
    });
  }

  /** Logs in, selects INBOX and waits in IDLE. @throws Error when the server does not play along. */
  static async open(target: Target, account: string, password: string): Promise<IdleSession> {
    const place = { host: "127.0.0.1", port: target.port };
    const socket = target.ca === undefined ? connectTcp(place) : connectTls({ ...place, servername: "localhost", ca: target.ca });
    const greeting = once(socket, target.ca === undefined ? "connect" : "secureConnect");
    const session = new IdleSession(account, socket);
    await greeting;
    await session.#until("* OK ");
    await session.#ask(`a LOGIN ${account} ${password}\r\n`, "a OK ");
    await session.#ask("b SELECT INBOX\r\n", "b OK ");
    await session.#ask("c IDLE\r\n", "+ ");
    session.#heard = undefined;
    session.arrivals = 0;
    return session;
  }

  close(): void {
    this.#socket.destroy();
  }

  #ask(text: string, expected: string): Promise<void> {
    this.#socket.write(text);
    return this.#until(expected);
  }

  /** Untagged lines before it are taken and dropped. */
  #until(expected: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#heard = (line) => {
        if (line.startsWith(expected)) resolve();
        else if (!line.startsWith("* ") || line.startsWith("* BYE"))
          reject(new Error(`${this.account}: "${expected}" was expected: ${line === "" ? this.ended : line}`));
      };
    });
  }

  #take(chunk: Buffer): void {
    const lines = (this.#rest + chunk.toString("latin1")).split("\r\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line.endsWith(" EXISTS")) {
        this.arrivals++;
        this.lastArrival = performance.now();
        this.arrived?.();
      } else if (line.startsWith("* OK Still here")) this.keepAlives++;
      this.#heard?.(line);
    }
  }
}
