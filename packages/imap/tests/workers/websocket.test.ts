import { exports } from "cloudflare:workers";
import { test } from "vitest";

import { admin, Client, createAccount } from "./support/client.ts";

async function open(headers: Record<string, string>): Promise<Response> {
  return exports.default.fetch("http://sluice.test/imap", { headers: { Upgrade: "websocket", ...headers } });
}

test("IMAP over WebSocket gets pushes from a TCP connection of the same account", async ({ expect }) => {
  await createAccount("web", "pw");
  const response = await open({ "Sec-WebSocket-Protocol": "imap" });
  expect([response.status, response.headers.get("Sec-WebSocket-Protocol")]).toEqual([101, "imap"]);
  const socket = response.webSocket;
  if (socket === null) throw new Error("no WebSocket");
  let text = "";
  let wake: (() => void) | undefined;
  const closed = new Promise<void>((resolve) => socket.addEventListener("close", () => resolve()));
  socket.binaryType = "arraybuffer";
  socket.addEventListener("message", ({ data }) => {
    text += new TextDecoder().decode(data instanceof ArrayBuffer ? data : undefined);
    wake?.();
  });
  socket.accept();
  const until = async (end: string): Promise<void> => {
    while (!text.includes(end)) await new Promise<void>((resolve) => (wake = resolve));
  };
  await until("ready\r\n");
  const encoder = new TextEncoder();
  socket.send(encoder.encode("a LOGIN web pw\r\nb SELECT IN"));
  socket.send(encoder.encode("BOX\r\nc IDLE\r\n"));
  await until("+ idling\r\n");
  const other = await Client.connect();
  await other.command("LOGIN web pw");
  await other.command("APPEND INBOX {5+}\r\nhello");
  await until("* 1 EXISTS\r\n");
  socket.send(encoder.encode("DONE\r\nd LOGOUT\r\n"));
  await until("d OK LOGOUT completed\r\n");
  await closed;
});

test("a request that is no IMAP WebSocket is refused", async ({ expect }) => {
  expect((await open({})).status).toBe(400);
  expect((await exports.default.fetch("http://sluice.test/imap")).status).toBe(426);
  expect((await exports.default.fetch("http://sluice.test/")).status).toBe(404);
  expect(await (await exports.default.fetch("http://sluice.test/health")).json()).toEqual({ status: "ok", version: "test" });
});

test("accounts are listed, and passwords change", async ({ expect }) => {
  const id = await createAccount("changing", "pw");
  const { accounts } = await (await admin("GET", "")).json<{ accounts: { id: string; name: string; createdAt: number }[] }>();
  expect(accounts.filter((account) => account.id === id)).toEqual([{ id, name: "changing@sluice.test", createdAt: expect.any(Number) }]);
  const client = await Client.connect();
  expect((await client.command("LOGIN changing wrong"))[0]).toMatch(/^NO \[AUTHENTICATIONFAILED\]/);
  expect((await admin("PUT", "/changing/password", { password: "other" })).status).toBe(204);
  expect((await client.command("LOGIN changing pw"))[0]).toMatch(/^NO \[AUTHENTICATIONFAILED\]/);
  expect((await client.command("LOGIN changing other"))[0]).toMatch(/^OK /);
});
