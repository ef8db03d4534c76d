import { readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { test } from "vitest";

import { createSettings, dataDirectoryExists, dataPaths, makeDataDirectory, readSettings } from "../../src/files/data-directory.ts";
import { temporaryFolder } from "../temporary.ts";

function freshDirectory(): ReturnType<typeof dataPaths> {
  const paths = dataPaths(join(temporaryFolder(), "a", "b"));
  makeDataDirectory(paths);
  return paths;
}

test("a new data directory is made with its parents, readable by its owner only", ({ expect }) => {
  const paths = freshDirectory();
  expect(dataDirectoryExists(paths)).toBe(true);
  for (const path of [paths.root, paths.tls, paths.objects, paths.bodies, paths.server]) expect(statSync(path).mode & 0o777).toBe(0o700);
  makeDataDirectory(paths);
});

test("settings are private, random, and read back as written", ({ expect }) => {
  const paths = freshDirectory();
  expect(readSettings(paths)).toBeUndefined();
  const settings = createSettings(paths, new Date("2026-01-02T03:04:05Z"));
  expect(readSettings(paths)).toEqual(settings);
  expect(settings).toMatchObject({ format: 1, createdAt: "2026-01-02T03:04:05.000Z" });
  expect(statSync(paths.settings).mode & 0o777).toBe(0o600);
  expect(readdirSync(paths.root).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  expect(createSettings(freshDirectory(), new Date()).adminToken).not.toBe(settings.adminToken);
});

test("a newer format is refused whatever else it holds", ({ expect }) => {
  const paths = freshDirectory();
  writeFileSync(paths.settings, '{"format": 2, "tokens": []}');
  expect(() => readSettings(paths)).toThrow(/has data format 2, and this version of Sluice knows 1 at most/);
});

for (const [name, content] of [
  ["cut off", '{"format": 1, "createdAt": "2026-0'],
  ["empty", ""],
  ["without a token", '{"format": 1, "createdAt": "2026-01-02T03:04:05.000Z"}'],
  ["an array", "[]"],
  ["of format 0", '{"format": 0}'],
  ["endless", " ".repeat(100_000)],
] as const) {
  test(`settings that are ${name} are called damaged`, ({ expect }) => {
    const paths = freshDirectory();
    writeFileSync(paths.settings, content);
    expect(() => readSettings(paths)).toThrow(/sluice\.json is damaged/);
  });
}

test("a file in the place of the directory is refused", ({ expect }) => {
  const paths = dataPaths(join(temporaryFolder(), "file"));
  expect(dataDirectoryExists(paths)).toBe(false);
  writeFileSync(paths.root, "");
  expect(() => dataDirectoryExists(paths)).toThrow(/is not a directory/);
  expect(() => makeDataDirectory(paths)).toThrow(/cannot make the data directory/);
});

test("a file in the place of one of its folders is refused", ({ expect }) => {
  const paths = dataPaths(temporaryFolder());
  writeFileSync(paths.tls, "");
  expect(() => makeDataDirectory(paths)).toThrow(/cannot make the data directory/);
});
