import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import * as z from "zod";

import { CliError, codeOf, messageOf } from "../cli-error.ts";
import { PUBLIC, writeWholeFile } from "../files/private-file.ts";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
/** Where the built Worker is; tests and developers may name another one. */
const WORKER_DIRECTORY = process.env["SLUICE_WORKER_DIR"] ?? join(ROOT, "dist", "worker");
const Manifest = z.object({ version: z.string().min(1) });

const WorkerdPackage = z.object({ default: z.string().min(1), compatibilityDate: z.iso.date() });

/**
 * The installed workerd: the path of its program, and the newest compatibility date that it knows.
 *
 * @throws CliError when it is not installed for this kind of machine.
 */
export function installedWorkerd(): { readonly program: string; readonly compatibilityDate: string } {
  let loaded: unknown;
  try {
    // The package has no types, and fails while loading where it brings no program for the machine.
    loaded = createRequire(import.meta.url)("workerd");
  } catch (error) {
    throw new CliError(`workerd is not installed for this machine: ${messageOf(error)}`);
  }
  const { default: program, compatibilityDate } = WorkerdPackage.parse(loaded);
  return { program, compatibilityDate };
}

/** The version of Sluice, from the manifest at the top of the project. */
export function sluiceVersion(): string {
  return Manifest.parse(JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"))).version;
}

/** The modules that the Worker imports from beside itself. */
export const WASM_FILES: readonly string[] = ["imap.wasm", "octets.wasm"];

/**
 * Copies the built Worker into the data directory, because the configuration can embed nothing from
 * outside its own folder.
 *
 * @throws CliError when the Worker has not been built.
 */
export function copyServerFiles(target: string): void {
  for (const name of ["worker.js", ...WASM_FILES]) {
    const source = join(WORKER_DIRECTORY, name);
    let bytes: Uint8Array;
    try {
      bytes = readFileSync(source);
    } catch (error) {
      if (codeOf(error) === "ENOENT") throw new CliError(`${source} is missing: build the server first (pnpm build)`);
      throw new CliError(`cannot read ${source}: ${messageOf(error)}`);
    }
    writeWholeFile(join(target, name), bytes, PUBLIC);
  }
}
