import { afterAll, beforeAll, test } from "vitest";

import { addAccounts, openIdle, passwordOf, targetOf } from "../load/accounts.ts";
import { pushLatencies, idleMemory } from "../load/idle-load.ts";
import { appendFlood, stalledFetch } from "../load/stall.ts";
import { ImapClient } from "../support/imap-client.ts";
import { removeData, startServer, type StartedServer } from "../support/started-server.ts";

const OCTETS = 8 * 1024 * 1024;

let server: StartedServer;
let accounts: readonly string[];

beforeAll(async () => {
  server = await startServer();
  accounts = await addAccounts(server, 3);
});

afterAll(async () => {
  await server.stop();
  await removeData(server);
});

test("a few sessions in IDLE: each hears of each delivery", async ({ expect }) => {
  const target = await targetOf(server, true);
  const { sessions, samples } = await idleMemory(server, target, accounts, [6, 12], 0);
  expect(samples.map(({ connections }) => connections)).toEqual([0, 6, 12]);
  const { asleep, awake } = await pushLatencies(server, sessions, { sleep: 0, gap: 0 });
  expect([asleep.length, awake.length]).toEqual([12, 12]);
  expect(sessions.map(({ arrivals, ended }) => [arrivals, ended])).toEqual(sessions.map(() => [2, undefined]));
  for (const session of sessions) session.close();
});

test("an account that is not told is an error: a session that is gone hears nothing", async ({ expect }) => {
  const [gone] = await openIdle(await targetOf(server, false), accounts, 1);
  gone?.close();
  await expect(pushLatencies(server, gone === undefined ? [] : [gone], { sleep: 0, gap: 0 })).rejects.toThrow("was not told");
});

test("clients that stop reading in a FETCH get the rest when they read on", async ({ expect }) => {
  const [account = ""] = accounts;
  const client = await ImapClient.login(server.imapPort, account, passwordOf(account));
  await client.ok("SELECT INBOX");
  await client.ok("STORE 1:* +FLAGS (\\Deleted)");
  await client.ok("EXPUNGE");
  await client.ok("APPEND INBOX", Buffer.alloc(OCTETS, "Subject: large\r\n\r\n0123456789abcdef\r\n"));
  client.destroy();
  const report = await stalledFetch(server, account, { octets: OCTETS, clients: 2, settle: 0, noops: 5 });
  expect(report.received).toEqual([OCTETS, OCTETS]);
  expect([report.noopsBefore.length, report.noopsMeanwhile.length]).toEqual([5, 5]);
});

test("clients that send faster than the account works are all answered, and others of the account meanwhile", async ({ expect }) => {
  const [, account = ""] = accounts;
  const report = await appendFlood(server, account, { octets: OCTETS, clients: 3, settle: 0, noops: 5 });
  expect(report.noopsMeanwhile.length).toBeGreaterThan(0);
  const client = await ImapClient.login(server.imapPort, account, passwordOf(account));
  const { untagged } = await client.ok("STATUS INBOX (SIZE)");
  client.destroy();
  expect(Number(/SIZE (\d+)/.exec(untagged[0]?.text ?? "")?.[1])).toBeGreaterThanOrEqual(3 * OCTETS);
});
