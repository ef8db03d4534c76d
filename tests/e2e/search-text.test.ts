import { afterAll, beforeAll, test } from "vitest";

import { RawClient } from "../support/raw-client.ts";
import { removeData, startServer, type StartedServer } from "../support/started-server.ts";

const MESSAGES = 600;

let server: StartedServer;

beforeAll(async () => {
  server = await startServer();
  await server.addAccount("texts", "pw-texts");
});

afterAll(async () => {
  await server.stop();
  await removeData(server);
});

/** Every seventh has the word in its text, in base64; every hundredth is streamed, and every eleventh has it in its Subject. */
function message(at: number): string {
  const text = `${"some words of no meaning\r\n".repeat(at % 100 === 1 ? 2000 : 5)}${at % 7 === 0 ? "QuickSilver" : "lead"}\r\n`;
  const body = (
    Buffer.from(text)
      .toString("base64")
      .match(/.{1,76}/g) ?? []
  ).join("\r\n");
  const subject = at % 11 === 0 ? "=?utf-8?q?quick?= =?utf-8?q?silver?=" : "none";
  return `Subject: ${subject}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n${body}\r\n`;
}

function uids(which: (at: number) => boolean): string {
  const found = Array.from({ length: MESSAGES }, (_, at) => at).filter(which);
  return `* SEARCH ${found.map((at) => at + 1).join(" ")}`;
}

test("SEARCH BODY and TEXT over a socket: after delivery, a copy, an expunge and a restart", { timeout: 180_000 }, async ({ expect }) => {
  let client = await RawClient.login(server.imapPort, "texts", "pw-texts");
  for (let at = 0; at < MESSAGES; at++) {
    const text = message(at);
    client.send(`a${at} APPEND INBOX {${text.length}+}\r\n${text}\r\n`);
  }
  for (let at = 0; at < MESSAGES; at++) expect(await client.line()).toMatch(new RegExp(`^a${at} OK `));
  await client.command("SELECT INBOX");
  const inText = (at: number): boolean => at % 7 === 0;
  const inHeader = (at: number): boolean => at % 11 === 0;
  expect((await client.command("UID SEARCH BODY quicksilver"))[0]).toBe(uids(inText));
  expect((await client.command("UID SEARCH TEXT quicksilver"))[0]).toBe(uids((at) => inText(at) || inHeader(at)));
  expect((await client.command("UID SEARCH TEXT quicksilver NOT BODY quicksilver"))[0]).toBe(uids((at) => inHeader(at) && !inText(at)));
  expect((await client.command("UID SEARCH BODY quickgold"))[0]).toBe("* SEARCH");
  await client.command("UID COPY 1:10 Archive");
  await client.command("UID STORE 1:7 +FLAGS.SILENT (\\Deleted)");
  await client.command("EXPUNGE");
  client.close();
  await server.stop();
  server = await startServer({ data: server.data });
  client = await RawClient.login(server.imapPort, "texts", "pw-texts");
  await client.command("SELECT INBOX");
  expect((await client.command("UID SEARCH BODY quicksilver"))[0]).toBe(uids((at) => inText(at) && at >= 7));
  await client.command("SELECT Archive");
  expect((await client.command("UID SEARCH BODY quicksilver"))[0]).toBe("* SEARCH 1 8");
  client.close();
});
