import { serveClient, type BridgeServices } from "./serve-client.ts";
import { socketStream, type Socket } from "./socket-stream.ts";

/** Serves IMAP on TCP connections, whoever ended their TLS. */
export interface TcpBridge {
  /** Serves one connection to its end. Never rejects. */
  handleTcpConnection(socket: Socket): Promise<void>;
}

export function createTcpBridge(services: BridgeServices): TcpBridge {
  return {
    async handleTcpConnection(socket) {
      let remoteAddress = "";
      try {
        remoteAddress = (await socket.opened).remoteAddress ?? "";
      } catch {
        // The client has gone before it was there: the first read says so.
      }
      await serveClient(socketStream(socket, services.clock), { transport: "tcp", remoteAddress }, services);
    },
  };
}
