import { afterAll, beforeAll, test } from "vitest";

import { RawClient } from "../support/raw-client.ts";
import { removeData, startServer, type StartedServer } from "../support/started-server.ts";
import { WebSocketClient } from "../support/web-socket-client.ts";

let server: StartedServer;

beforeAll(async () => {
  server = await startServer();
  await server.addAccount("push", "pw-push");
});

afterAll(async () => {
  await server.stop();
  await removeData(server);
});

const MESSAGE = "Subject: pushed\r\n\r\nhello\r\n";

test("TLS: the certificate chains to the local CA and is valid for localhost", async ({ expect }) => {
  const client = await RawClient.login(server.imapsPort, "push@sluice.test", "pw-push", server.ca);
  expect((await client.command("SELECT INBOX")).at(-1)).toContain("OK [READ-WRITE]");
  expect(await client.command("LOGOUT")).toEqual(["* BYE Logging out", "t3 OK LOGOUT completed"]);
  expect(await client.line()).toBeUndefined();
});

test("a change is pushed to IDLE over TLS and WebSocket alike, whoever makes it", async ({ expect }) => {
  const tls = await RawClient.login(server.imapsPort, "push", "pw-push", server.ca);
  await tls.command("SELECT INBOX");
  tls.send("i IDLE\r\n");
  expect(await tls.line()).toBe("+ idling");

  const web = await WebSocketClient.connect(server.httpPort);
  expect(await web.line()).toMatch(/^\* OK \[CAPABILITY IMAP4rev1 /);
  web.send("a LOGIN push pw-push\r\nb SELECT INBOX\r\nc IDLE\r\n");
  await web.linesUntil((line) => line === "+ idling");

  const plain = await RawClient.login(server.imapPort, "push", "pw-push");
  await plain.command(`APPEND INBOX {${MESSAGE.length}+}\r\n${MESSAGE}`);
  const isExists = (line: string): boolean => line.endsWith("1 EXISTS");
  expect((await tls.linesUntil(isExists)).at(-1)).toBe("* 1 EXISTS");
  expect((await web.linesUntil(isExists)).at(-1)).toBe("* 1 EXISTS");

  await plain.command("SELECT INBOX");
  await plain.command("STORE 1 +FLAGS (\\Flagged)");
  const isFetch = (line: string): boolean => line.includes("FETCH");
  expect((await tls.linesUntil(isFetch)).at(-1)).toMatch(/^\* 1 FETCH \(.*FLAGS \(.*\\Flagged/);
  expect((await web.linesUntil(isFetch)).at(-1)).toMatch(/^\* 1 FETCH \(.*FLAGS \(.*\\Flagged/);

  web.send("DONE\r\nd UID STORE 1 +FLAGS.SILENT (\\Deleted)\r\ne EXPUNGE\r\n");
  expect((await web.linesUntil((line) => line.startsWith("e "))).slice(-2)).toEqual(["* 1 EXPUNGE", "e OK EXPUNGE completed"]);
  const isExpunge = (line: string): boolean => line.includes("EXPUNGE");
  expect((await tls.linesUntil(isExpunge)).at(-1)).toBe("* 1 EXPUNGE");
  tls.send("DONE\r\n");
  expect(await tls.linesUntil((line) => line.startsWith("i "))).toEqual(["i OK IDLE completed"]);
  for (const client of [tls, plain]) client.destroy();
  web.send("f LOGOUT\r\n");
  await web.linesUntil(() => false);
});

test("a wrong password says the same as an unknown account", async ({ expect }) => {
  const answers = new Set<string>();
  for (const attempt of ["push wrong", "nobody wrong", "nobody@elsewhere.test pw-push"]) {
    const client = await RawClient.connect(server.imapPort);
    await client.line();
    answers.add((await client.command(`LOGIN ${attempt}`)).at(-1) ?? "");
    client.destroy();
  }
  expect([...answers]).toEqual(["t1 NO [AUTHENTICATIONFAILED] Authentication failed"]);
});

test("a large message goes through the disk store, whole and in parts", async ({ expect }) => {
  const client = await RawClient.login(server.imapPort, "push", "pw-push");
  const text = `Subject: large\r\n\r\n${"0123456789abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ\r\n".repeat(50_000)}`;
  expect((await client.command(`APPEND Archive {${text.length}+}\r\n${text}`)).at(-1)).toContain("OK [APPENDUID");
  await client.command("SELECT Archive");
  const whole = (await client.command("FETCH 1 BODY.PEEK[]")).join("\r\n");
  expect(whole.includes(text)).toBe(true);
  const part = (await client.command("FETCH 1 BODY.PEEK[]<2000000.66>")).join("\r\n");
  expect(part).toContain(text.slice(2_000_000, 2_000_066));
  client.destroy();
});
