import { once } from "node:events";
import { createServer, type Socket } from "node:net";

import { onTestFinished, test } from "vitest";

import type { Address } from "../../src/address.ts";
import { ImapAppender, internalDate } from "../../src/imap/imap-appender.ts";
import { CLI_LIMITS } from "../../src/limits.ts";
import { portOf } from "../temporary.ts";

/** One command as the fake server received it. */
interface Received {
  readonly tag: string;
  readonly line: string;
  readonly literal: Buffer | undefined;
}

/** A server that greets and then hands every whole command to `answer`. */
async function fakeServer(answer: (command: Received, socket: Socket) => void, greeting = "* OK hello\r\n"): Promise<Address> {
  const server = createServer((socket) => {
    socket.write(greeting);
    socket.on("error", () => undefined);
    let data = Buffer.alloc(0);
    socket.on("data", (chunk: Buffer) => {
      data = Buffer.concat([data, chunk]);
      for (;;) {
        const end = data.indexOf("\r\n");
        if (end < 0) return;
        const line = data.toString("utf8", 0, end);
        const size = /\{(\d+)\+\}$/.exec(line)?.[1];
        const whole = end + 2 + (size === undefined ? 0 : Number(size) + 2);
        if (data.length < whole) return;
        const literal = size === undefined ? undefined : data.subarray(end + 2, whole - 2);
        data = data.subarray(whole);
        answer({ tag: line.slice(0, line.indexOf(" ")), line: line.slice(line.indexOf(" ") + 1), literal }, socket);
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return { host: "127.0.0.1", port: portOf(server) };
}

async function connected(address: Address, signal = new AbortController().signal): Promise<ImapAppender> {
  const appender = await ImapAppender.connect(address, signal);
  onTestFinished(() => appender.destroy());
  return appender;
}

const message = (text: string) => ({
  flags: ["\\Seen", "$Label1"],
  internalDate: new Date("2026-02-03T04:05:06Z"),
  bytes: new TextEncoder().encode(text),
});

test("a whole session: login, mailboxes, messages, logout", async ({ expect }) => {
  const seen: Received[] = [];
  const address = await fakeServer((command, socket) => {
    seen.push(command);
    if (command.line.startsWith("LIST")) socket.write('* LIST (\\Noselect) "." ""\r\n');
    if (command.line.startsWith("STATUS")) socket.write('* 3 EXISTS\r\n* STATUS "x" (MESSAGES 41)\r\n');
    socket.write(`${command.tag} ${command.line.startsWith("CREATE") ? "NO [ALREADYEXISTS] there" : "OK done"}\r\n`);
  });
  const appender = await connected(address);
  await appender.login('de"mo', "p\\w");
  expect(await appender.separator()).toBe(".");
  expect(await appender.prepareMailbox("B\u00fccher")).toBe(41);
  expect(await appender.prepareMailbox("INBOX")).toBe(41);
  await appender.append("B\u00fccher", message("one\r\n"));
  await appender.append("INBOX", message(""));
  await appender.flush();
  await appender.close();
  expect(seen.map(({ line }) => line)).toEqual([
    String.raw`LOGIN "de\"mo" "p\\w"`,
    'LIST "" ""',
    'CREATE "B&APw-cher"',
    'SUBSCRIBE "B&APw-cher"',
    'STATUS "B&APw-cher" (MESSAGES)',
    'SUBSCRIBE "INBOX"',
    'STATUS "INBOX" (MESSAGES)',
    String.raw`APPEND "B&APw-cher" (\Seen $Label1) " 3-Feb-2026 04:05:06 +0000" {5+}`,
    String.raw`APPEND "INBOX" (\Seen $Label1) " 3-Feb-2026 04:05:06 +0000" {0+}`,
    "LOGOUT",
  ]);
  expect(seen[7]?.literal?.toString()).toBe("one\r\n");
});

test("no more than a window of messages is on its way", async ({ expect }) => {
  const waiting: (() => void)[] = [];
  let most = 0;
  const address = await fakeServer(({ tag }, socket) => {
    waiting.push(() => void socket.write(`${tag} OK done\r\n`));
    most = Math.max(most, waiting.length);
    // Answer only when nothing more can come, which is when the window is full or all is sent.
    if (waiting.length === CLI_LIMITS.appendWindow) setImmediate(() => waiting.splice(0).forEach((go) => go()));
  });
  const appender = await connected(address);
  for (let number = 0; number < 3 * CLI_LIMITS.appendWindow; number++) await appender.append("INBOX", message(`${number}`));
  await appender.flush();
  expect(most).toBe(CLI_LIMITS.appendWindow);
});

test("large messages wait for each other", async ({ expect }) => {
  let octets = 0;
  let most = 0;
  const address = await fakeServer(({ tag, literal }, socket) => {
    octets += literal?.length ?? 0;
    most = Math.max(most, octets);
    setImmediate(() => {
      octets -= literal?.length ?? 0;
      socket.write(`${tag} OK done\r\n`);
    });
  });
  const appender = await connected(address);
  const large = message("x".repeat(CLI_LIMITS.appendWindowOctets * 0.75));
  for (let number = 0; number < 3; number++) await appender.append("INBOX", large);
  await appender.flush();
  expect(most).toBe(large.bytes.length);
});

test("a refused message ends the work with the server's words", async ({ expect }) => {
  const address = await fakeServer(({ tag }, socket) => void socket.write(`${tag} NO [OVERQUOTA] full\r\n`));
  const appender = await connected(address);
  await appender.append("INBOX", message("x"));
  await expect(appender.flush()).rejects.toThrow("the IMAP server refuses APPEND to INBOX: [OVERQUOTA] full");
  await expect(appender.append("INBOX", message("x"))).rejects.toThrow("OVERQUOTA");
});

test("a refused login does not repeat the password", async ({ expect }) => {
  const address = await fakeServer(({ tag }, socket) => void socket.write(`${tag} NO no\r\n`));
  const appender = await connected(address);
  await expect(appender.login("demo", "geheim")).rejects.toThrow(/^the IMAP server refuses LOGIN: no$/);
});

for (const [name, greeting, pattern] of [
  ["BYE as greeting", "* BYE busy\r\n", /refuses the connection: \* BYE busy/],
  ["another protocol", "220 smtp\r\n", /refuses the connection: 220 smtp/],
  ["an endless line", "x".repeat(CLI_LIMITS.imapLine + 1), /endless line/],
] as const) {
  test(`${name} is refused`, async ({ expect }) => {
    const address = await fakeServer(() => undefined, greeting);
    await expect(ImapAppender.connect(address, new AbortController().signal)).rejects.toThrow(pattern);
  });
}

for (const [name, reply, pattern] of [
  ["a wrong tag", "zz OK done\r\n", /answers nothing: zz OK done/],
  ["BYE in the middle", "* BYE shutting down\r\n", /ends the connection: shutting down/],
  ["BAD", "a1 BAD what\r\n", /refuses LOGIN: what/],
] as const) {
  test(`${name} fails the call`, async ({ expect }) => {
    const address = await fakeServer((_command, socket) => void socket.write(reply));
    const appender = await connected(address);
    await expect(appender.login("a", "b")).rejects.toThrow(pattern);
  });
}

test("a connection that closes fails what waits", async ({ expect }) => {
  const address = await fakeServer((_command, socket) => void socket.end());
  const appender = await connected(address);
  await expect(appender.login("a", "b")).rejects.toThrow("closed the connection");
});

test("an abort ends it, before and after the connection", async ({ expect }) => {
  const address = await fakeServer(() => undefined);
  await expect(ImapAppender.connect(address, AbortSignal.abort())).rejects.toThrow("interrupted");
  const controller = new AbortController();
  const appender = await connected(address, controller.signal);
  const login = appender.login("a", "b");
  controller.abort();
  await expect(login).rejects.toThrow("interrupted");
});

test("dates have a padded day, as RFC 3501 writes them", ({ expect }) => {
  expect(internalDate(new Date("2024-12-31T23:59:59Z"))).toBe("31-Dec-2024 23:59:59 +0000");
});
