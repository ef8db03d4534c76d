import { env } from "cloudflare:workers";
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { test } from "vitest";

import { LIMITS } from "../../src/limits.ts";
import { Client, createAccount } from "./support/client.ts";

async function logIn(name: string): Promise<Client> {
  const client = await Client.connect();
  await client.command(`LOGIN ${name} pw`);
  return client;
}

test("connections that have ended leave nothing in the object", async ({ expect }) => {
  const id = await createAccount("many", "pw");
  for (let at = 0; at < LIMITS.connectionsPerAccount + 6; at++) {
    const client = await logIn("many");
    if (at % 2 === 0) await client.command("LOGOUT");
    else await client.close();
  }
  const last = await logIn("many");
  expect((await last.command("NOOP")).at(-1)).toBe("OK NOOP completed");
  const open = await runInDurableObject(env.ACCOUNTS.getByName(id), (_object, state) => state.getWebSockets().length);
  expect(open).toBeLessThan(5);
});

test("an account with too many connections says LIMIT", async ({ expect }) => {
  await createAccount("crowd", "pw");
  const clients: Client[] = [];
  for (let at = 0; at < LIMITS.connectionsPerAccount; at++) clients.push(await logIn("crowd"));
  const refused = await Client.connect();
  expect((await refused.command("LOGIN crowd pw"))[0]).toMatch(/^NO \[LIMIT\] /);
  await clients[0]?.command("LOGOUT");
  expect((await clients[1]?.command("NOOP"))?.at(-1)).toBe("OK NOOP completed");
});

test("a link whose object is gone ends with BYE", async ({ expect }) => {
  const id = await createAccount("gone", "pw");
  const client = await logIn("gone");
  await evictDurableObject(env.ACCOUNTS.getByName(id), { webSockets: "close" });
  expect(await client.line()).toMatch(/^\* BYE \[UNAVAILABLE\] /);
  expect(await client.line()).toBeUndefined();
});

test("a long conversation in real SQLite, with the object evicted between all commands", async ({ expect }) => {
  const id = await createAccount("long", "pw");
  const client = await logIn("long");
  const evict = () => evictDurableObject(env.ACCOUNTS.getByName(id));
  const steps: [command: string, answer: RegExp][] = [
    ["CREATE Work/Plans", /^OK/],
    ["APPEND Work/Plans (\\Seen $Label1) {16+}\r\nSubject: one\r\n\r\n", /^OK \[APPENDUID \d+ 1\]/],
    ["APPEND Work/Plans {16+}\r\nSubject: two\r\n\r\n", /^OK \[APPENDUID \d+ 2\]/],
    ["SELECT Work/Plans", /^OK \[READ-WRITE\]/],
    ["SEARCH SUBJECT two", /^OK/],
    ["COPY 1:* Archive", /^OK \[COPYUID \d+ 1:2 1:2\]/],
    ["STORE 1 +FLAGS (\\Deleted)", /^OK/],
    ["EXPUNGE", /^OK/],
    ["MOVE 1 Trash", /^OK/],
    ["RENAME Work/Plans Work/Past", /^OK/],
    ["STATUS Archive (MESSAGES UIDNEXT)", /^OK/],
    ["CLOSE", /^OK/],
    ["DELETE Work/Past", /^OK/],
    ['LIST "" "*"', /^OK/],
  ];
  for (const [command, answer] of steps) {
    expect((await client.command(command)).at(-1), command).toMatch(answer);
    await evict();
  }
  expect(await client.command("STATUS Trash (MESSAGES)")).toContain("* STATUS Trash (MESSAGES 1)");
});

test("the directory keeps its accounts when it was evicted", async ({ expect }) => {
  await createAccount("kept", "pw");
  await evictDurableObject(env.DIRECTORY.getByName("directory"));
  const client = await logIn("kept");
  expect((await client.command("NOOP")).at(-1)).toBe("OK NOOP completed");
});
