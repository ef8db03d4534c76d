import { env } from "cloudflare:workers";
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { test } from "vitest";

import { Client, createAccount } from "./support/client.ts";

async function logIn(name: string): Promise<Client> {
  const client = await Client.connect();
  await client.command(`LOGIN ${name} pw`);
  return client;
}

function append(mailbox: string, message: string): string {
  return `APPEND ${mailbox} {${message.length}+}\r\n${message}`;
}

test("a session that cannot be brought back says BYE, and the others never notice", async ({ expect }) => {
  const id = await createAccount("foreign", "pw");
  const broken = await logIn("foreign");
  const whole = await logIn("foreign");
  await whole.command("SELECT INBOX");
  const stub = env.ACCOUNTS.getByName(id);
  await runInDurableObject(stub, (_object, state) => {
    for (const socket of state.getWebSockets()) {
      const attachment: unknown = socket.deserializeAttachment();
      if (JSON.stringify(attachment).includes('"view"')) continue;
      socket.serializeAttachment({ state: "open", snapshot: { format: 99 } });
    }
  });
  await evictDurableObject(stub);
  expect((await whole.command(append("INBOX", "Subject: x\r\n\r\n"))).at(-1)).toMatch(/^OK \[APPENDUID/);
  expect(await broken.line()).toMatch(/^\* BYE \[UNAVAILABLE\]/);
  expect(await broken.line()).toBeUndefined();
  expect((await whole.command("NOOP")).at(-1)).toBe("OK NOOP completed");
});

test("several sessions are brought back with all that they had", async ({ expect }) => {
  const id = await createAccount("several", "pw");
  const stub = env.ACCOUNTS.getByName(id);
  const idler = await logIn("several");
  const reader = await logIn("several");
  const plain = await logIn("several");
  await plain.command(append("INBOX", "Subject: one\r\n\r\n"));
  await plain.command(append("Archive", "Subject: two\r\n\r\n"));
  await plain.command(append("Archive", "Subject: three\r\n\r\n"));
  await reader.command("ENABLE QRESYNC");
  await reader.command("EXAMINE Archive");
  await idler.command("SELECT INBOX");
  await idler.send("i IDLE\r\n");
  expect(await idler.line()).toBe("+ idling");
  await evictDurableObject(stub);
  await plain.command("SELECT Archive");
  await plain.command("STORE 1 +FLAGS.SILENT (\\Deleted)");
  await plain.command("EXPUNGE");
  await plain.command(append("INBOX", "Subject: four\r\n\r\n"));
  expect([await idler.line(), await idler.line()]).toEqual(["* 2 EXISTS", "* 2 RECENT"]);
  await evictDurableObject(stub);
  // Its view is as it was told, its features are on, and it is read-only still.
  expect((await reader.command("FETCH 2 (UID)")).at(0)).toMatch(/^\* 2 FETCH \(UID 2/);
  expect((await reader.command("STORE 2 +FLAGS (\\Seen)")).at(-1)).toMatch(/^NO \[READ-ONLY\]/);
  expect(await reader.command("NOOP")).toEqual(["* VANISHED 1", "OK NOOP completed"]);
  await evictDurableObject(stub);
  await idler.send("DONE\r\nn STATUS {5}\r\n");
  expect([await idler.line(), await idler.line()]).toEqual(["i OK IDLE completed", "+ OK"]);
  await idler.send("INBOX (MESSAGES)\r\n");
  expect(await idler.answers("n")).toEqual(["* STATUS INBOX (MESSAGES 2)", "OK STATUS completed"]);
});

test("the alarm of an object that sleeps reclaims, and its sessions go on", async ({ expect }) => {
  const id = await createAccount("alarmed", "pw");
  const stub = env.ACCOUNTS.getByName(id);
  const client = await logIn("alarmed");
  await client.command(append("INBOX", "Subject: one\r\n\r\n"));
  await client.command(append("INBOX", "Subject: two\r\n\r\n"));
  await client.command("SELECT INBOX");
  await client.command("STORE 1 +FLAGS.SILENT (\\Deleted)");
  await client.command("EXPUNGE");
  await evictDurableObject(stub);
  expect(await runDurableObjectAlarm(stub)).toBe(true);
  await evictDurableObject(stub);
  expect((await client.command("FETCH 1:* (BODY.PEEK[HEADER.FIELDS (SUBJECT)])")).slice(1, 2)).toEqual(["Subject: two"]);
  const contents = await runInDurableObject(
    stub,
    (_object, state) => state.storage.sql.exec("SELECT count(*) FROM content").raw().next().value?.[0],
  );
  expect(contents).toBe(1);
});

test("two sessions' long commands on one account do not disturb one another", async ({ expect }) => {
  await createAccount("interleaved", "pw");
  const [first, second] = [await logIn("interleaved"), await logIn("interleaved")];
  const body = "line\r\n".repeat(20_000);
  for (const box of ["INBOX", "Archive"])
    for (let at = 1; at <= 20; at++) await first.command(append(box, `Subject: ${box} ${at}\r\n\r\n${body}`));
  await first.command("SELECT INBOX");
  await second.command("SELECT Archive");
  const [one, two] = await Promise.all([first.command("FETCH 1:* (UID BODY.PEEK[])"), second.command("UID SEARCH BODY nowhere")]);
  const subjects = one.flatMap((line) => /^Subject: INBOX (\d+)$/.exec(line)?.[1] ?? []);
  expect(subjects.map(Number)).toEqual(Array.from({ length: 20 }, (_, at) => at + 1));
  expect(one.length).toBe(20 * (20_000 + 4) + 1);
  expect(two).toEqual(["* SEARCH", "OK SEARCH completed"].map((line) => line.replace("OK SEARCH", "OK UID SEARCH")));
});

test("a client that leaves in the middle of an answer it does not read leaves nothing behind", async ({ expect }) => {
  const id = await createAccount("leaver", "pw");
  const stub = env.ACCOUNTS.getByName(id);
  const client = await logIn("leaver");
  await client.command(append("INBOX", `Subject: x\r\n\r\n${"z".repeat(5_000_000)}`));
  await client.command("SELECT INBOX");
  await client.send("f FETCH 1 BODY.PEEK[]\r\n");
  await client.line();
  await client.close();
  const other = await logIn("leaver");
  let open = 2;
  for (let turn = 0; turn < 200 && open > 1; turn++) {
    await other.command("NOOP");
    open = await runInDurableObject(stub, (_object, state) => state.getWebSockets().length);
  }
  expect(open).toBe(1);
});

test("an account that is removed in the middle of a FETCH ends it without a word inside of the message", async ({ expect }) => {
  const id = await createAccount("torn", "pw");
  const client = await logIn("torn");
  await client.command(append("INBOX", `Subject: x\r\n\r\n${"z".repeat(5_000_000)}`));
  await client.command("SELECT INBOX");
  await client.send("f FETCH 1 BODY.PEEK[]\r\n");
  expect(await client.line()).toMatch(/^\* 1 FETCH \(BODY\[\] \{/);
  await env.ACCOUNTS.getByName(id).removeAccount();
  const rest: string[] = [];
  try {
    for (let line = await client.line(); line !== undefined; line = await client.line()) rest.push(line);
  } catch {
    // A reset is as good an end.
  }
  expect(rest.join("\n")).not.toContain("BYE");
  expect(rest.at(-1) ?? "").not.toMatch(/^f /);
});

test("a hundred logins at once are all answered, and rightly", async ({ expect }) => {
  await createAccount("hundred", "pw");
  const clients = await Promise.all(Array.from({ length: 100 }, () => Client.connect()));
  const answers = await Promise.all(clients.map((client, at) => client.command(`LOGIN hundred ${at % 2 === 0 ? "pw" : `wrong${at}`}`)));
  for (const [at, answer] of answers.entries()) {
    const right = at % 2 === 0 ? /^OK / : /^NO \[AUTHENTICATIONFAILED\]/;
    expect(answer.at(-1)).toMatch(right);
  }
  for (const client of clients) await client.close();
});
