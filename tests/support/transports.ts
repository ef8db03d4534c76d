import type { LineClient } from "./line-client.ts";
import { RawClient } from "./raw-client.ts";
import type { StartedServer } from "./started-server.ts";
import { WebSocketClient } from "./web-socket-client.ts";

/** Everything that carries IMAP to a started server. */
export const TRANSPORTS = ["tcp", "tls", "websocket", "websocket-flow"] as const;
export type Transport = (typeof TRANSPORTS)[number];

export function portOf(transport: Transport, server: StartedServer): number {
  switch (transport) {
    case "tcp":
      return server.imapPort;
    case "tls":
      return server.imapsPort;
    case "websocket":
    case "websocket-flow":
      return server.httpPort;
    default:
      return transport satisfies never;
  }
}

/** Connects to the server, or to another port of this machine from which it can be reached. */
export async function connectBy(transport: Transport, server: StartedServer, port = portOf(transport, server)): Promise<LineClient> {
  switch (transport) {
    case "tcp":
      return RawClient.connect(port);
    case "tls":
      return RawClient.connect(port, server.ca);
    case "websocket":
      return WebSocketClient.connect(port, "imap");
    case "websocket-flow":
      return WebSocketClient.connect(port, "imap.flow");
    default:
      return transport satisfies never;
  }
}

/** Connects and logs in. */
export async function logInBy(
  transport: Transport,
  server: StartedServer,
  user: string,
  password: string,
  port?: number,
): Promise<LineClient> {
  const client = await connectBy(transport, server, port);
  await client.logIn(user, password);
  return client;
}
