import { LIMITS } from "../limits.ts";
import type { ByteStream, Clock } from "./ports.ts";

/** What the bridge needs of a TCP socket; the Workers runtime's own `Socket` satisfies it. */
export interface Socket {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
  readonly opened: Promise<{ readonly remoteAddress?: string }>;
  close(): Promise<void>;
}

/**
 * A TCP socket as a {@link ByteStream}. Reads are into buffers of our own size: the runtime's default of
 * 4 KiB would make sixteen times the messages of an APPEND.
 *
 * workerd looks for input of other sockets, and for timers that are due, only when nothing else is left to do. Clients
 * that send faster than they are served would keep all others waiting until they are done, so whoever has sent
 * LIMITS.readTurn is not read from until the next such look.
 */
export function socketStream(socket: Socket, clock: Clock): ByteStream {
  const reader = socket.readable.getReader({ mode: "byob" });
  const writer = socket.writable.getWriter();
  // Failures come back from each read and write; these promises would only report them a second time.
  reader.closed.catch(ignore);
  writer.closed.catch(ignore);
  let size: number = LIMITS.readSmall;
  /** Octets of this turn. */
  let taken = 0;
  let closing: Promise<void> | undefined;

  async function closeBoth(): Promise<void> {
    await Promise.allSettled([reader.cancel(), writer.abort(), socket.close()]);
  }

  return {
    async read() {
      if (taken >= LIMITS.readTurn) {
        taken = 0;
        await new Promise<void>((resolve) => clock.timer(0, resolve));
      }
      const { done, value } = await reader.read(new Uint8Array(size));
      if (done || value === undefined) return undefined;
      size = value.length === size ? LIMITS.readLarge : value.length <= LIMITS.readSmall ? LIMITS.readSmall : size;
      taken += value.length;
      return value;
    },
    write: (bytes) => writer.write(bytes),
    closeWrite: () => writer.close(),
    close() {
      closing ??= closeBoth();
      return closing;
    },
  };
}

function ignore(): void {}
