import { env } from "cloudflare:workers";
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { test } from "vitest";

import { admin, Client, createAccount } from "./support/client.ts";

async function logIn(name: string): Promise<Client> {
  const client = await Client.connect();
  await client.command(`LOGIN ${name} pw`);
  return client;
}

function append(mailbox: string, message: string): string {
  return `APPEND ${mailbox} {${message.length}+}\r\n${message}`;
}

test("a message that was appended is fetched again", async ({ expect }) => {
  await createAccount("fetch", "pw");
  const client = await logIn("fetch");
  const message = "Subject: one\r\n\r\nbody";
  expect((await client.command(append("INBOX", message))).at(-1)).toMatch(/^OK \[APPENDUID \d+ 1\]/);
  await client.command("SELECT INBOX");
  expect(await client.command("FETCH 1 (UID FLAGS BODY.PEEK[])")).toEqual([
    `* 1 FETCH (UID 1 FLAGS (\\Recent) BODY[] {${message.length}}`,
    "Subject: one",
    "",
    "body)",
    "OK FETCH completed",
  ]);
  expect((await client.command("LOGOUT")).at(-1)).toBe("OK LOGOUT completed");
  expect(await client.line()).toBeUndefined();
});

test("IDLE is told of another connection's changes", async ({ expect }) => {
  await createAccount("push", "pw");
  const idler = await logIn("push");
  const other = await logIn("push");
  await idler.command("SELECT INBOX");
  await idler.send("i IDLE\r\n");
  expect(await idler.line()).toBe("+ idling");
  await other.command(append("INBOX", "Subject: x\r\n\r\n"));
  expect(await idler.line()).toBe("* 1 EXISTS");
  expect(await idler.line()).toBe("* 1 RECENT");
  await idler.send("DONE\r\n");
  expect((await idler.answers("i")).at(-1)).toBe("OK IDLE completed");
});

test("a session goes on when its object was evicted between two commands", async ({ expect }) => {
  const id = await createAccount("evicted", "pw");
  const client = await logIn("evicted");
  await client.command("ENABLE CONDSTORE");
  await client.command(append("INBOX", "Subject: x\r\n\r\n"));
  await client.command("SELECT INBOX");
  await evictDurableObject(env.ACCOUNTS.getByName(id));
  expect(await client.command("FETCH 1 (UID FLAGS)")).toEqual(["* 1 FETCH (UID 1 FLAGS (\\Recent))", "OK FETCH completed"]);
  await evictDurableObject(env.ACCOUNTS.getByName(id));
  const stored = await client.command("STORE 1 +FLAGS (\\Flagged)");
  expect(stored[0]).toMatch(/^\* 1 FETCH \(.*FLAGS \(\\Flagged \\Recent\).* MODSEQ \(\d+\)/);
  expect(stored.at(-1)).toBe("OK STORE completed");
});

test("an IDLE outlives its object's memory and is still told", async ({ expect }) => {
  const id = await createAccount("asleep", "pw");
  const idler = await logIn("asleep");
  const other = await logIn("asleep");
  await other.command(append("INBOX", "Subject: x\r\n\r\n"));
  await idler.command("SELECT INBOX");
  await idler.send("i IDLE\r\n");
  expect(await idler.line()).toBe("+ idling");
  await evictDurableObject(env.ACCOUNTS.getByName(id));
  await other.command(append("INBOX", "Subject: y\r\n\r\n"));
  expect([await idler.line(), await idler.line()]).toEqual(["* 2 EXISTS", "* 2 RECENT"]);
  await evictDurableObject(env.ACCOUNTS.getByName(id));
  await other.command("SELECT INBOX");
  await other.command("STORE 1 +FLAGS.SILENT (\\Deleted)");
  expect(await idler.line()).toMatch(/^\* 1 FETCH .*\\Deleted/);
  await other.command("EXPUNGE");
  expect(await idler.line()).toBe("* 1 EXPUNGE");
  await evictDurableObject(env.ACCOUNTS.getByName(id));
  await idler.send("DONE\r\nn NOOP\r\n");
  expect(await idler.answers("i")).toEqual(["OK IDLE completed"]);
  expect(await idler.answers("n")).toEqual(["OK NOOP completed"]);
});

test("a synchronizing literal is asked for by the edge, and by the object where it decides", async ({ expect }) => {
  await createAccount("literal", "pw");
  const client = await Client.connect();
  await client.send("a LOGIN {7}\r\n");
  expect(await client.line()).toBe("+ OK");
  await client.send("literal {2}\r\n");
  expect(await client.line()).toBe("+ OK");
  await client.send("pw\r\n");
  expect((await client.answers("a")).at(-1)).toMatch(/^OK /);
  await client.send("b STATUS {5}\r\n");
  expect(await client.line()).toBe("+ OK");
  await client.send("INBOX (MESSAGES)\r\n");
  expect(await client.answers("b")).toEqual(["* STATUS INBOX (MESSAGES 0)", "OK STATUS completed"]);
  await client.send("c APPEND INBOX {14}\r\n");
  expect(await client.line()).toBe("+ OK");
  await client.send("Subject: x\r\n\r\n\r\n");
  expect((await client.answers("c")).at(-1)).toMatch(/^OK \[APPENDUID/);
  expect((await client.command("APPEND Nowhere {14}")).at(-1)).toMatch(/^NO \[TRYCREATE\]/);
  expect((await client.command(`APPEND INBOX {99999999}`)).at(-1)).toMatch(/^NO \[TOOBIG\]/);
  expect((await client.command("NOOP")).at(-1)).toBe("OK NOOP completed");
});

test("commands sent in one go with LOGIN are answered in order, also after the end of input", async ({ expect }) => {
  await createAccount("pipeline", "pw");
  const client = await Client.connect();
  await client.send("a LOGIN pipeline pw\r\nb SELECT INBOX\r\nc STATUS INBOX (UIDNEXT)\r\nd LOGOUT\r\n");
  for (const tag of ["a", "b", "c", "d"]) expect((await client.answers(tag)).at(-1)).toMatch(/^OK/);
  expect(await client.line()).toBeUndefined();
});

test("an account that is removed says BYE to its sessions and takes no new ones", async ({ expect }) => {
  const id = await createAccount("removed", "pw");
  const client = await logIn("removed");
  await client.command(append("INBOX", "Subject: x\r\n\r\n"));
  expect((await admin("DELETE", "/removed")).status).toBe(204);
  expect(await client.line()).toBe("* BYE This account has been removed");
  expect(await client.line()).toBeUndefined();
  const again = await Client.connect();
  expect(await again.command("LOGIN removed pw")).toEqual(["NO [AUTHENTICATIONFAILED] Authentication failed"]);
  expect((await admin("DELETE", "/removed")).status).toBe(404);
  // Should the directory not have heard of it, the removal is repeated.
  await env.ACCOUNTS.getByName(id).removeAccount();
  await evictDurableObject(env.ACCOUNTS.getByName(id));
  await env.ACCOUNTS.getByName(id).removeAccount();
  expect((await env.ACCOUNTS.getByName(id).fetch("http://account/link", { headers: { Upgrade: "websocket" } })).status).toBe(410);
  await createAccount("removed", "pw");
  const fresh = await logIn("removed");
  expect(await fresh.command("STATUS INBOX (MESSAGES)")).toEqual(["* STATUS INBOX (MESSAGES 0)", "OK STATUS completed"]);
});

test("what is expunged is reclaimed by the alarm", async ({ expect }) => {
  const id = await createAccount("reclaim", "pw");
  const client = await logIn("reclaim");
  await client.command(append("INBOX", `Subject: x\r\n\r\n${"body\r\n".repeat(1000)}`));
  await client.command("SELECT INBOX");
  await client.command("STORE 1 +FLAGS.SILENT (\\Deleted)");
  await client.command("EXPUNGE");
  const stub = env.ACCOUNTS.getByName(id);
  const rows = (table: string) =>
    runInDurableObject(stub, (_object, state) => state.storage.sql.exec(`SELECT count(*) FROM ${table}`).raw().next().value?.[0]);
  expect(await rows("content")).toBe(1);
  expect(await runDurableObjectAlarm(stub)).toBe(true);
  expect(await rows("content")).toBe(0);
  expect(await rows("body_chunk")).toBe(0);
});
