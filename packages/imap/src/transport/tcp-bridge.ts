import { ClientConnection } from "./client-connection.ts";
import type { ConnectionServices } from "./connection-services.ts";
import { socketStream, type Socket } from "./socket-stream.ts";

/** Serves IMAP on TCP connections, whoever ended their TLS. */
export interface TcpBridge {
  /** Serves one connection to its end. Never rejects. */
  handleTcpConnection(socket: Socket): Promise<void>;
}

export function createTcpBridge(services: ConnectionServices): TcpBridge {
  return {
    async handleTcpConnection(socket) {
      let remoteAddress = "";
      try {
        remoteAddress = (await socket.opened).remoteAddress ?? "";
      } catch {
        // The client has gone before it was there: the first read says so.
      }
      const connection = new ClientConnection(
        socketStream(socket),
        { transport: "tcp", remoteAddress: remoteAddress.slice(0, 100) },
        services,
      );
      await connection.run();
    },
  };
}
