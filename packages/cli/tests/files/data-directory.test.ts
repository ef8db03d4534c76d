import { readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { test } from "vitest";

import {
  createSettings,
  DATA_FORMAT,
  dataDirectoryExists,
  dataPaths,
  makeDataDirectory,
  raiseFormat,
  readSettings,
} from "../../src/files/data-directory.ts";
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
  expect(settings).toMatchObject({ format: DATA_FORMAT, createdAt: "2026-01-02T03:04:05.000Z" });
  expect(statSync(paths.settings).mode & 0o777).toBe(0o600);
  expect(readdirSync(paths.root).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  expect(createSettings(freshDirectory(), new Date()).adminToken).not.toBe(settings.adminToken);
});

test("a newer format is refused whatever else it holds", ({ expect }) => {
  const paths = freshDirectory();
  writeFileSync(paths.settings, `{"format": ${DATA_FORMAT + 1}, "tokens": []}`);
  expect(() => readSettings(paths)).toThrow(
    new RegExp(`has data format ${DATA_FORMAT + 1}, and this version of Sluice knows ${DATA_FORMAT} at most`),
  );
});

test("an older format is read, and raised before anything is written in the new one", ({ expect }) => {
  const paths = freshDirectory();
  const old = { ...createSettings(paths, new Date()), format: 1 };
  writeFileSync(paths.settings, JSON.stringify(old));
  const settings = readSettings(paths);
  expect(settings).toEqual(old);
  if (settings !== undefined) raiseFormat(paths, settings);
  expect(readSettings(paths)).toEqual({ ...old, format: DATA_FORMAT });
  expect(statSync(paths.settings).mode & 0o777).toBe(0o600);
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
