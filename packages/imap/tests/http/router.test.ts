import { test } from "vitest";

import { createRouter, type RouterServices } from "../../src/http/router.ts";
import { LIMITS } from "../../src/limits.ts";
import { createFakeDirectory, createFakeHasher } from "../auth/fakes.ts";

const TOKEN = "0123456789abcdef";

type WebSocketSettings = Pick<RouterServices, "webSocketOrigins" | "webSocketPlain" | "clientAddressHeader">;

const WEBSOCKET: WebSocketSettings = { webSocketOrigins: [], webSocketPlain: true, clientAddressHeader: undefined };

interface Settings extends Partial<WebSocketSettings> {
  readonly token?: string;
  readonly metricsTokens?: readonly (string | undefined)[];
  readonly shutsDown?: boolean;
}

function create({ token = TOKEN, metricsTokens = [undefined, token], shutsDown = true, ...webSocket }: Settings = {}) {
  const directory = createFakeDirectory();
  const wiped: string[] = [];
  const restarted: string[] = [];
  let connections = 2;
  const faults: unknown[] = [];
  const sockets: string[] = [];
  const router = createRouter({
    version: "1.2.3",
    log: { enabled: () => true, log() {}, fault: (_message, error) => void faults.push(error) },
    admin: {
      directory,
      hasher: createFakeHasher(),
      defaultDomain: "sluice.test",
      token: TOKEN,
      wipe: (id) => {
        wiped.push(id);
        return Promise.resolve();
      },
      restart: (id) => {
        restarted.push(id);
        return Promise.resolve();
      },
      shutDown: shutsDown ? () => connections-- : undefined,
    },
    metrics: { tokens: metricsTokens, render: () => "a_metric 1\n" },
    ...WEBSOCKET,
    ...webSocket,
    acceptWebSocket(remoteAddress, subprotocol) {
      sockets.push(`${remoteAddress} ${subprotocol}`);
      return new Response("accepted");
    },
  });
  const respond = (method: string, path: string, options: { body?: string; token?: string; headers?: Record<string, string> } = {}) => {
    const headers = { Authorization: `Bearer ${options.token ?? TOKEN}`, ...options.headers };
    return router.handle(
      new Request(`http://x${path}`, { method, headers, ...(options.body === undefined ? {} : { body: options.body }) }),
      () => {},
    );
  };
  const request = async (...call: Parameters<typeof respond>) => {
    const response = await respond(...call);
    const text = await response.text();
    return { status: response.status, body: text.startsWith("{") ? (JSON.parse(text) as unknown) : text };
  };
  return { request, respond, directory, wiped, restarted, faults, sockets };
}

const json = (value: unknown) => ({ body: JSON.stringify(value) });

test("health needs no token", async ({ expect }) => {
  const { request } = create();
  expect(await request("GET", "/health", { token: "" })).toEqual({ status: 200, body: { status: "ok", version: "1.2.3" } });
  expect((await request("POST", "/health")).status).toBe(405);
});

test("what is not there is 404", async ({ expect }) => {
  const { request } = create();
  for (const path of [
    "/",
    "/imap2",
    "/admin",
    "/admin/v1",
    "/admin/v1/accounts/",
    "/admin/v1/accounts/a/b",
    "/admin/v1/accounts/a/password/c",
  ]) {
    expect((await request("GET", path)).status, path).toBe(404);
  }
});

test("the life of an account", async ({ expect }) => {
  const { request, directory, wiped } = create();
  expect(await request("GET", "/admin/v1/accounts")).toEqual({ status: 200, body: { accounts: [] } });
  const created = await request("POST", "/admin/v1/accounts", json({ name: "Demo", password: "pass" }));
  expect(created).toMatchObject({ status: 201, body: { name: "demo@sluice.test" } });
  expect(await request("POST", "/admin/v1/accounts", json({ name: "demo@sluice.test", password: "x" }))).toMatchObject({ status: 409 });
  expect(await request("GET", "/admin/v1/accounts")).toMatchObject({ body: { accounts: [{ name: "demo@sluice.test", createdAt: 1 }] } });
  const before = directory.accounts.get("demo@sluice.test")?.password;
  expect(await request("PUT", "/admin/v1/accounts/demo%40sluice.test/password", json({ password: "new" }))).toEqual({
    status: 204,
    body: "",
  });
  expect(directory.accounts.get("demo@sluice.test")?.password).not.toEqual(before);
  expect(await request("PUT", "/admin/v1/accounts/nobody/password", json({ password: "new" }))).toMatchObject({ status: 404 });
  const id = directory.accounts.get("demo@sluice.test")?.id;
  expect(await request("DELETE", "/admin/v1/accounts/demo")).toEqual({ status: 204, body: "" });
  expect([wiped, directory.accounts.size]).toEqual([[id], 0]);
  expect(await request("DELETE", "/admin/v1/accounts/demo")).toMatchObject({ status: 404 });
});

test("an account's object is restarted, and connections are shut down where that is allowed", async ({ expect }) => {
  const { request, directory, restarted } = create();
  await request("POST", "/admin/v1/accounts", json({ name: "demo", password: "pw" }));
  const id = [...directory.accounts.values()][0]?.id;
  expect(await request("POST", "/admin/v1/accounts/demo/restart")).toEqual({ status: 204, body: "" });
  expect(await request("POST", "/admin/v1/accounts/nobody/restart")).toMatchObject({ status: 404 });
  expect((await request("GET", "/admin/v1/accounts/demo/restart")).status).toBe(405);
  expect(restarted).toEqual([id]);
  for (const connections of [2, 1]) expect(await request("POST", "/admin/v1/shutdown")).toEqual({ status: 200, body: { connections } });
  expect((await request("GET", "/admin/v1/shutdown")).status).toBe(405);
  expect((await create({ shutsDown: false }).request("POST", "/admin/v1/shutdown")).status).toBe(404);
});

test("nothing is answered without the token", async ({ expect }) => {
  const { request, directory } = create();
  for (const headers of [
    { Authorization: "" },
    { Authorization: TOKEN },
    { Authorization: `Basic ${TOKEN}` },
    { Authorization: `Bearer ${TOKEN}x` },
    { Authorization: "Bearer " },
  ]) {
    expect((await request("POST", "/admin/v1/accounts", { ...json({ name: "a", password: "b" }), headers })).status).toBe(401);
  }
  expect(directory.accounts.size).toBe(0);
  expect((await request("GET", "/admin/v1/accounts", { headers: { Authorization: `bearer  ${TOKEN}` } })).status).toBe(200);
});

test("without a token in the settings the API is off", async ({ expect }) => {
  const router = createRouter({
    version: "1",
    log: { enabled: () => true, log() {}, fault() {} },
    admin: {
      directory: createFakeDirectory(),
      hasher: createFakeHasher(),
      defaultDomain: "sluice.test",
      token: undefined,
      wipe: () => Promise.resolve(),
      restart: () => Promise.resolve(),
      shutDown: () => 0,
    },
    metrics: { tokens: [undefined], render: () => "a_metric 1\n" },
    ...WEBSOCKET,
    acceptWebSocket: () => new Response(""),
  });
  for (const authorization of ["", "Bearer ", "Bearer undefined"]) {
    const response = await router.handle(
      new Request("http://x/admin/v1/accounts", { headers: { Authorization: authorization } }),
      () => {},
    );
    expect(response.status).toBe(404);
  }
});

test("metrics are text, for whoever bears one of the tokens", async ({ expect }) => {
  const own = "abcdefghijklmnop";
  for (const tokens of [
    [own, TOKEN],
    [undefined, TOKEN],
    [own, undefined],
  ]) {
    const { request } = create({ metricsTokens: tokens });
    for (const token of [own, TOKEN]) {
      const allowed = tokens.includes(token);
      expect(await request("GET", "/metrics", { token }), token).toMatchObject(
        allowed ? { status: 200, body: "a_metric 1\n" } : { status: 401, body: { error: expect.any(String) } },
      );
    }
    for (const Authorization of ["", own, TOKEN, "Bearer ", "Bearer undefined", `Bearer ${own}x`, `Basic ${TOKEN}`])
      expect((await request("GET", "/metrics", { headers: { Authorization } })).status, Authorization).toBe(401);
  }
  const { request, respond } = create();
  expect((await request("POST", "/metrics")).status).toBe(405);
  expect((await request("GET", "/metrics/")).status).toBe(404);
  const { headers } = await respond("GET", "/metrics");
  expect([headers.get("Content-Type"), headers.get("Cache-Control")]).toEqual(["text/plain; version=0.0.4; charset=utf-8", "no-store"]);
});

test("without any token in the settings there are no metrics", async ({ expect }) => {
  const { request } = create({ metricsTokens: [undefined, undefined] });
  for (const Authorization of ["", "Bearer ", "Bearer undefined", `Bearer ${TOKEN}`])
    expect((await request("GET", "/metrics", { headers: { Authorization } })).status).toBe(404);
});

test("the token of the metrics opens nothing else", async ({ expect }) => {
  const { request } = create({ metricsTokens: ["abcdefghijklmnop", TOKEN] });
  expect((await request("GET", "/admin/v1/accounts", { token: "abcdefghijklmnop" })).status).toBe(401);
});

test("bad input is told, without the password", async ({ expect }) => {
  const { request, directory } = create();
  const bodies: unknown[] = [
    {},
    { name: "a" },
    { name: "a", password: "" },
    { name: "a", password: "secret\r\n" },
    { name: "a", password: "\u00e9".repeat(LIMITS.passwordOctets - 1) },
    { name: "a b", password: "secret" },
    { name: "x".repeat(1000), password: "secret" },
    { name: "a", password: "secret", extra: 1 },
    { name: 1, password: 2 },
    [],
    null,
  ];
  for (const body of bodies) {
    const answer = await request("POST", "/admin/v1/accounts", json(body));
    expect(answer).toEqual({ status: 400, body: { error: expect.any(String) } });
    expect(JSON.stringify(answer.body)).not.toContain("secret");
  }
  expect((await request("POST", "/admin/v1/accounts", { body: "{" })).status).toBe(400);
  expect((await request("POST", "/admin/v1/accounts")).status).toBe(400);
  expect((await request("POST", "/admin/v1/accounts", { body: " ".repeat(LIMITS.adminBody + 1) })).status).toBe(413);
  expect((await request("DELETE", "/admin/v1/accounts/%ff")).status).toBe(400);
  expect(directory.accounts.size).toBe(0);
});

test("methods that are not there are 405", async ({ expect }) => {
  const { request } = create();
  expect((await request("PUT", "/admin/v1/accounts")).status).toBe(405);
  expect((await request("GET", "/admin/v1/accounts/a")).status).toBe(405);
  expect((await request("DELETE", "/admin/v1/accounts/a/password")).status).toBe(405);
});

test("an error that nobody foresaw is 500, logged, and not shown", async ({ expect }) => {
  const { request, directory, faults } = create();
  directory.list = () => Promise.reject(new Error("the inside of it"));
  expect(await request("GET", "/admin/v1/accounts")).toEqual({ status: 500, body: { error: "Internal error" } });
  expect(faults.length).toBe(1);
});

const upgrade = (headers: Record<string, string> = {}) => ({
  headers: { Upgrade: "WebSocket", "Sec-WebSocket-Protocol": "imap", ...headers },
});

test("the WebSocket transport wants one of its subprotocols, and prefers imap.flow", async ({ expect }) => {
  const { request, sockets } = create();
  expect((await request("GET", "/imap")).status).toBe(426);
  expect((await request("GET", "/imap", { headers: { Upgrade: "websocket" } })).status).toBe(400);
  expect((await request("GET", "/imap", upgrade({ "Sec-WebSocket-Protocol": "chat, imap.flower" }))).status).toBe(400);
  for (const offered of ["chat, imap", "imap.flow", "imap, imap.flow", "imap.flow,imap"])
    expect((await request("GET", "/imap", upgrade({ "Sec-WebSocket-Protocol": offered }))).status, offered).toBe(200);
  expect(sockets).toEqual([" imap", " imap.flow", " imap.flow", " imap.flow"]);
});

test("with plain WebSockets off imap.flow is required", async ({ expect }) => {
  const { request, sockets } = create({ webSocketPlain: false });
  expect(await request("GET", "/imap", upgrade())).toEqual({
    status: 400,
    body: { error: "Expected the WebSocket subprotocol imap.flow" },
  });
  expect((await request("GET", "/imap", upgrade({ "Sec-WebSocket-Protocol": "imap, imap.flow" }))).status).toBe(200);
  expect(sockets).toEqual([" imap.flow"]);
});

test("the client's address is what the header of the settings says, and no other", async ({ expect }) => {
  const forged = { "CF-Connecting-IP": "192.0.2.7", "X-Real-IP": "198.51.100.1" };
  const unknown = create();
  await unknown.request("GET", "/imap", upgrade(forged));
  expect(unknown.sockets).toEqual([" imap"]);
  const known = create({ clientAddressHeader: "X-Real-IP" });
  await known.request("GET", "/imap", upgrade(forged));
  await known.request("GET", "/imap", upgrade());
  expect(known.sockets).toEqual(["198.51.100.1 imap", " imap"]);
});

test("pages connect from the server's own host or from a listed origin, programs from anywhere", async ({ expect }) => {
  const own = create();
  const listed = create({ webSocketOrigins: ["https://mail.example.com", "moz-extension://6b1f"] });
  const all = create({ webSocketOrigins: ["*"] });
  const status = async ({ request }: typeof own, origin: string): Promise<number> =>
    (await request("GET", "/imap", upgrade(origin === "" ? {} : { Origin: origin }))).status;
  for (const [origin, ownStatus, listedStatus] of [
    ["", 200, 200],
    ["http://x", 200, 200],
    ["https://x", 200, 200],
    ["https://mail.example.com", 403, 200],
    ["moz-extension://6b1f", 403, 200],
    ["http://mail.example.com", 403, 403],
    ["https://mail.example.com.evil.test", 403, 403],
    ["https://x.evil.test", 403, 403],
    ["https://x:8080", 403, 403],
    ["null", 403, 403],
    ["nonsense", 403, 403],
  ] as const) {
    expect([await status(own, origin), await status(listed, origin), await status(all, origin)], origin).toEqual([
      ownStatus,
      listedStatus,
      200,
    ]);
  }
  expect(await own.request("GET", "/imap", upgrade({ Origin: "https://evil.test" }))).toEqual({
    status: 403,
    body: { error: "Pages of this origin may not connect: it is not in WEBSOCKET_ORIGINS" },
  });
  expect(own.sockets).toHaveLength(3);
});
