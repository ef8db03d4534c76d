import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { onTestFinished, test } from "vitest";

import { acquireLock } from "../../src/files/lock.ts";
import { identifyProcess, isAlive } from "../../src/files/process-identity.ts";
import { temporaryFolder } from "../temporary.ts";

/** A process that lives until the test ends. */
async function livingProcess(): Promise<{ readonly pid: number; end(): Promise<void> }> {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000); console.log('up')"], { stdio: ["ignore", "pipe", "ignore"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child.stdout, "data");
  if (child.pid === undefined) throw new Error("no process");
  return {
    pid: child.pid,
    async end() {
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}

test("a free lock is taken, held against others, and given back", ({ expect }) => {
  const path = join(temporaryFolder(), "lock.json");
  const lock = acquireLock(path, "DIR");
  expect(lock.orphan).toBeUndefined();
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(() => acquireLock(path, "DIR")).toThrow(`a Sluice server already runs on DIR (process ${process.pid})`);
  lock.release();
  expect(existsSync(path)).toBe(false);
  acquireLock(path, "DIR").release();
  lock.release();
});

test("releasing twice does not take away a later owner's lock", ({ expect }) => {
  const path = join(temporaryFolder(), "lock.json");
  const first = acquireLock(path, "DIR");
  first.release();
  acquireLock(path, "DIR");
  first.release();
  expect(existsSync(path)).toBe(true);
});

for (const [name, content] of [
  ["of a process that is gone", JSON.stringify({ owner: { pid: 0x3fff_fffe, started: "long ago" } })],
  ["whose process id now belongs to another process", JSON.stringify({ owner: { pid: process.pid, started: "long ago" } })],
  ["that is damaged", '{"owner"'],
  ["that is empty", ""],
] as const) {
  test(`a lock ${name} is taken over`, ({ expect }) => {
    const folder = temporaryFolder();
    const path = join(folder, "lock.json");
    writeFileSync(path, content);
    acquireLock(path, "DIR");
    expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ owner: { pid: process.pid } });
    expect(readdirSync(folder)).toEqual(["lock.json"]);
  });
}

test("a workerd that outlived its owner is reported, and stays on record until another takes its place", async ({ expect }) => {
  const path = join(temporaryFolder(), "lock.json");
  const orphan = identifyProcess((await livingProcess()).pid);
  writeFileSync(path, JSON.stringify({ owner: { pid: process.pid, started: "long ago" }, workerd: orphan }));
  const lock = acquireLock(path, "DIR");
  expect(lock.orphan).toEqual(orphan);
  expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ workerd: orphan });
  const next = { pid: 77, started: "now" };
  lock.recordWorkerd(next);
  expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ owner: { pid: process.pid }, workerd: next });
});

test("a process is alive until it ends, and no other start of its id is", async ({ expect }) => {
  const child = await livingProcess();
  const identity = identifyProcess(child.pid);
  if (identity === undefined) throw new Error("a living process must be found");
  expect(isAlive(identity)).toBe(true);
  expect(isAlive({ ...identity, started: "another time" })).toBe(false);
  await child.end();
  expect(isAlive(identity)).toBe(false);
  expect(identifyProcess(child.pid)).toBeUndefined();
});
