import { LIMITS } from "../limits.ts";
import { ConversationProof, EchoProof, type Closing, type OutputProof } from "./output-proof.ts";
import type { ByteStream, LinkOpener } from "./ports.ts";
import { serveClient, type BridgeServices } from "./serve-client.ts";
import { WaitingInput } from "./waiting-input.ts";

/**
 * The subprotocols of IMAP over WebSocket, the preferred one first. In both binary messages carry the byte
 * stream, split anywhere; in `imap.flow` the client echoes text messages, which is what makes back-pressure.
 */
export const SUBPROTOCOLS = ["imap.flow", "imap"] as const;
export type Subprotocol = (typeof SUBPROTOCOLS)[number];

/** What the bridge needs of an accepted WebSocket; the runtime's own satisfies it. */
export interface BridgedWebSocket {
  send(message: Uint8Array | string): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: "close" | "error", listener: () => void): void;
}

/** Serves one IMAP connection over a WebSocket whose binary messages are ArrayBuffers. Never rejects. */
export function handleWebSocket(
  socket: BridgedWebSocket,
  subprotocol: Subprotocol,
  remoteAddress: string,
  services: BridgeServices,
): Promise<void> {
  const stream = webSocketStream(socket, subprotocol === "imap.flow" ? new EchoProof() : new ConversationProof(), ({ code, reason }) =>
    // Not a warning: any client can bring it about, as often as it likes.
    services.log.log("info", "WebSocket closed by the server", {
      subprotocol,
      remoteAddress: remoteAddress.slice(0, LIMITS.remoteAddress),
      code,
      reason,
    }),
  );
  const links: LinkOpener = {
    async open(account, listener) {
      const link = await services.links.open(account, listener);
      stream.admit();
      return link;
    },
  };
  return serveClient(stream, { transport: "websocket", remoteAddress }, { ...services, links });
}

export interface WebSocketStream extends ByteStream {
  /** The client has logged in: a whole message of mail of it may wait. */
  admit(): void;
}

/**
 * A WebSocket as a {@link ByteStream}. The runtime gives it no back-pressure in either direction: what arrives before
 * it is read waits here up to a bound, and a write resolves when `proof` has room for all of it. `refused` hears of a
 * client that breaks the rules, for whom the connection just ends.
 */
export function webSocketStream(
  socket: BridgedWebSocket,
  proof: OutputProof,
  refused: (closing: Closing) => void = () => {},
): WebSocketStream {
  const waiting = new WaitingInput();
  let inputLimit: number = LIMITS.webSocketLoginInput;
  let over = false;
  let failure: Error | undefined;
  let wakeReader: (() => void) | undefined;
  let wakeWriter: (() => void) | undefined;

  function end(error?: Error): void {
    over = true;
    failure ??= error;
    wakeReader?.();
    wakeWriter?.();
  }

  function close({ code, reason }: Closing | { readonly code: 1000; readonly reason: "" }): void {
    try {
      socket.close(code, reason);
    } catch {
      // It is closed already.
    }
  }

  function refuse(closing: Closing): void {
    close(closing);
    waiting.clear();
    refused(closing);
    end(new Error(`WebSocket closed: ${closing.reason}`));
  }

  socket.addEventListener("message", ({ data }) => {
    if (over) return;
    if (!(data instanceof ArrayBuffer)) {
      const refusal = proof.heardText(String(data));
      if (refusal !== undefined) return refuse(refusal);
      wakeWriter?.();
      return;
    }
    proof.heard();
    // Clients' keep-alives: nothing of them waits.
    if (data.byteLength === 0) return;
    waiting.push(new Uint8Array(data));
    if (waiting.weight > inputLimit) return refuse({ code: 1009, reason: "too much at once" });
    wakeReader?.();
  });
  socket.addEventListener("close", () => end());
  socket.addEventListener("error", () => end(new Error("WebSocket failed")));

  /** Sends one piece as soon as there is room for it. @throws when the connection has ended. */
  async function send(piece: Uint8Array): Promise<void> {
    for (;;) {
      if (over) throw failure ?? new Error("WebSocket is closed");
      if (proof.hasRoom(piece.length)) break;
      if (proof.overflow !== undefined) refuse(proof.overflow);
      else await new Promise<void>((resolve) => (wakeWriter = resolve));
      wakeWriter = undefined;
    }
    socket.send(piece);
    const token = proof.sent(piece.length);
    if (token !== undefined) socket.send(token);
  }

  return {
    async read() {
      for (;;) {
        const next = waiting.shift();
        if (next !== undefined) return next;
        if (failure !== undefined) throw failure;
        if (over) return undefined;
        await new Promise<void>((resolve) => (wakeReader = resolve));
        wakeReader = undefined;
      }
    },
    async write(bytes) {
      for (let at = 0; at < bytes.length; at += LIMITS.webSocketFlowStep) await send(bytes.subarray(at, at + LIMITS.webSocketFlowStep));
    },
    closeWrite() {
      close({ code: 1000, reason: "" });
      return Promise.resolve();
    },
    close() {
      close({ code: 1000, reason: "" });
      end();
      return Promise.resolve();
    },
    admit() {
      inputLimit = LIMITS.webSocketInput;
    },
  };
}
