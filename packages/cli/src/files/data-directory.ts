import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

import * as z from "zod";

import { CliError, codeOf, messageOf } from "../cli-error.ts";
import { parseState, PRIVATE, readSmallFile, writeWholeFile } from "./private-file.ts";

/** The format of the data directory that this version writes. It reads all older ones. */
export const DATA_FORMAT = 4;

const Versioned = z.object({ format: z.int().min(1) });

/** `DIR/sluice.json`: marks a directory as ours and holds the token of the admin API. */
export const DataSettings = z.object({
  format: z.int().min(1).max(DATA_FORMAT),
  createdAt: z.iso.datetime(),
  adminToken: z.string().regex(/^[0-9a-f]{64}$/),
});
export type DataSettings = z.infer<typeof DataSettings>;

/** The places inside a data directory. */
export interface DataPaths {
  readonly root: string;
  readonly settings: string;
  readonly lock: string;
  readonly run: string;
  readonly demo: string;
  readonly configuration: string;
  readonly tls: string;
  readonly server: string;
  readonly objects: string;
  readonly bodies: string;
}

export function dataPaths(root: string): DataPaths {
  return {
    root,
    settings: join(root, "sluice.json"),
    lock: join(root, "lock.json"),
    run: join(root, "run.json"),
    demo: join(root, "demo.json"),
    configuration: join(root, "workerd.capnp"),
    tls: join(root, "tls"),
    server: join(root, "server"),
    objects: join(root, "objects"),
    bodies: join(root, "bodies"),
  };
}

/**
 * Whether the data directory is there.
 *
 * @throws CliError when the path is something else than a directory.
 */
export function dataDirectoryExists(paths: DataPaths): boolean {
  try {
    if (statSync(paths.root).isDirectory()) return true;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw new CliError(`cannot use ${paths.root} as the data directory: ${messageOf(error)}`);
  }
  throw new CliError(`cannot use ${paths.root} as the data directory: it is not a directory`);
}

/** Makes the data directory and its folders where they are missing; only the owner may look inside. */
export function makeDataDirectory(paths: DataPaths): void {
  try {
    for (const path of [paths.root, paths.tls, paths.server, paths.objects, paths.bodies]) makeFolder(path);
  } catch (error) {
    throw new CliError(`cannot make the data directory ${paths.root}: ${messageOf(error)}`);
  }
}

/** Node's own recursive mkdir never returns where the file system answers ENOENT for a folder that is there, as /proc does. */
function makeFolder(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (codeOf(error) === "EEXIST" && statSync(path).isDirectory()) return;
    const parent = dirname(path);
    if (codeOf(error) !== "ENOENT" || existsSync(parent)) throw error;
    makeFolder(parent);
    mkdirSync(path, { mode: 0o700 });
  }
}

/**
 * Reads `sluice.json`. Returns undefined in a directory that Sluice has not used yet.
 *
 * @throws CliError when the file is damaged or of a newer format.
 */
export function readSettings(paths: DataPaths): DataSettings | undefined {
  const text = readSmallFile(paths.settings);
  if (text === undefined) return undefined;
  // The number comes first: a newer format may hold anything else.
  const versioned = parseState(text, Versioned);
  if (versioned !== undefined && versioned.value.format > DATA_FORMAT) {
    throw new CliError(
      `${paths.root} has data format ${versioned.value.format}, and this version of Sluice knows ${DATA_FORMAT} at most: use a newer Sluice, or another directory with --data`,
    );
  }
  const settings = parseState(text, DataSettings);
  if (settings === undefined) throw new CliError(`${paths.settings} is damaged: restore it, or use another directory with --data`);
  return settings.value;
}

/** Writes the `sluice.json` of a new data directory, with a fresh admin token. */
export function createSettings(paths: DataPaths, now: Date): DataSettings {
  const settings: DataSettings = { format: DATA_FORMAT, createdAt: now.toISOString(), adminToken: randomBytes(32).toString("hex") };
  writeSettings(paths, settings);
  return settings;
}

/** Notes that this version now writes into the directory: an older one must refuse it from here on. To be called under its lock, before the server starts. */
export function raiseFormat(paths: DataPaths, settings: DataSettings): void {
  if (settings.format === DATA_FORMAT) return;
  writeSettings(paths, { ...settings, format: DATA_FORMAT });
}

function writeSettings(paths: DataPaths, settings: DataSettings): void {
  writeWholeFile(paths.settings, `${JSON.stringify(settings, undefined, 2)}\n`, PRIVATE);
}
