import { once } from "node:events";
import { request, type IncomingMessage } from "node:http";

import { afterAll, beforeAll, test } from "vitest";

import { LIMITS } from "../../packages/imap/src/limits.ts";
import { RawClient } from "../support/raw-client.ts";
import { removeData, startServer, type StartedServer } from "../support/started-server.ts";
import { WebSocketClient } from "../support/web-socket-client.ts";

const ORIGIN = "https://mail.example.com";

let server: StartedServer;

beforeAll(async () => {
  server = await startServer({ args: ["--websocket-origin", ORIGIN] });
  await server.addAccount("web", "pw");
  const text = `Subject: large\r\n\r\n${"0123456789abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ\r\n".repeat(320_000)}`;
  const client = await RawClient.login(server.imapPort, "web", "pw");
  await client.command(`APPEND Archive {${text.length}+}\r\n${text}`);
  message = text;
  client.destroy();
});

afterAll(async () => {
  await server.stop();
  await removeData(server);
});

/** Message 1 of Archive: 20 MB. */
let message: string;

async function openArchive(subprotocol: "imap" | "imap.flow"): Promise<WebSocketClient> {
  const client = await WebSocketClient.connect(server.httpPort, subprotocol);
  await client.logIn("web", "pw");
  await client.command("SELECT Archive");
  return client;
}

test("imap.flow is chosen when both are offered", async ({ expect }) => {
  for (const [offered, chosen] of [
    [["imap", "imap.flow"], "imap.flow"],
    [["imap"], "imap"],
  ] as const) {
    const client = await WebSocketClient.connect(server.httpPort, ...offered);
    expect(client.socket.protocol).toBe(chosen);
    client.destroy();
  }
});

test("imap.flow: a client that stops echoing is sent a window, holds nobody up, and goes on where it was", async ({ expect }) => {
  const stalled = await openArchive("imap.flow");
  const other = await RawClient.login(server.imapPort, "web", "pw");
  stalled.stall();
  stalled.send("f FETCH 1 BODY.PEEK[]\r\n");
  while (stalled.received <= LIMITS.webSocketFlowWindow - LIMITS.webSocketFlowStep) await other.command("NOOP");
  for (let round = 0; round < 200; round++) await other.command("NOOP");
  expect(stalled.received).toBeLessThanOrEqual(LIMITS.webSocketFlowWindow);
  expect(new Set(stalled.held).size).toBe(stalled.held.length);
  expect(stalled.held.length).toBeGreaterThan(0);

  stalled.resume();
  const answer = (await stalled.linesUntil((line) => line.startsWith("f "))).join("\r\n");
  expect(answer.includes(message)).toBe(true);
  expect((await stalled.command("NOOP")).at(-1)).toMatch(/ OK /);
  for (const client of [stalled, other]) client.destroy();
});

test("imap.flow: a text that nobody sent closes the connection", async ({ expect }) => {
  const client = await openArchive("imap.flow");
  client.socket.send("0123456789abcdef0123456789abcdef");
  expect(await client.closed).toBe(1008);
});

test("imap: a text closes the connection", async ({ expect }) => {
  const client = await openArchive("imap");
  client.socket.send("a NOOP\r\n");
  expect(await client.closed).toBe(1003);
});

test("imap: who is sent too much without a word is cut off, who speaks meanwhile is not", async ({ expect }) => {
  const silent = await openArchive("imap");
  const before = silent.received;
  silent.send("a FETCH 1 (BODY.PEEK[] BODY.PEEK[TEXT] BODY.PEEK[]<0.30000000> BODY.PEEK[TEXT]<0.30000000>)\r\n");
  expect(await silent.closed).toBe(1008);
  expect(silent.received - before).toBeLessThanOrEqual(LIMITS.webSocketUnproven);
  expect(silent.received - before).toBeGreaterThan(LIMITS.webSocketUnproven - LIMITS.webSocketFlowStep - LIMITS.outputMessage);

  const speaking = await openArchive("imap");
  for (let count = 0; count < 4; count++) {
    expect((await speaking.command("FETCH 1 BODY.PEEK[]")).at(-1)).toMatch(/ OK /);
  }
  expect(speaking.received).toBeGreaterThan(LIMITS.webSocketUnproven);
  speaking.destroy();
});

/** The status of a request for a WebSocket with these headers. */
async function statusOf(on: StartedServer, headers: Readonly<Record<string, string>>): Promise<number | undefined> {
  const asked = request({
    host: on.host,
    port: on.httpPort,
    path: "/imap",
    headers: {
      Connection: "Upgrade",
      Upgrade: "websocket",
      "Sec-WebSocket-Version": "13",
      "Sec-WebSocket-Key": "c2x1aWNlLXNsdWljZS1zbA==",
      "Sec-WebSocket-Protocol": "imap",
      ...headers,
    },
  });
  asked.end();
  const [answer]: IncomingMessage[] = await Promise.race([once(asked, "response"), once(asked, "upgrade")]);
  asked.destroy();
  return answer?.statusCode;
}

test("pages of listed origins and of the server's own may connect, others not", async ({ expect }) => {
  expect(await statusOf(server, {})).toBe(101);
  expect(await statusOf(server, { Origin: ORIGIN })).toBe(101);
  expect(await statusOf(server, { Origin: `http://${server.host}:${server.httpPort}` })).toBe(101);
  expect(await statusOf(server, { Origin: "https://evil.example" })).toBe(403);
  expect(await statusOf(server, { Origin: `http://${server.host}` })).toBe(403);
});

test("with --no-websocket-plain imap.flow is required", async ({ expect }) => {
  const strict = await startServer({ args: ["--no-websocket-plain"] });
  try {
    expect(await statusOf(strict, {})).toBe(400);
    expect(await statusOf(strict, { "Sec-WebSocket-Protocol": "imap, imap.flow" })).toBe(101);
  } finally {
    await strict.stop();
    await removeData(strict);
  }
});
