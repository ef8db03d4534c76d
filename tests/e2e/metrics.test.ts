import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { afterAll, beforeAll, test } from "vitest";

import { RawClient } from "../support/raw-client.ts";
import { removeData, startServer, type StartedServer } from "../support/started-server.ts";

const run = promisify(execFile);
const MAIN = fileURLToPath(new URL("../../packages/cli/src/main.ts", import.meta.url));

let server: StartedServer;

beforeAll(async () => {
  server = await startServer();
  await server.addAccount("counted", "pw");
});

afterAll(async () => {
  await server.stop();
  await removeData(server);
});

/** The samples that `sluice metrics` prints. */
async function samples(): Promise<readonly string[]> {
  const { stdout } = await run(process.execPath, [MAIN, "metrics", "--data", server.data]);
  return stdout.split("\n");
}

test("`sluice metrics` shows the edge and the account objects of the whole process", async ({ expect }) => {
  const client = await RawClient.login(server.imapsPort, "counted", "pw", server.ca);
  await client.command("SELECT INBOX");
  const during = await samples();
  expect(during).toEqual(
    expect.arrayContaining([
      'sluice_commands_total{command="LOGIN",status="OK"} 1',
      'sluice_commands_total{command="SELECT",status="OK"} 1',
      'sluice_connections_open{transport="tcp"} 1',
      "sluice_sessions_open 1",
      "sluice_objects_started_total 1",
    ]),
  );
  // The client is gone without a word; the server notices in its own time, for which the test's time-out is the bound.
  client.destroy();
  const gone = ['sluice_connections_open{transport="tcp"} 0', "sluice_sessions_open 0"];
  for (let now = during; !gone.every((sample) => now.includes(sample));) now = await samples();
});

test("/metrics is closed to whoever has no token", async ({ expect }) => {
  expect((await fetch(`http://127.0.0.1:${server.httpPort}/metrics`)).status).toBe(401);
});
