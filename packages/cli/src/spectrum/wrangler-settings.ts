import { readFileSync } from "node:fs";

import { Spectrum } from "@sluice/imap/config";
import { parse, TomlError } from "smol-toml";
import * as z from "zod";

import { CliError, codeOf, messageOf } from "../cli-error.ts";

/** What the Spectrum commands need of a Worker's wrangler.toml. The rest of the file is wrangler's business. */
const WranglerSettings = z.object({
  /** The Worker's name, under which wrangler deploys it. */
  name: z.string().regex(/^[a-z0-9_-]{1,255}$/i, "expects a Worker's name"),
  account_id: z.string().optional(),
  vars: z.object({ SPECTRUM: Spectrum.strict() }),
});

export interface WorkerSettings {
  readonly name: string;
  readonly accountId: string | undefined;
  readonly spectrum: Spectrum;
}

/**
 * Reads a wrangler.toml. `[vars.SPECTRUM]` in it is the only source of hostname, port and TLS: the Worker reads the same table.
 *
 * @throws CliError with one line that names the file and what is wrong in it.
 */
export function readWorkerSettings(path: string): WorkerSettings {
  let toml: unknown;
  try {
    toml = parse(readFileSync(path, "utf8"));
  } catch (error) {
    if (codeOf(error) === "ENOENT") throw new CliError(`there is no ${path}: name the Worker's wrangler.toml with --config FILE`);
    // The message of a TomlError goes on with an excerpt of the file.
    if (error instanceof TomlError) throw new CliError(`${path}, line ${error.line}: ${error.message.split("\n")[0]}`);
    throw new CliError(`cannot read ${path}: ${messageOf(error)}`);
  }
  const parsed = WranglerSettings.safeParse(toml);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new CliError(`${path}: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? "is not valid"}`);
  }
  const { name, account_id: accountId, vars } = parsed.data;
  return { name, accountId, spectrum: vars.SPECTRUM };
}
