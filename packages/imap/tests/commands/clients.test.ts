import { test } from "vitest";

import { LIMITS } from "../../src/limits.ts";
import { NO_FLAGS } from "../../src/protocol/flags.ts";
import { addMessages, openMailbox } from "../session/fixture.ts";
import { InMemoryServer } from "../support/in-memory-server.ts";

// What clients need and no transcript can show well.

test("clients of mailcow send UID sets of hundreds of kilobytes", async ({ expect }) => {
  const server = new InMemoryServer();
  addMessages(server.account, openMailbox(server.account), 3, NO_FLAGS);
  const connection = server.connect();
  await connection.exchange("a1 EXAMINE INBOX");
  // Every second UID, so that nothing can be joined.
  let set = "1";
  for (let uid = 3; set.length < LIMITS.lineLength - 100; uid += 2) set += `,${uid}`;
  const said = await connection.exchange(`a2 UID FETCH ${set} (UID)`);
  expect(said).toBe("* 1 FETCH (UID 1)\r\n* 3 FETCH (UID 3)\r\na2 OK UID FETCH completed\r\n");
  expect(await connection.exchange(`a3 UID SEARCH UID ${set.slice(0, 200_001)} ALL`)).toBe(
    "* SEARCH 1 3\r\na3 OK UID SEARCH completed\r\n",
  );
  expect(server.faults).toEqual([]);
});

test("mbsync pipelines hundreds of FETCHes: each is answered, in order", async ({ expect }) => {
  const server = new InMemoryServer();
  addMessages(server.account, openMailbox(server.account), 500, NO_FLAGS);
  const connection = server.connect();
  await connection.exchange("a1 EXAMINE INBOX");
  const uids = Array.from({ length: 500 }, (_, at) => at + 1);
  const said = await connection.exchange(...uids.map((uid) => `t${uid} UID FETCH ${uid} (BODY.PEEK[])`));
  expect(said).toBe(uids.map((uid) => `* ${uid} FETCH (UID ${uid} BODY[] {1}\r\na)\r\nt${uid} OK UID FETCH completed\r\n`).join(""));
});
