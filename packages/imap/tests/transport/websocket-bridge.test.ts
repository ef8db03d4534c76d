import { test } from "vitest";

import { LIMITS } from "../../src/limits.ts";
import { ConversationProof, EchoProof } from "../../src/transport/output-proof.ts";
import { ConnectionCount } from "../../src/transport/connection-count.ts";
import { handleWebSocket, webSocketStream, type BridgedWebSocket } from "../../src/transport/websocket-bridge.ts";
import { createEdge, FakeAccountObject, settle } from "./fakes.ts";

class FakeWebSocket implements BridgedWebSocket {
  sent = "";
  /** Octets of binary messages, and text messages, in the order in which they were sent. */
  messages: (number | string)[] = [];
  closes: (number | undefined)[] = [];
  #message: ((event: { readonly data: unknown }) => void)[] = [];
  #over: (() => void)[] = [];

  send(message: Uint8Array | string): void {
    if (this.closes.length > 0) throw new TypeError("closed");
    if (typeof message === "string") return void this.messages.push(message);
    this.messages.push(message.length);
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

  get octets(): number {
    return this.messages.reduce<number>((sum, message) => sum + (typeof message === "number" ? message : 0), 0);
  }

  get tokens(): string[] {
    return this.messages.filter((message) => typeof message === "string");
  }
}

function buffer(text: string): ArrayBuffer {
  return new TextEncoder().encode(text).slice().buffer;
}

test("IMAP over WebSocket, the byte stream split anywhere", async ({ expect }) => {
  const object = new FakeAccountObject();
  const edge = createEdge(object);
  const socket = new FakeWebSocket();
  const done = handleWebSocket(socket, "imap", "192.0.2.1", edge.services);
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
  const done = handleWebSocket(socket, "imap", "", edge.services);
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
  const both = [first, second].map((socket) => handleWebSocket(socket, "imap", "192.0.2.1", services));
  await settle();
  expect([first.closes, second.sent, second.closes[0]]).toEqual([[], "* BYE [LIMIT] Too many connections from your address\r\n", 1000]);
  for (const socket of [first, second]) socket.leave();
  await Promise.all(both);
  expect(edge.clock.armed).toBe(0);
});

test("a text message is refused", async ({ expect }) => {
  const socket = new FakeWebSocket();
  const refusals: number[] = [];
  const stream = webSocketStream(socket, new ConversationProof(), ({ code }) => void refusals.push(code));
  for (let times = 0; times < 2; times++) socket.receive("a NOOP\r\n");
  await expect(stream.read()).rejects.toThrow("binary messages only");
  expect([socket.closes, refusals]).toEqual([[1003], [1003]]);
  await expect(stream.write(Uint8Array.of(1))).rejects.toThrow("binary messages only");
});

test("input that waits is bounded, and tiny messages weigh more than their octets", async ({ expect }) => {
  for (const data of [new ArrayBuffer(512 * 1024), new ArrayBuffer(1)]) {
    for (const [limit, admitted] of [
      [LIMITS.webSocketLoginInput, false],
      [LIMITS.webSocketInput, true],
    ] as const) {
      const socket = new FakeWebSocket();
      const stream = webSocketStream(socket, new ConversationProof());
      if (admitted) stream.admit();
      const fitting = Math.floor(limit / (data.byteLength + 256));
      for (let sent = 0; sent < fitting; sent++) socket.receive(data);
      expect(socket.closes).toEqual([]);
      socket.receive(data);
      expect(socket.closes).toEqual([1009]);
      await expect(stream.read()).rejects.toThrow("too much at once");
    }
  }
});

test("more input may wait as soon as the client has logged in", async ({ expect }) => {
  const object = new FakeAccountObject();
  const edge = createEdge(object);
  const socket = new FakeWebSocket();
  const done = handleWebSocket(socket, "imap", "", edge.services);
  socket.receive(buffer("a LOGIN user pass\r\n"));
  await settle();
  const size = LIMITS.webSocketLoginInput;
  socket.receive(buffer(`b APPEND INBOX {${size}+}\r\n${"x".repeat(size)}\r\n`));
  await settle();
  expect(socket.closes).toEqual([]);
  socket.leave();
  await done;
  const stranger = new FakeWebSocket();
  const refused = handleWebSocket(stranger, "imap", "", edge.services);
  stranger.receive(buffer("x".repeat(size)));
  await refused;
  expect(stranger.closes[0]).toBe(1009);
});

test("empty messages, of which nothing waits, do not add up", async ({ expect }) => {
  const socket = new FakeWebSocket();
  const stream = webSocketStream(socket, new ConversationProof());
  for (let sent = 0; sent <= LIMITS.webSocketInput; sent += 256) socket.receive(new ArrayBuffer(0));
  expect(socket.closes).toEqual([]);
  socket.receive(Uint8Array.of(97).buffer);
  expect(await stream.read()).toEqual(Uint8Array.of(97));
  await stream.close();
});

const STEP = LIMITS.webSocketFlowStep;
const WINDOW = LIMITS.webSocketFlowWindow;

/** A stream with `imap.flow`, and whether its write of so many octets is done. */
function writing(octets: number) {
  const socket = new FakeWebSocket();
  const stream = webSocketStream(socket, new EchoProof());
  const write = { state: "waiting" };
  const done = stream.write(new Uint8Array(octets)).then(
    () => void (write.state = "done"),
    (error: unknown) => void (write.state = String(error)),
  );
  return { socket, stream, write, done };
}

test("imap.flow: a window is sent, a token behind each step, and the rest as echoes come", async ({ expect }) => {
  const { socket, write, done } = writing(WINDOW + 2 * STEP + 5);
  await settle();
  expect([socket.octets, write.state]).toEqual([WINDOW, "waiting"]);
  expect(socket.messages.map((message) => typeof message)).toEqual(
    Array.from({ length: (2 * WINDOW) / STEP }, (_, at) => (at % 2 === 0 ? "number" : "string")),
  );
  expect(new Set(socket.tokens).size).toBe(WINDOW / STEP);
  for (const token of socket.tokens) expect(token).toMatch(/^[0-9a-f]{32}$/);
  for (let echoes = 1; echoes <= 2; echoes++) {
    socket.receive(socket.tokens[echoes - 1]);
    await settle();
    expect([socket.octets, write.state]).toEqual([WINDOW + echoes * STEP, "waiting"]);
  }
  socket.receive(socket.tokens[2]);
  await done;
  expect([socket.octets, write.state, socket.closes]).toEqual([WINDOW + 2 * STEP + 5, "done", []]);
});

test("imap.flow: small writes add up to a step", async ({ expect }) => {
  const { socket, stream, done } = writing(10);
  await done;
  await stream.write(new Uint8Array(STEP - 11));
  expect(socket.tokens).toEqual([]);
  await stream.write(new Uint8Array(1));
  expect(socket.messages).toEqual([10, STEP - 11, 1, expect.any(String)]);
});

test("imap.flow: binary messages prove nothing", async ({ expect }) => {
  const { socket, write } = writing(WINDOW + 1);
  socket.receive(buffer("a NOOP\r\n"));
  socket.receive(new ArrayBuffer(0));
  await settle();
  expect([socket.octets, write.state]).toEqual([WINDOW, "waiting"]);
});

test("imap.flow: a text that is not the oldest token ends the connection", async ({ expect }) => {
  for (const text of ["", "guess", 1, "upper"] as const) {
    const { socket, stream, done, write } = writing(WINDOW + 1);
    await settle();
    const [oldest = ""] = socket.tokens;
    socket.receive(text === 1 ? socket.tokens[1] : text === "upper" ? `${oldest} ` : text);
    await done;
    expect([socket.closes, write.state]).toEqual([[1008], expect.stringMatching(/expected the oldest token/)]);
    await expect(stream.read()).rejects.toThrow("expected the oldest token");
  }
  const { socket, done } = writing(STEP);
  await done;
  for (let times = 0; times < 2; times++) socket.receive(socket.tokens[0]);
  expect(socket.closes).toEqual([1008]);
});

test("imap.flow: a write that waits ends with the connection, whoever ends it", async ({ expect }) => {
  const left = writing(WINDOW + 1);
  await settle();
  left.socket.leave();
  await left.done;
  const closed = writing(WINDOW + 1);
  await settle();
  await closed.stream.close();
  await closed.done;
  for (const { write, socket } of [left, closed])
    expect([write.state, socket.octets]).toEqual([expect.stringMatching(/^Error: WebSocket/), WINDOW]);
});

test("imap.flow: a client that does not echo holds back its account, and goes on where it was", async ({ expect }) => {
  const object = new FakeAccountObject();
  const edge = createEdge(object);
  const socket = new FakeWebSocket();
  const done = handleWebSocket(socket, "imap.flow", "", edge.services);
  const size = 5 * WINDOW;
  socket.receive(buffer("a LOGIN user pass\r\n"));
  await settle();
  socket.receive(buffer(`b APPEND INBOX {${size}+}\r\n${"x".repeat(size)}\r\nc SELECT INBOX\r\nd FETCH 1 BODY[]\r\ne NOOP\r\n`));
  // What does not fit as a whole is not begun.
  while (socket.octets <= WINDOW - STEP) await settle();
  for (let turn = 0; turn < 20; turn++) await settle();
  expect(socket.octets).toBeLessThanOrEqual(WINDOW);
  expect(object.sent).toBeLessThan(WINDOW + LIMITS.outputWindow + 2 * LIMITS.outputMessage);
  for (let echoes = 0; !socket.sent.endsWith("e OK NOOP completed\r\n");) {
    const token = socket.tokens[echoes];
    if (token !== undefined) {
      echoes++;
      socket.receive(token);
    }
    await settle();
  }
  expect(socket.sent).toContain(`{${size}}\r\n${"x".repeat(size)})\r\nd OK`);
  socket.leave();
  await done;
  expect([object.links.size, edge.clock.armed, edge.faults]).toEqual([0, 0, []]);
});

test("imap: what a client may leave without a word is bounded, and any message of it begins anew", async ({ expect }) => {
  const socket = new FakeWebSocket();
  const stream = webSocketStream(socket, new ConversationProof());
  const piece = new Uint8Array(STEP);
  const fill = async (): Promise<void> => {
    for (let sent = 0; sent < LIMITS.webSocketUnproven; sent += STEP) await stream.write(piece);
  };
  await fill();
  socket.receive(buffer("a NOOP\r\n"));
  await fill();
  expect([socket.octets, socket.tokens, socket.closes]).toEqual([2 * LIMITS.webSocketUnproven, [], []]);
  await expect(stream.write(Uint8Array.of(1))).rejects.toThrow("use imap.flow");
  expect([socket.octets, socket.closes]).toEqual([2 * LIMITS.webSocketUnproven, [1008]]);
  await expect(stream.read()).rejects.toThrow("use imap.flow");
});
