import { once } from "node:events";
import { existsSync, readFileSync, statSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";

import { test } from "vitest";
import * as z from "zod";

import { DEMO_MAILBOXES } from "../../src/demo/plan.ts";
import { ImapAppender } from "../../src/imap/imap-appender.ts";
import { parseAddress } from "../../src/address.ts";
import { sluice, SluiceProcess } from "../sluice-process.ts";
import { temporaryFolder } from "../temporary.ts";

const ANY_PORTS = ["--imaps", "127.0.0.1:0", "--imap", "127.0.0.1:0", "--http", "127.0.0.1:0"];
const Lock = z.object({ owner: z.object({ pid: z.int() }), workerd: z.object({ pid: z.int() }) });
const SLOW = 60_000;

function lockOf(data: string): z.infer<typeof Lock> {
  return Lock.parse(JSON.parse(readFileSync(join(data, "lock.json"), "utf8")));
}

/** How many messages each mailbox of the demo account has. */
async function countMail(ready: ReadonlyMap<string, string>): Promise<ReadonlyMap<string, number>> {
  const address = parseAddress(ready.get("imap") ?? "");
  if (address === undefined) throw new Error("no imap address in the ready line");
  const client = await ImapAppender.connect(address, new AbortController().signal);
  await client.login(ready.get("user") ?? "", ready.get("password") ?? "");
  const counts = new Map<string, number>();
  for (const mailbox of DEMO_MAILBOXES) counts.set(mailbox, await client.prepareMailbox(mailbox));
  await client.close();
  return counts;
}

test("a first run gives a demo account, accounts can be managed, and a second server is refused", { timeout: SLOW }, async ({ expect }) => {
  // A name that every layer has to quote.
  const data = join(temporaryFolder(), 'my "data\\');
  const server = new SluiceProcess(["start", ...ANY_PORTS, "--data", data]);
  const ready = await server.ready();
  expect([...ready.keys()].slice(0, 5)).toEqual(["imaps", "imap", "http", "user", "password"]);
  expect(server.stdout.endsWith(`data=${data}\n`)).toBe(true);
  expect(server.stderr).toBe("");
  const total = [...(await countMail(ready)).values()].reduce((sum, count) => sum + count, 0);
  expect(total).toBeGreaterThanOrEqual(500);

  const on = ["--data", data];
  expect(await sluice(["account", "add", "bob", "--password", "xyzzy", ...on])).toEqual({
    code: 0,
    stdout: "added bob@sluice.test\n",
    stderr: "",
  });
  expect(await sluice(["account", "add", "eve", ...on], "from standard input\nrest\n")).toMatchObject({
    code: 0,
    stdout: "added eve@sluice.test\n",
  });
  expect(await sluice(["account", "add", "bob", "--password", "xyzzy", ...on])).toMatchObject({
    code: 1,
    stderr: "sluice: account add: the account bob exists already\n",
  });
  expect(await sluice(["account", "add", "x", "--password", "1", ...on])).toMatchObject({
    code: 1,
    stderr: "sluice: account add: too short\n",
  });
  expect(await sluice(["account", "add", "x", ...on])).toMatchObject({
    code: 1,
    stderr: "sluice: account add: no password: standard input is empty\n",
  });
  expect((await sluice(["account", "list", ...on])).stdout).toMatch(
    /^bob@sluice\.test +2026.*\ndemo@sluice\.test .*\neve@sluice\.test .*\n$/,
  );
  expect(await sluice(["account", "remove", "bob", ...on])).toMatchObject({ code: 1, stderr: expect.stringContaining("--yes") as unknown });
  expect(await sluice(["account", "remove", "bob", "--yes", ...on])).toMatchObject({ code: 0, stdout: "removed bob\n" });
  expect(await sluice(["account", "remove", "bob", "--yes", ...on])).toMatchObject({
    code: 1,
    stderr: "sluice: account remove: there is no account bob\n",
  });
  expect(await sluice(["account", "password", "eve", "--password", "other", ...on])).toMatchObject({ code: 0 });

  expect(await sluice(["metrics", ...on])).toEqual({
    code: 0,
    stdout: "# HELP sluice_a_total A.\n# TYPE sluice_a_total counter\nsluice_a_total 1\n",
    stderr: "",
  });

  const { owner } = lockOf(data);
  expect(await sluice(["start", ...ANY_PORTS, "--data", data])).toMatchObject({
    code: 1,
    stdout: "",
    stderr: `sluice: a Sluice server already runs on ${data} (process ${owner.pid})\n`,
  });
  for (const name of ["sluice.json", "run.json", "lock.json", "demo.json", "workerd.capnp"])
    expect(statSync(join(data, name)).mode & 0o777).toBe(0o600);

  server.child.kill("SIGTERM");
  expect((await server.outcome).code).toBe(0);
  expect([existsSync(join(data, "run.json")), existsSync(join(data, "lock.json"))]).toEqual([false, false]);
  expect(await sluice(["account", "list", ...on])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("no server runs on") as unknown,
  });
});

test("a first run that is killed is completed by the next one, each message once", { timeout: SLOW }, async ({ expect }) => {
  const data = join(temporaryFolder(), "data");
  const first = new SluiceProcess(["start", ...ANY_PORTS, "--data", data]);
  while (!existsSync(join(data, "demo.json"))) {
    if (
      (await Promise.race([first.outcome, new Promise<undefined>((resolve) => void setTimeout(() => resolve(undefined), 20))])) !==
      undefined
    )
      throw new Error(first.stderr);
  }
  first.child.kill("SIGKILL");
  await first.outcome;
  const orphan = lockOf(data).workerd.pid;

  const second = new SluiceProcess(["start", ...ANY_PORTS, "--data", data]);
  const ready = await second.ready();
  expect(second.stdout).toContain(`ended workerd of an interrupted run (process ${orphan})`);
  const counts = await countMail(ready);
  second.child.kill("SIGINT");
  expect((await second.outcome).code).toBe(0);

  const untouched = new SluiceProcess(["start", ...ANY_PORTS, "--data", join(temporaryFolder(), "other")]);
  const whole = await countMail(await untouched.ready());
  expect(counts).toEqual(whole);
});

test("when workerd dies the command says so and exits with 1; --no-demo makes no account", { timeout: SLOW }, async ({ expect }) => {
  const data = join(temporaryFolder(), "data");
  const server = new SluiceProcess(["start", ...ANY_PORTS, "--data", data, "--no-demo"]);
  const ready = await server.ready();
  expect([...ready.keys()]).toEqual(["imaps", "imap", "http", "data"]);
  expect(existsSync(join(data, "demo.json"))).toBe(false);
  // A stranger on the TLS socket is no reason for noise or worse.
  const imaps = parseAddress(ready.get("imaps") ?? "");
  const stranger = connect(imaps?.port ?? 0, "127.0.0.1");
  stranger.on("error", () => undefined);
  stranger.write("GET / HTTP/1.0\r\n\r\n");
  stranger.resume();
  await once(stranger, "close");
  process.kill(lockOf(data).workerd.pid, "SIGKILL");
  expect(await server.outcome).toMatchObject({ code: 1, stderr: "sluice: workerd ended unexpectedly (killed by SIGKILL)\n" });
  expect(existsSync(join(data, "lock.json"))).toBe(false);
});
