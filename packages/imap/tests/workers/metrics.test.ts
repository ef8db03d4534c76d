import { env, exports } from "cloudflare:workers";
import { evictDurableObject } from "cloudflare:test";
import { test } from "vitest";
import { uuidv7 } from "uuidv7";

import { AccountId } from "../../src/mailbox/records.ts";
import { encodeHello } from "../../src/transport/link-frames.ts";
import { Client, createAccount } from "./support/client.ts";

async function metrics(): Promise<ReadonlyMap<string, number>> {
  const response = await exports.default.fetch("http://sluice.test/metrics", { headers: { Authorization: "Bearer token-of-the-tests" } });
  if (response.status !== 200) throw new Error(`/metrics answered ${response.status}`);
  const samples = (await response.text()).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(samples.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ") + 1))]));
}

/** What has been added to each metric since `before`; those that are as they were are left out. */
function since(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): Record<string, number> {
  const changes = [...after].map(([name, value]): [string, number] => [name, value - (before.get(name) ?? 0)]);
  return Object.fromEntries(changes.filter(([, change]) => change !== 0));
}

/** Asks again until a gauge has a value: what is awaited comes after the last answer to a client. The test's time-out is the bound. */
async function until(name: string, value: number): Promise<ReadonlyMap<string, number>> {
  for (;;) {
    const now = await metrics();
    if (now.get(name) === value) return now;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const SESSIONS = "sluice_sessions_open";
const CONNECTIONS = 'sluice_connections_open{transport="tcp"}';

/** A link of one's own to an account object, with a session, and no edge that would end it in good order. */
async function link(accountId: string): Promise<WebSocket> {
  const response = await env.ACCOUNTS.getByName(accountId).fetch("http://account/link", { headers: { Upgrade: "websocket" } });
  const socket = response.webSocket;
  if (socket === null) throw new Error("no WebSocket");
  socket.accept();
  const origin = { sessionId: uuidv7(), accountId: AccountId.parse(accountId), accountName: "a@sluice.test", remoteAddress: "" };
  socket.send(encodeHello({ ...origin, transport: "tcp" }));
  return socket;
}

test("what the edge and the account object do is counted together, and nobody reads it without the token", async ({ expect }) => {
  await createAccount("metered", "pw");
  const before = await metrics();
  const client = await Client.connect();
  await client.command("LOGIN metered pw");
  await client.command("SELECT INBOX");
  await client.command("SELECT Nowhere");
  await client.command("NOOP");
  await client.command("FROBNICATE");
  const during = since(before, await metrics());
  expect(during).toMatchObject({
    'sluice_connections_total{transport="tcp"}': 1,
    [CONNECTIONS]: 1,
    [SESSIONS]: 1,
    sluice_objects_started_total: 1,
    'sluice_commands_total{command="LOGIN",status="OK"}': 1,
    'sluice_commands_total{command="SELECT",status="OK"}': 1,
    'sluice_commands_total{command="SELECT",status="NO"}': 1,
    'sluice_commands_total{command="NOOP",status="OK"}': 1,
    'sluice_commands_total{command="unknown",status="BAD"}': 1,
    'sluice_command_duration_seconds_count{command="SELECT"}': 2,
  });
  await client.command("LOGOUT");
  expect(await client.line()).toBeUndefined();
  const after = since(before, await until(CONNECTIONS, before.get(CONNECTIONS) ?? 0));
  expect(after).toMatchObject({
    'sluice_connections_closed_total{transport="tcp",reason="finished"}': 1,
    'sluice_connections_logged_in_total{transport="tcp"}': 1,
    'sluice_connection_duration_seconds_count{transport="tcp"}': 1,
  });
  expect(after).not.toHaveProperty(SESSIONS);
  expect(after['sluice_octets_received_total{transport="tcp"}']).toBeGreaterThan(80);
  expect(after['sluice_octets_sent_total{transport="tcp"}']).toBeGreaterThan(200);
  expect((await exports.default.fetch("http://sluice.test/metrics")).status).toBe(401);
});

test("a session that sleeps and wakes is one session, whatever its object does", async ({ expect }) => {
  const id = await createAccount("dozing", "pw");
  const before = await metrics();
  const client = await Client.connect();
  await client.command("LOGIN dozing pw");
  for (let sleep = 0; sleep < 3; sleep++) {
    await evictDurableObject(env.ACCOUNTS.getByName(id));
    await client.command("NOOP");
    expect(since(before, await metrics())).toMatchObject({ [SESSIONS]: 1, sluice_objects_started_total: sleep + 2 });
  }
  await client.command("LOGOUT");
  expect(await client.line()).toBeUndefined();
  expect(since(before, await until(CONNECTIONS, before.get(CONNECTIONS) ?? 0))).not.toHaveProperty(SESSIONS);
});

test("a session whose link closes while it sleeps is over", async ({ expect }) => {
  const id = await createAccount("vanishing", "pw");
  const open = (await metrics()).get(SESSIONS) ?? 0;
  const first = await link(id);
  const second = await link(id);
  await until(SESSIONS, open + 2);
  await evictDurableObject(env.ACCOUNTS.getByName(id));
  expect((await metrics()).get(SESSIONS)).toBe(open + 2);
  // No close frame: the edge is gone. The object wakes for the socket alone.
  first.close(1001, "");
  await until(SESSIONS, open + 1);
  second.close(1001, "");
  expect((await until(SESSIONS, open)).get(SESSIONS)).toBe(open);
});

test("a session whose object is awake when the link closes is over too, and one without a hello never was one", async ({ expect }) => {
  const id = await createAccount("cut", "pw");
  const open = (await metrics()).get(SESSIONS) ?? 0;
  const cut = await link(id);
  await until(SESSIONS, open + 1);
  const { webSocket: mute } = await env.ACCOUNTS.getByName(id).fetch("http://account/link", { headers: { Upgrade: "websocket" } });
  mute?.accept();
  mute?.close(1001, "");
  cut.close(1001, "");
  await until(SESSIONS, open);
  await env.ACCOUNTS.getByName(id).removeAccount();
  expect((await metrics()).get(SESSIONS)).toBe(open);
});
