import { afterAll, beforeAll, test } from "vitest";

import { RawClient } from "../support/raw-client.ts";
import { removeData, startServer, type StartedServer } from "../support/started-server.ts";

/** 200 APPENDs in rounds of 40; in each the server is killed after so many answers. */
const ROUND = 40;
const KILL_AFTER = [5, 31, 1, 22, 39];

let server: StartedServer;

beforeAll(async () => {
  server = await startServer();
  await server.addAccount("crash", "pw-crash");
});

afterAll(async () => {
  await server.stop();
  await removeData(server);
});

/** From a few hundred octets to 9 KB in the main; every 25th is long enough to be streamed past the parser, and one in a hundred for the disk. */
function message(at: number): string {
  const lines = at % 100 === 50 ? 60_000 : at % 25 === 7 ? 3000 : 20 + ((at * 37) % 400);
  return `Message-ID: <crash-${at}@example.org>\r\nSubject: message ${at}\r\n\r\n${`line of message ${at}\r\n`.repeat(lines)}end of ${at}\r\n`;
}

/** Sends a round of APPENDs without waiting, and kills the server when `killAfter` of them are acknowledged. */
async function appendUntilKilled(round: number, killAfter: number): Promise<number[]> {
  const client = await RawClient.login(server.imapPort, "crash", "pw-crash");
  for (let at = round * ROUND; at < (round + 1) * ROUND; at++) {
    const text = message(at);
    client.send(`a${at} APPEND INBOX () {${text.length}+}\r\n${text}\r\n`);
  }
  const acknowledged: number[] = [];
  for (let line = await client.line(); line !== undefined; line = await client.line()) {
    const tag = /^a(\d+) OK /.exec(line)?.[1];
    if (tag === undefined) throw new Error(`APPEND was answered with ${line}`);
    acknowledged.push(Number(tag));
    if (acknowledged.length === killAfter) await server.kill();
  }
  return acknowledged;
}

test(
  "kill -9 in the middle of 200 APPENDs: what was acknowledged is there, once, and nothing is torn",
  { timeout: 180_000 },
  async ({ expect }) => {
    const acknowledged: number[] = [];
    for (const [round, killAfter] of KILL_AFTER.entries()) {
      const answered = await appendUntilKilled(round, killAfter);
      expect(answered.length).toBeGreaterThanOrEqual(killAfter);
      acknowledged.push(...answered);
      server = await startServer({ data: server.data });
    }

    const client = await RawClient.login(server.imapPort, "crash", "pw-crash");
    await client.command("SELECT INBOX");
    const stored = (await client.command("FETCH 1:* (BODY.PEEK[])")).join("\r\n");
    const found = [...stored.matchAll(/Message-ID: <crash-(\d+)@example\.org>/g)].map((match) => Number(match[1]));
    expect(new Set(found).size, "no message is there twice").toBe(found.length);
    for (const at of acknowledged) expect(found, `message ${at} was acknowledged`).toContain(at);
    for (const at of found) expect(stored.includes(message(at)), `message ${at} is whole`).toBe(true);
    client.destroy();
  },
);

test("a kill leaves counters and messages in agreement", async ({ expect }) => {
  const client = await RawClient.login(server.imapPort, "crash", "pw-crash");
  const status = (await client.command("STATUS INBOX (MESSAGES UIDNEXT SIZE)")).join("\n");
  await client.command("EXAMINE INBOX");
  const sizes = (await client.command("FETCH 1:* (UID RFC822.SIZE)")).flatMap((line) => /RFC822\.SIZE (\d+)/.exec(line)?.[1] ?? []);
  expect(status).toContain(`MESSAGES ${sizes.length}`);
  expect(status).toContain(`SIZE ${sizes.reduce((sum, size) => sum + Number(size), 0)}`);
  client.destroy();
});
