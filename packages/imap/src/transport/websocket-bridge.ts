import { LIMITS } from "../limits.ts";
import type { ByteStream } from "./ports.ts";
import { serveClient, type BridgeServices } from "./serve-client.ts";

/** The subprotocol of IMAP over WebSocket: binary messages carry the byte stream, split anywhere. */
export const SUBPROTOCOL = "imap";

/** What the bridge needs of an accepted WebSocket; the runtime's own satisfies it. */
export interface BridgedWebSocket {
  send(message: Uint8Array): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: "close" | "error", listener: () => void): void;
}

/** Serves one IMAP connection over a WebSocket whose binary messages are ArrayBuffers. Never rejects. */
export function handleWebSocket(socket: BridgedWebSocket, remoteAddress: string, services: BridgeServices): Promise<void> {
  return serveClient(webSocketStream(socket), { transport: "websocket", remoteAddress }, services);
}

/**
 * A WebSocket as a {@link ByteStream}. The runtime gives it no back-pressure in either direction: what
 * arrives before it is read waits here up to LIMITS.webSocketInput, and a write is done when it is handed over.
 */
export function webSocketStream(socket: BridgedWebSocket): ByteStream {
  const waiting: Uint8Array[] = [];
  let octets = 0;
  let over = false;
  let failure: Error | undefined;
  let wake: (() => void) | undefined;

  function end(error?: Error): void {
    over = true;
    failure ??= error;
    wake?.();
  }

  function close(code: number, reason: string): void {
    try {
      socket.close(code, reason);
    } catch {
      // It is closed already.
    }
  }

  socket.addEventListener("message", ({ data }) => {
    if (over) return;
    if (!(data instanceof ArrayBuffer)) {
      close(1003, "binary messages only");
      end(new Error("A text message on the IMAP subprotocol"));
      return;
    }
    // Clients' keep-alives: nothing of them waits.
    if (data.byteLength === 0) return;
    octets += data.byteLength + MESSAGE_COST;
    if (octets > LIMITS.webSocketInput) {
      close(1009, "too much at once");
      end(new Error("More input than can wait"));
      return;
    }
    waiting.push(new Uint8Array(data));
    wake?.();
  });
  socket.addEventListener("close", () => end());
  socket.addEventListener("error", () => end(new Error("WebSocket failed")));

  return {
    async read() {
      for (;;) {
        const next = waiting.shift();
        if (next !== undefined) {
          octets -= next.length + MESSAGE_COST;
          return next;
        }
        if (failure !== undefined) throw failure;
        if (over) return undefined;
        await new Promise<void>((resolve) => (wake = resolve));
        wake = undefined;
      }
    },
    write(bytes) {
      if (over) return Promise.reject(failure ?? new Error("WebSocket is closed"));
      try {
        socket.send(bytes);
        return Promise.resolve();
      } catch (error) {
        return Promise.reject(error instanceof Error ? error : new Error(String(error)));
      }
    },
    closeWrite() {
      close(1000, "");
      return Promise.resolve();
    },
    close() {
      close(1000, "");
      end();
      return Promise.resolve();
    },
  };
}

/** What a message weighs beside its octets: many tiny ones hold far more than they count. */
const MESSAGE_COST = 256;
