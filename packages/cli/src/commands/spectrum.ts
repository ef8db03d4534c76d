import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { readArguments } from "../arguments.ts";
import { CliError } from "../cli-error.ts";
import { type Environment, readEnvironment, readOptions, type SpectrumOptions } from "../spectrum/access.ts";
import { planApplication } from "../spectrum/application.ts";
import { applyApplication } from "../spectrum/apply.ts";
import { SPECTRUM_HELP } from "../spectrum/help.ts";
import type { SpectrumApi } from "../spectrum/spectrum-api.ts";
import { readWorkerSettings, type WorkerSettings } from "../spectrum/wrangler-settings.ts";

const VERBS = ["plan", "apply"] as const;
const WRANGLER_TOML = fileURLToPath(new URL("../../../imap/wrangler.toml", import.meta.url));

/** What a plan shows where nobody has said which Worker it is. */
const UNKNOWN_WORKER = "(script tag of the Worker)";

/** `sluice spectrum VERB ...`. Prints its result. @throws CliError */
export async function spectrum(args: readonly string[]): Promise<void> {
  const [word, ...rest] = args;
  if (word === "--help" || word === "-h") return void process.stdout.write(SPECTRUM_HELP.spectrum);
  const verb = VERBS.find((one) => one === word);
  if (verb === undefined) {
    const given = word === undefined ? "" : ` no command ${JSON.stringify(word)},`;
    throw new CliError(`spectrum:${given} expects ${VERBS.join(" or ")} (see: sluice spectrum --help)`);
  }
  const command = `spectrum ${verb}` as const;
  const { values, positionals } = readArguments(command, rest, {
    config: { type: "string" },
    "worker-id": { type: "string" },
    "account-id": { type: "string" },
    ...(verb === "apply" && { "zone-id": { type: "string" as const } }),
    help: { type: "boolean", short: "h" },
  });
  const options = readOptions(command, values);
  if (options.help) return void process.stdout.write(SPECTRUM_HELP[command]);
  if (positionals[0] !== undefined) throw new CliError(`${command}: unexpected argument ${JSON.stringify(positionals[0])}`);
  const environment = readEnvironment(command, process.env);
  const path = options.config === undefined ? WRANGLER_TOML : resolve(options.config);
  try {
    const settings = readWorkerSettings(path);
    await (verb === "plan" ? plan(settings, options, environment) : apply(settings, options, environment));
  } catch (error) {
    if (error instanceof CliError) throw new CliError(`${command}: ${error.message}`);
    throw error;
  }
}

/** Prints the application as JSON on standard output; what is missing in it is said on standard error. */
async function plan(settings: WorkerSettings, options: SpectrumOptions, environment: Environment): Promise<void> {
  let workerId = options["worker-id"];
  if (workerId === undefined && environment.CLOUDFLARE_API_TOKEN !== undefined)
    workerId = await lookUp(await connect(environment), settings, options, environment);
  if (workerId === undefined)
    process.stderr.write(
      `The tag of the Worker "${settings.name}" is not known: give it with --worker-id, or set CLOUDFLARE_API_TOKEN and CLOUDFLARE_ACCOUNT_ID.\n`,
    );
  const application = planApplication(settings.spectrum, workerId ?? UNKNOWN_WORKER);
  process.stdout.write(`${JSON.stringify(application, undefined, 2)}\n`);
}

async function apply(settings: WorkerSettings, options: SpectrumOptions, environment: Environment): Promise<void> {
  const zoneId = options["zone-id"] ?? environment.CLOUDFLARE_ZONE_ID;
  if (environment.CLOUDFLARE_API_TOKEN === undefined) throw new CliError("expects an API token in CLOUDFLARE_API_TOKEN");
  if (zoneId === undefined)
    throw new CliError(`expects the zone of ${settings.spectrum.hostname}: give it with --zone-id or in CLOUDFLARE_ZONE_ID`);
  const api = await connect(environment);
  const workerId = options["worker-id"] ?? (await lookUp(api, settings, options, environment));
  const done = await applyApplication(api, zoneId, planApplication(settings.spectrum, workerId));
  process.stdout.write(`${done}\n`);
}

/** The SDK takes half a second to load, so only who talks to Cloudflare loads it. */
async function connect(environment: Environment): Promise<SpectrumApi> {
  const { CLOUDFLARE_API_TOKEN: token = "", CLOUDFLARE_BASE_URL: baseUrl } = environment;
  const { createCloudflareSpectrum } = await import("../spectrum/cloudflare-spectrum.ts");
  return createCloudflareSpectrum({ token, baseUrl });
}

async function lookUp(api: SpectrumApi, settings: WorkerSettings, options: SpectrumOptions, environment: Environment): Promise<string> {
  const accountId = options["account-id"] ?? environment.CLOUDFLARE_ACCOUNT_ID ?? settings.accountId;
  if (accountId === undefined)
    throw new CliError(`expects the Worker's tag (--worker-id), or the account to look it up in (--account-id, CLOUDFLARE_ACCOUNT_ID)`);
  const workerId = await api.workerId(accountId, settings.name);
  if (workerId !== undefined) return workerId;
  throw new CliError(`the account has no Worker "${settings.name}": deploy it first`);
}
