import { test, onTestFinished } from "vitest";

import { addAccounts, openIdle, targetOf } from "../load/accounts.ts";
import { hibernation } from "../load/idle-load.ts";
import { removeData, startServer } from "../support/started-server.ts";

test("accounts whose sessions all idle leave memory, nothing but a delivery wakes them, and keep-alives go out all the same", async ({
  expect,
}) => {
  const server = await startServer({ args: ["--limit", "keepAliveTime=1000"] });
  onTestFinished(async () => {
    await server.stop();
    await removeData(server);
  });
  const accounts = await addAccounts(server, 4);
  const sessions = await openIdle(await targetOf(server, true), accounts, 8);
  const report = await hibernation(server, sessions, 5);
  expect(report).toMatchObject({ accounts: 4, startedInQuiet: 0, startedByDelivery: 4 });
  expect(report.keepAlives).toBeGreaterThan(0);
  expect(sessions.map(({ arrivals, ended }) => [arrivals, ended])).toEqual(sessions.map(() => [1, undefined]));
  for (const session of sessions) session.close();
});
