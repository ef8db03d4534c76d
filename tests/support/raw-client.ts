import { readFileSync } from "node:fs";
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

import { LineClient } from "./line-client.ts";

/** IMAP over TCP or TLS. */
export class RawClient extends LineClient {
  readonly socket: Socket;

  private constructor(socket: Socket) {
    super();
    this.socket = socket;
    socket.on("data", (chunk: Buffer) => this.arrived(chunk));
    for (const event of ["close", "end", "error"]) socket.on(event, () => this.over());
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
    await client.logIn(user, password);
    return client;
  }

  override send(octets: Buffer | string): void {
    this.socket.write(typeof octets === "string" ? Buffer.from(octets, "latin1") : octets);
  }

  override close(): void {
    this.socket.end();
  }

  override destroy(): void {
    this.socket.destroy();
  }
}
