import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { test } from "vitest";

import { noteAccountChange } from "../../src/demo/demo-account.ts";
import { temporaryFolder } from "../temporary.ts";

const READY = {
  format: 1,
  user: "demo@sluice.test",
  password: "aaaa-bbbb-cccc-dddd",
  seed: 1,
  until: "2026-11-22T12:00:00.000Z",
  state: "ready",
};

function demoFile(): string {
  const path = join(temporaryFolder(), "demo.json");
  writeFileSync(path, JSON.stringify(READY));
  return path;
}

const read = (path: string): unknown => JSON.parse(readFileSync(path, "utf8"));

test("a password of the user's own is never written down", ({ expect }) => {
  for (const name of ["demo", "demo@sluice.test", "DEMO@Sluice.Test"]) {
    const path = demoFile();
    noteAccountChange(path, name, "password");
    expect(read(path)).toEqual({ format: 1, user: READY.user, seed: 1, until: READY.until, state: "ready" });
    expect(statSync(path).mode & 0o777).toBe(0o600);
  }
});

test("a demo account that the user removed stays removed", ({ expect }) => {
  const path = demoFile();
  noteAccountChange(path, "demo", "removed");
  expect(read(path)).toMatchObject({ state: "released" });
  noteAccountChange(path, "demo", "password");
  expect(read(path)).toMatchObject({ state: "released" });
});

test("other accounts, and a directory without a demo account, are left alone", ({ expect }) => {
  const path = demoFile();
  noteAccountChange(path, "demo@other.test", "removed");
  noteAccountChange(path, "democracy", "password");
  expect(read(path)).toEqual(READY);
  noteAccountChange(join(temporaryFolder(), "demo.json"), "demo", "removed");
});
