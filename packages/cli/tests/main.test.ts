import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";

import { onTestFinished, test } from "vitest";

import { createSettings, dataPaths, makeDataDirectory } from "../src/files/data-directory.ts";
import { writeRunFile } from "../src/files/run-file.ts";
import { sluice } from "./sluice-process.ts";
import { portOf, temporaryFolder } from "./temporary.ts";

/** Each run is a process of its own; on a busy machine many of them take a while. */
const SLOW = 60_000;

test("a bad option is one line and exit 1", { timeout: SLOW }, async ({ expect }) => {
  expect(await sluice(["start", "--frobnicate"])).toEqual({
    code: 1,
    stdout: "",
    stderr: "sluice: start: Unknown option '--frobnicate' (see: sluice start --help)\n",
  });
});

test("a port in use is one line that names the option, exit 1, and leaves no directory behind", { timeout: SLOW }, async ({ expect }) => {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const place = `127.0.0.1:${portOf(server)}`;
  const data = join(temporaryFolder(), "data");
  const { code, stdout, stderr } = await sluice([
    "start",
    "--data",
    data,
    "--imaps",
    "127.0.0.1:0",
    "--imap",
    place,
    "--http",
    "127.0.0.1:0",
  ]);
  expect({ code, stdout, stderr }).toEqual({
    code: 1,
    stdout: "",
    stderr: `sluice: start: ${place} is already in use; choose another with --imap HOST:PORT\n`,
  });
  expect(existsSync(data)).toBe(false);
});

test("a data directory of a newer format is one line and exit 1", { timeout: SLOW }, async ({ expect }) => {
  const data = temporaryFolder();
  writeFileSync(join(data, "sluice.json"), '{"format": 99}');
  const { code, stdout, stderr } = await sluice(["start", "--", "--data", data]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(/^sluice: .* has data format 99, [^\n]*\n$/);
});

test("a start that fails leaves the data directory to the older version that made it", { timeout: SLOW }, async ({ expect }) => {
  const data = temporaryFolder();
  const paths = dataPaths(data);
  makeDataDirectory(paths);
  const old = { ...createSettings(paths, new Date()), format: 1 };
  writeFileSync(paths.settings, JSON.stringify(old));
  // In the way of the Worker's copy.
  mkdirSync(join(paths.server, "worker.js"));
  const free = ["--imaps", "127.0.0.1:0", "--imap", "127.0.0.1:0", "--http", "127.0.0.1:0"];
  expect(await sluice(["start", "--data", data, ...free])).toMatchObject({ code: 1, stderr: expect.stringContaining("worker.js") });
  expect(JSON.parse(readFileSync(paths.settings, "utf8"))).toEqual(old);
});

test("help and version go to standard output", { timeout: SLOW }, async ({ expect }) => {
  for (const args of [["--help"], ["start", "--help"], ["account", "--help"], ["account", "add", "--help"], ["metrics", "--help"]]) {
    const { code, stdout, stderr } = await sluice(args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^Usage: sluice /);
  }
  expect((await sluice(["--version"])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test("what a server that is gone has left behind leads to no stranger", { timeout: SLOW }, async ({ expect }) => {
  const data = temporaryFolder();
  let requests = 0;
  const stranger = createServer((socket) => {
    requests++;
    socket.end();
  });
  stranger.listen(0, "127.0.0.1");
  await once(stranger, "listening");
  onTestFinished(() => void stranger.close());
  const place = { host: "127.0.0.1", port: portOf(stranger) };
  createSettings(dataPaths(data), new Date());
  writeRunFile(join(data, "run.json"), { pid: 1, workerdPid: 1, imaps: place, imap: place, http: place });
  const gone = { pid: process.pid, started: "another time" };
  for (const lock of [undefined, { owner: gone }, { owner: gone, workerd: gone }]) {
    if (lock !== undefined) writeFileSync(join(data, "lock.json"), JSON.stringify(lock));
    expect(await sluice(["account", "list", "--data", data])).toEqual({
      code: 1,
      stdout: "",
      stderr: `sluice: account list: no server runs on ${data}: start it first (sluice start --data DIR)\n`,
    });
  }
  expect(requests).toBe(0);
});

test("commands that cannot be are one line and exit 1", { timeout: SLOW }, async ({ expect }) => {
  const data = temporaryFolder();
  for (const [args, pattern] of [
    [[], /expects a command/],
    [["stop"], /no command "stop"/],
    [["account"], /account: expects add, list, remove, password, restart/],
    [["account", "rename"], /no command "rename"/],
    [["account", "add"], /expects the NAME/],
    [["account", "add", "a", "b"], /unexpected argument "b"/],
    [["account", "add", "a\u001bb"], /is no account name/],
    [["account", "add", ".", "--password", "x"], /"\." is no account name/],
    [["account", "remove", "..", "--yes"], /"\.\." is no account name/],
    [["account", "add", "a", "--password", ""], /account add: the password is empty/],
    [["account", "list", "--data", data], /is no data directory of Sluice/],
    [["metrics", "all"], /metrics: unexpected argument "all"/],
    [["metrics", "--data", data], /metrics: .* is no data directory of Sluice/],
  ] as const) {
    const { code, stdout, stderr } = await sluice(args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(pattern);
    expect(stderr.split("\n")).toHaveLength(2);
  }
});
