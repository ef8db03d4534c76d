import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

import { onTestFinished, test } from "vitest";

import { FaultProxy, type Faults } from "../support/fault-proxy.ts";

interface Server {
  readonly port: number;
  /** What has arrived, a piece for each read. */
  readonly pieces: Buffer[];
  readonly connection: Promise<Socket>;
}

async function startServer(): Promise<Server> {
  const server = createServer({ allowHalfOpen: true });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const pieces: Buffer[] = [];
  const connection = once(server, "connection").then(([socket]: Socket[]) => {
    if (socket === undefined) throw new Error("no connection");
    socket.on("data", (piece: Buffer) => pieces.push(piece));
    socket.on("error", () => undefined);
    return socket;
  });
  return { port: address.port, pieces, connection };
}

interface Line {
  readonly server: Server;
  readonly proxy: FaultProxy;
  readonly client: Socket;
  readonly upstream: Socket;
}

async function startLine(faults: { readonly toServer?: Faults; readonly toClient?: Faults }): Promise<Line> {
  const server = await startServer();
  const proxy = await FaultProxy.start(server.port, faults);
  onTestFinished(() => proxy.close());
  const client = connect({ host: "127.0.0.1", port: proxy.port, allowHalfOpen: true });
  client.on("error", () => undefined);
  return { server, proxy, client, upstream: await server.connection };
}

/** The end of a stream that is being read: FIN, or the error code of its break. */
async function endOf(socket: Socket): Promise<string> {
  socket.resume();
  return new Promise((resolve) => {
    socket.once("end", () => resolve("FIN"));
    socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}

const OCTETS = Buffer.from(Array.from({ length: 5000 }, (_, at) => (at * 31) % 256));

test("without faults octets and both ends of input pass", async ({ expect }) => {
  const { server, client, upstream, proxy } = await startLine({});
  client.end(OCTETS);
  expect(await endOf(upstream)).toBe("FIN");
  expect(Buffer.concat(server.pieces).equals(OCTETS)).toBe(true);
  upstream.end("bye");
  const [answer]: unknown[] = await once(client, "data");
  expect(String(answer)).toBe("bye");
  expect(await endOf(client)).toBe("FIN");
  expect({ clients: proxy.fromClients, server: proxy.fromServer }).toEqual({ clients: 5000, server: 3 });
});

test("split, delayed and throttled octets arrive in order and whole", async ({ expect }) => {
  for (const faults of [{ split: true }, { delay: 3 }, { octetsPerSecond: 400_000 }]) {
    const { server, client, upstream } = await startLine({ toServer: faults });
    client.end(OCTETS);
    expect(await endOf(upstream)).toBe("FIN");
    expect(Buffer.concat(server.pieces).equals(OCTETS)).toBe(true);
    if ("split" in faults) expect(server.pieces.length).toBeGreaterThan(100);
    upstream.end();
  }
});

test("a cut ends both sides after exactly so many octets", async ({ expect }) => {
  const { server, client, upstream } = await startLine({ toServer: { end: { after: 1234, how: "cut" } } });
  const ends = Promise.all([endOf(upstream), endOf(client)]);
  client.write(OCTETS);
  expect((await ends)[0]).toBe("FIN");
  expect(Buffer.concat(server.pieces).equals(OCTETS.subarray(0, 1234))).toBe(true);
});

test("a reset resets both sides", async ({ expect }) => {
  // Behind octets that Node has just read it reports a reset as an end, so there are none.
  const { client, upstream } = await startLine({ toServer: { end: { after: 0, how: "reset" } } });
  const ends = Promise.all([endOf(upstream), endOf(client)]);
  client.write(OCTETS);
  expect(await ends).toEqual(["ECONNRESET", "ECONNRESET"]);
});

test("a half-close ends one direction only, and what is sent later is dropped", async ({ expect }) => {
  const { server, client, upstream } = await startLine({ toServer: { end: { after: 100, how: "half-close" } } });
  client.write(OCTETS);
  expect(await endOf(upstream)).toBe("FIN");
  expect(Buffer.concat(server.pieces).length).toBe(100);
  upstream.write("still here");
  const [answer]: unknown[] = await once(client, "data");
  expect(String(answer)).toBe("still here");
});

test("a held direction passes nothing on until it is released, and then everything", async ({ expect }) => {
  const { server, proxy, client, upstream } = await startLine({ toServer: { end: { after: 100, how: "hold" } } });
  client.end(OCTETS);
  while (Buffer.concat(server.pieces).length < 100) await once(upstream, "data");
  upstream.write("alive");
  await once(client, "data");
  expect(Buffer.concat(server.pieces).length).toBe(100);
  proxy.release();
  expect(await endOf(upstream)).toBe("FIN");
  expect(Buffer.concat(server.pieces).equals(OCTETS)).toBe(true);
});
