import { afterAll, beforeAll, test } from "vitest";

import { RawClient } from "../support/raw-client.ts";
import { removeData, startServer, type StartedServer } from "../support/started-server.ts";

let server: StartedServer;

beforeAll(async () => {
  server = await startServer();
  await server.addAccount("crash", "pw-crash");
}, 60_000);

afterAll(async () => {
  await server.stop();
  await removeData(server);
});

function message(at: number): string {
  const body = `line of message ${at}\r\n`.repeat(20 + ((at * 37) % 400));
  return `Message-ID: <crash-${at}@example.org>\r\nSubject: message ${at}\r\nX-Length: ${body.length}\r\n\r\n${body}`;
}

// Small ones are inline in the command, larger ones are streamed past the parser: both must hold.
test(
  "kill -9 in the middle of 200 APPENDs: what was acknowledged is there, once, and nothing is torn",
  { timeout: 120_000 },
  async ({ expect }) => {
    const acknowledged = new Set<number>();
    let next = 0;
    for (const killAt of [23, 71, 118, 160, 200]) {
      const client = await RawClient.login(server.imapPort, "crash", "pw-crash");
      const batch: number[] = [];
      for (; next < killAt + 20 && next < 200; next++) batch.push(next);
      for (const at of batch) {
        const text = message(at);
        client.send(`a${at} APPEND INBOX () {${text.length}+}\r\n${text}\r\n`);
      }
      while (acknowledged.size < killAt) {
        const line = await client.line();
        if (line === undefined) break;
        const tag = /^a(\d+) OK/.exec(line)?.[1];
        if (tag !== undefined) acknowledged.add(Number(tag));
        else expect(line).toMatch(/^\*/);
        if (batch.length > 0 && acknowledged.has(batch.at(-1) ?? -1)) break;
      }
      await server.kill();
      server = await startServer({ data: server.data });
    }
    expect(acknowledged.size).toBeGreaterThanOrEqual(160);

    const client = await RawClient.login(server.imapPort, "crash", "pw-crash", undefined);
    await client.command("SELECT INBOX");
    const answer = await client.command("FETCH 1:* (RFC822.SIZE BODY.PEEK[])");
    const found = new Map<number, number>();
    const text = answer.join("\r\n");
    for (const match of text.matchAll(/Message-ID: <crash-(\d+)@example\.org>/g))
      found.set(Number(match[1]), (found.get(Number(match[1])) ?? 0) + 1);
    for (const at of acknowledged) {
      expect(found.get(at), `message ${at}`).toBe(1);
      expect(text.includes(message(at)), `message ${at} is whole`).toBe(true);
    }
    for (const at of found.keys()) expect(text.includes(message(at)), `message ${at}, not acknowledged, is whole or absent`).toBe(true);
    client.destroy();
  },
);
