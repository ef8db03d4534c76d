import type { Random } from "../../packages/cli/src/demo/random.ts";
import { FaultProxy, type EndFault, type Faults } from "../support/fault-proxy.ts";
import type { LineClient } from "../support/line-client.ts";
import type { StartedServer } from "../support/started-server.ts";
import { connectBy, portOf, TRANSPORTS, type Transport } from "../support/transports.ts";

/** What may end a connection: nothing, a restart of its account's object, or a fault of the network as well. */
export type EndedBy = "nothing" | "restart" | "fault";

/** A connection to the server, and what lies between. */
export interface Road {
  readonly client: LineClient;
  readonly endedBy: EndedBy;
  /** For whoever reads of a failure. */
  readonly description: string;
  close(): Promise<void>;
}

/** The connection has ended, as this one may. */
export class ConnectionEnded extends Error {
  override readonly name = "ConnectionEnded";
}

/** Milliseconds after which what holds goes on. */
const HOLD = [500, 6000] as const;

/** A connection without faults. */
export async function calmRoad(server: StartedServer, transport: Transport, endedBy: EndedBy): Promise<Road> {
  const client = await connectBy(transport, server);
  return { client, endedBy, description: transport, close: async () => client.destroy() };
}

/** A connection by any transport, two thirds of them over a network that does something to it. @throws ConnectionEnded when that something comes before it has begun. */
export async function roughRoad(server: StartedServer, random: Random): Promise<Road> {
  const transport = random.pick(TRANSPORTS);
  if (random.chance(0.35)) return calmRoad(server, transport, "restart");
  const faults = { toServer: drawFaults(random, 20_000), toClient: drawFaults(random, 30_000) };
  const release = random.between(...HOLD);
  const description = `${transport} ${JSON.stringify(faults)}`;
  const proxy = await FaultProxy.start(portOf(transport, server), faults);
  setTimeout(() => proxy.release(), release).unref();
  const ends = [faults.toServer, faults.toClient].some(({ end }) => end !== undefined && end.how !== "hold");
  try {
    const client = await connectBy(transport, server, proxy.port);
    return {
      client,
      endedBy: ends ? "fault" : "restart",
      description,
      close: async () => {
        client.destroy();
        await proxy.close();
      },
    };
  } catch (error) {
    await proxy.close();
    if (ends) throw new ConnectionEnded("before it had begun", { cause: error });
    throw new Error(`no connection by ${description}`, { cause: error });
  }
}

function drawFaults(random: Random, longest: number): Faults {
  const kind = random.between(0, 7);
  return {
    ...(kind === 0 && { delay: random.between(1, 15) }),
    ...(kind === 1 && { octetsPerSecond: random.between(300_000, 4_000_000) }),
    ...(kind === 2 && { split: true }),
    ...(random.chance(0.5) && {
      end: { after: random.between(300, longest), how: random.pick<EndFault>(["cut", "reset", "half-close", "hold"]) },
    }),
  };
}
