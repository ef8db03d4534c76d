import { test } from "vitest";

import { LIMITS } from "../../src/limits.ts";
import { ConnectionCount } from "../../src/transport/connection-count.ts";
import { handleWebSocket, webSocketStream, type BridgedWebSocket } from "../../src/transport/websocket-bridge.ts";
import { createEdge, FakeAccountObject, settle } from "./fakes.ts";

class FakeWebSocket implements BridgedWebSocket {
  sent = "";
  closes: (number | undefined)[] = [];
  #message: ((event: { readonly data: unknown }) => void)[] = [];
  #over: (() => void)[] = [];

  send(message: Uint8Array): void {
    if (this.closes.length > 0) throw new TypeError("closed");
    this.sent += new TextDecoder().decode(message);
  }

  close(code?: number): void {
    this.closes.push(code);
  }

  addEventListener(type: "message" | "close" | "error", listener: (event: { readonly data: unknown }) => void): void {
    if (type === "message") this.#message.push(listener);
    else this.#over.push(() => listener({ data: undefined }));
  }

  receive(data: unknown): void {
    for (const listener of this.#message) listener({ data });
  }

  leave(): void {
    for (const listener of this.#over) listener();
  }
}

function buffer(text: string): ArrayBuffer {
  return new TextEncoder().encode(text).slice().buffer;
}

test("IMAP over WebSocket, the byte stream split anywhere", async ({ expect }) => {
  const object = new FakeAccountObject();
  const edge = createEdge(object);
  const socket = new FakeWebSocket();
  const done = handleWebSocket(socket, "192.0.2.1", edge.services);
  await settle();
  expect(socket.sent).toMatch(/^\* OK /);
  for (const part of ["a LO", "GIN user pass\r\nb SEL", "", "ECT INBOX\r", "\nc LOGOUT\r\n"]) socket.receive(buffer(part));
  await settle();
  await settle();
  expect(socket.sent).toMatch(/\r\nc OK LOGOUT completed\r\n$/);
  expect(socket.closes[0]).toBe(1000);
  socket.leave();
  await done;
  expect([object.links.size, edge.clock.armed, edge.faults]).toEqual([0, 0, []]);
});

test("a client that goes away ends its connection", async ({ expect }) => {
  const object = new FakeAccountObject();
  const edge = createEdge(object);
  const socket = new FakeWebSocket();
  const done = handleWebSocket(socket, "", edge.services);
  socket.receive(buffer("a LOGIN user pass\r\nb IDLE\r\n"));
  await settle();
  socket.leave();
  await done;
  await settle();
  expect([object.links.size, edge.clock.armed, edge.faults]).toEqual([0, 0, []]);
});

test("a connection too many is told so and closed", async ({ expect }) => {
  const edge = createEdge(new FakeAccountObject());
  const services = { ...edge.services, connections: new ConnectionCount({ ...LIMITS, connectionsPerAddress: 1 }) };
  const [first, second] = [new FakeWebSocket(), new FakeWebSocket()];
  const both = [first, second].map((socket) => handleWebSocket(socket, "192.0.2.1", services));
  await settle();
  expect([first.closes, second.sent, second.closes[0]]).toEqual([[], "* BYE [LIMIT] Too many connections from your address\r\n", 1000]);
  for (const socket of [first, second]) socket.leave();
  await Promise.all(both);
  expect(edge.clock.armed).toBe(0);
});

test("a text message is refused", async ({ expect }) => {
  const socket = new FakeWebSocket();
  const stream = webSocketStream(socket);
  socket.receive("a NOOP\r\n");
  await expect(stream.read()).rejects.toThrow("text message");
  expect(socket.closes).toEqual([1003]);
  await expect(stream.write(Uint8Array.of(1))).rejects.toThrow("text message");
});

test("input that waits is bounded, and tiny messages weigh more than their octets", async ({ expect }) => {
  for (const data of [new ArrayBuffer(1024 * 1024), new ArrayBuffer(1)]) {
    const socket = new FakeWebSocket();
    const stream = webSocketStream(socket);
    for (let sent = 0; sent <= LIMITS.webSocketInput; sent += data.byteLength + 256) socket.receive(data);
    expect(socket.closes).toEqual([1009]);
    await stream.close();
  }
});

test("empty messages, of which nothing waits, do not add up", async ({ expect }) => {
  const socket = new FakeWebSocket();
  const stream = webSocketStream(socket);
  for (let sent = 0; sent <= LIMITS.webSocketInput; sent += 256) socket.receive(new ArrayBuffer(0));
  expect(socket.closes).toEqual([]);
  socket.receive(Uint8Array.of(97).buffer);
  expect(await stream.read()).toEqual(Uint8Array.of(97));
  await stream.close();
});
