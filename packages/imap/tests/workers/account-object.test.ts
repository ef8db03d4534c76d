import { env } from "cloudflare:workers";
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { test } from "vitest";

import { LIMITS } from "../../src/limits.ts";
import { admin, Client, createAccount } from "./support/client.ts";

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

test("clients of an object whose links were closed go on", async ({ expect }) => {
  const id = await createAccount("gone", "pw");
  const client = await logIn("gone");
  await evictDurableObject(env.ACCOUNTS.getByName(id), { webSockets: "close" });
  expect((await client.command("STATUS INBOX (MESSAGES)"))[0]).toBe("* STATUS INBOX (MESSAGES 0)");
});

test("a restart of the object is invisible to a hundred sessions: those in IDLE are told the next mail, the others go on", async ({
  expect,
}) => {
  const accounts = ["one", "two"];
  const sessions = [];
  for (const account of accounts) {
    await createAccount(account, "pw");
    for (let at = 0; at < 50; at++) sessions.push({ account, client: await logIn(account), idle: at % 2 === 0 });
  }
  for (const { client, idle } of sessions) {
    await client.command("SELECT INBOX");
    if (!idle) continue;
    await client.send("i IDLE\r\n");
    expect(await client.line()).toBe("+ idling");
  }
  for (let restart = 1; restart <= 3; restart++) {
    for (const account of accounts) {
      expect((await admin("POST", `/${account}/restart`)).status).toBe(204);
      const writer = await logIn(account);
      expect((await writer.command("APPEND INBOX {6+}\r\nA: b\r\n")).at(-1)).toMatch(/^OK/);
      await writer.close();
    }
    for (const { client, idle } of sessions) {
      if (idle) expect([await client.line(), await client.line()]).toEqual([`* ${restart} EXISTS`, expect.stringMatching(/RECENT$/)]);
      else expect((await client.command("NOOP"))[0]).toBe(`* ${restart} EXISTS`);
    }
  }
  for (const { client } of sessions) await client.close();
});

test("an APPEND that was acknowledged is there after a restart, and one in flight is whole or not there", async ({ expect }) => {
  await createAccount("append", "pw");
  const client = await logIn("append");
  expect((await client.command("APPEND INBOX {6+}\r\nA: b\r\n")).at(-1)).toMatch(/^OK/);
  await client.send(`a APPEND INBOX {200000+}\r\n${"z".repeat(100_000)}`);
  await admin("POST", "/append/restart");
  // Nobody takes the rest any more: it is read on only once the client has read why.
  const rest = client.send(`${"z".repeat(100_000)}\r\nb NOOP\r\n`);
  expect(await client.line()).toMatch(/^\* BYE \[UNAVAILABLE\] /);
  await Promise.allSettled([rest]);
  const other = await logIn("append");
  expect((await other.command("STATUS INBOX (MESSAGES)"))[0]).toBe("* STATUS INBOX (MESSAGES 1)");
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

test("texts are found in real SQLite, by signatures of the delivery, without any, and by those of a search", async ({ expect }) => {
  const id = await createAccount("texts", "pw");
  const client = await logIn("texts");
  for (let at = 0; at < 20; at++) {
    const text = `Subject: number ${at}\r\n\r\n${at % 5 === 0 ? "Quicksilver" : "heliotrope"} \u4f1a\u8b70 ${at}\r\n`;
    const octets = new TextEncoder().encode(text).length;
    expect((await client.command(`APPEND INBOX {${octets}+}\r\n${text}`)).at(-1)).toMatch(/^OK/);
  }
  await client.command("SELECT INBOX");
  const signed = (): Promise<number> =>
    runInDurableObject(env.ACCOUNTS.getByName(id), (_object, { storage }) =>
      Number([...storage.sql.exec("SELECT count(*) FROM text_signature WHERE body IS NOT NULL").raw()][0]?.[0]),
    );
  const searches = async (): Promise<void> => {
    expect((await client.command("SEARCH BODY quicksilver"))[0]).toBe("* SEARCH 1 6 11 16");
    expect((await client.command('SEARCH TEXT "number 1"'))[0]).toBe("* SEARCH 2 11 12 13 14 15 16 17 18 19 20");
    expect((await client.command("SEARCH BODY number"))[0]).toBe("* SEARCH");
    expect((await client.command("SEARCH CHARSET UTF-8 NOT BODY {6+}\r\n\u4f1a\u8b70"))[0]).toBe("* SEARCH");
  };
  expect(await signed()).toBe(20);
  await searches();
  await runInDurableObject(env.ACCOUNTS.getByName(id), (_object, { storage }) => {
    storage.sql.exec("DELETE FROM text_signature");
    storage.sql.exec("UPDATE account SET signed_since = 21");
  });
  await evictDurableObject(env.ACCOUNTS.getByName(id));
  await searches();
  expect(await signed()).toBe(20);
  await searches();
});

test("the directory keeps its accounts when it was evicted", async ({ expect }) => {
  await createAccount("kept", "pw");
  await evictDurableObject(env.DIRECTORY.getByName("directory"));
  const client = await logIn("kept");
  expect((await client.command("NOOP")).at(-1)).toBe("OK NOOP completed");
});
