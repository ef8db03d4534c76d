import { rmSync } from "node:fs";

import * as z from "zod";

import { Address } from "../address.ts";
import { PRIVATE, readStateFile, writeWholeFile } from "./private-file.ts";

/** `DIR/run.json`: where the server of this data directory listens, for the other commands. There only while it runs. */
export const RunFile = z.object({ pid: z.int().min(1), workerdPid: z.int().min(1), imaps: Address, imap: Address, http: Address });
export type RunFile = z.infer<typeof RunFile>;

export function writeRunFile(path: string, run: RunFile): void {
  writeWholeFile(path, `${JSON.stringify(run, undefined, 2)}\n`, PRIVATE);
}

/** Returns undefined when no server runs. */
export function readRunFile(path: string): RunFile | undefined {
  return readStateFile(path, RunFile);
}

export function removeRunFile(path: string): void {
  rmSync(path, { force: true });
}
