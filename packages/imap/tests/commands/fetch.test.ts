import { test } from "vitest";

import { createMemoryBodyStore } from "../../src/adapters/memory/memory-body-store.ts";
import { OutputBrokenError } from "../../src/session/output-broken-error.ts";
import { bodiesThat } from "../fetch/fixture.ts";
import { InMemoryServer, type InMemoryConnection } from "../support/in-memory-server.ts";

/** A server whose body store fails from its `failing`th read on, and a client that has selected a mailbox of these bodies. */
async function serverFailingAt(
  failing: number,
  bodies: readonly string[],
): Promise<{ server: InMemoryServer; client: InMemoryConnection }> {
  let reads = 0;
  const store = bodiesThat(createMemoryBodyStore(), () => {
    if (++reads >= failing) throw new Error("damaged");
  });
  const server = new InMemoryServer({ account: { bodies: store } });
  const client = server.connect();
  for (const body of bodies) await client.exchange(`p APPEND INBOX {${body.length + 2}+}`, `\r\n${body}`);
  await client.exchange("p SELECT INBOX");
  return { server, client };
}

test("a literal that cannot be completed closes the connection without another word", async ({ expect }) => {
  const large = "x".repeat(800_000);
  const { server, client } = await serverFailingAt(2, [large]);
  const said = await client.exchange("a1 FETCH 1 BODY.PEEK[TEXT]", "a2 NOOP");
  expect(said).toMatch(/^\* 1 FETCH \(BODY\[TEXT\] \{800000\}\r\nx+$/);
  expect(client.closed).toBe(true);
  expect(server.faults).toEqual([expect.any(OutputBrokenError)]);
});

test("a body that cannot be read at all fails the command, and the session goes on", async ({ expect }) => {
  const { server, client } = await serverFailingAt(1, ["one", "two"]);
  expect(await client.exchange("a1 FETCH 1:2 (UID BODY.PEEK[TEXT])")).toBe("a1 NO [SERVERBUG] Internal error\r\n");
  expect(server.faults).toEqual([new Error("damaged")]);
  expect(await client.exchange("a2 FETCH 1:2 UID")).toBe("* 1 FETCH (UID 1)\r\n* 2 FETCH (UID 2)\r\na2 OK FETCH completed\r\n");
});

test("a long pipeline is answered in order", async ({ expect }) => {
  const { client } = await serverFailingAt(Infinity, ["one", "two", "three"]);
  const uids = Array.from({ length: 300 }, (_, at) => 1 + (at % 3));
  const said = await client.exchange(...uids.map((uid, at) => `t${at} UID FETCH ${uid} (BODY.PEEK[])`));
  const lines = said.split("\r\n").filter((line) => /^(\*|t\d)/.test(line));
  const expected = uids.flatMap((uid, at) => {
    const size = ["one", "two", "three"][uid - 1]?.length ?? 0;
    return [`* ${uid} FETCH (UID ${uid} BODY[] {${size + 2}}`, `t${at} OK UID FETCH completed`];
  });
  expect(lines).toEqual(expected);
});
