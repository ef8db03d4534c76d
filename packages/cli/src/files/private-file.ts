import { randomUUID } from "node:crypto";
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { basename, dirname } from "node:path";

import type * as z from "zod";

import { CliError, codeOf, messageOf } from "../cli-error.ts";
import { CLI_LIMITS } from "../limits.ts";

/** Only the owner reads what holds a secret. */
export const PRIVATE = 0o600;
export const PUBLIC = 0o644;

/**
 * Replaces a file as a whole: after a crash at any moment it holds either the old or the new content.
 *
 * @throws CliError when the file cannot be written.
 */
export function writeWholeFile(path: string, content: string | Uint8Array, mode: typeof PRIVATE | typeof PUBLIC): void {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const descriptor = openSync(temporary, "wx", mode);
    try {
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
      for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, path);
    syncDirectory(dirname(path));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new CliError(`cannot write ${path}: ${messageOf(error)}`);
  }
}

/** Windows cannot open a directory; there the rename alone has to do. */
function syncDirectory(path: string): void {
  if (process.platform === "win32") return;
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Reads a JSON file of ours. Returns undefined when there is none.
 *
 * @throws CliError when it cannot be read, is no JSON or does not fit the schema.
 */
export function readStateFile<S extends z.ZodType>(path: string, schema: S): z.infer<S> | undefined {
  const text = readSmallFile(path);
  if (text === undefined) return undefined;
  const result = parseState(text, schema);
  if (result === undefined) throw new CliError(`${path} is damaged: it is not a ${basename(path)} that Sluice wrote`);
  return result.value;
}

/** The content of a small text file, or undefined when there is none. */
export function readSmallFile(path: string): string | undefined {
  try {
    if (statSync(path).size > CLI_LIMITS.stateFile)
      throw new CliError(`${path} is damaged: it is larger than ${CLI_LIMITS.stateFile} octets`);
    return readFileSync(path, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    if (error instanceof CliError) throw error;
    throw new CliError(`cannot read ${path}: ${messageOf(error)}`);
  }
}

/** Reads JSON text by a schema. Returns undefined when it is no JSON or does not fit. */
export function parseState<S extends z.ZodType>(text: string, schema: S): { readonly value: z.infer<S> } | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  const parsed = schema.safeParse(value);
  return parsed.success ? { value: parsed.data } : undefined;
}
