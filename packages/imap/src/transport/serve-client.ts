import { addressKey } from "../auth/address-key.ts";
import { LIMITS } from "../limits.ts";
import { ByteWriter } from "../protocol/byte-writer.ts";
import { writeResponse } from "../protocol/response.ts";
import { ClientConnection } from "./client-connection.ts";
import type { ClientFacts, ConnectionServices } from "./connection-services.ts";
import type { ConnectionCount, FullBecause } from "./connection-count.ts";
import type { ByteStream } from "./ports.ts";

/** What the bridges of one Worker share. */
export interface BridgeServices extends ConnectionServices {
  readonly connections: ConnectionCount;
}

/** Serves one client to its end, or tells it that it is one too many. Never rejects; when it resolves nothing of the connection is left. */
export async function serveClient(stream: ByteStream, facts: ClientFacts, services: BridgeServices): Promise<void> {
  const { connections, meter } = services;
  const remoteAddress = facts.remoteAddress.slice(0, LIMITS.remoteAddress);
  const address = addressKey(remoteAddress);
  const full = connections.enter(address);
  if (full !== undefined) {
    meter.record({ kind: "limit", limit: full });
    return refuse(stream, full, services);
  }
  try {
    await new ClientConnection(stream, { ...facts, remoteAddress }, services).run();
  } finally {
    connections.leave(address);
  }
}

/** BYE for a greeting, a clean close, and a moment for the client to read it. */
async function refuse(stream: ByteStream, full: FullBecause, { connections, clock, limits }: BridgeServices): Promise<void> {
  // In a flood of them nothing is said: each that is told something is held for a while.
  if (!connections.enterRefusal()) return stream.close();
  const cancel = clock.timer(limits.lingerTime, () => void stream.close());
  try {
    const writer = new ByteWriter(128);
    writeResponse(writer, { kind: "status", tag: undefined, status: "BYE", code: "LIMIT", text: TEXT[full] });
    await stream.write(writer.take());
    await stream.closeWrite();
    // A reset would overtake BYE, so what the client sends is taken and dropped until it closes.
    while ((await stream.read()) !== undefined);
  } catch {
    // The client has gone: there is nobody to be told.
  } finally {
    cancel();
    connections.leaveRefusal();
    await stream.close();
  }
}

const TEXT: Record<FullBecause, string> = {
  connectionsPerAddress: "Too many connections from your address",
  connectionsPerIsolate: "Too many connections, please try again later",
};
