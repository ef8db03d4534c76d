import * as z from "zod";

import { CliError } from "../cli-error.ts";

const Identifier = z.string().regex(/^[0-9a-f]{32}$/i, "expects 32 hexadecimal digits");

/** A token is sent to this address, so it is Cloudflare, another HTTPS server, or this machine. */
const BaseUrl = z.url().refine((text) => {
  const { protocol, hostname } = new URL(text);
  return protocol === "https:" || (protocol === "http:" && ["127.0.0.1", "[::1]", "localhost"].includes(hostname));
}, "expects an https URL");

/** What the environment says. An empty variable is one that is not set. */
const Environment = z.object({
  CLOUDFLARE_API_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]{1,512}$/, "is no API token")
    .optional(),
  CLOUDFLARE_ACCOUNT_ID: Identifier.optional(),
  CLOUDFLARE_ZONE_ID: Identifier.optional(),
  CLOUDFLARE_BASE_URL: BaseUrl.optional(),
});
export type Environment = z.infer<typeof Environment>;

const Options = z.object({
  config: z.string().min(1, "expects a file").optional(),
  "worker-id": z
    .string()
    .regex(/^[\w-]{1,64}$/, "expects the tag of a Worker's script")
    .optional(),
  "account-id": Identifier.optional(),
  "zone-id": Identifier.optional(),
  help: z.boolean().default(false),
});
export type SpectrumOptions = z.infer<typeof Options>;

/** @throws CliError that names the option. */
export function readOptions(command: string, values: unknown): SpectrumOptions {
  const parsed = Options.safeParse(values);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new CliError(`${command}: --${issue?.path.join(".") ?? "?"} ${issue?.message ?? "is not valid"}`);
}

/** @throws CliError that names the variable, never its value. */
export function readEnvironment(command: string, variables: NodeJS.ProcessEnv): Environment {
  const set = Object.fromEntries(Object.keys(Environment.shape).flatMap((name) => (variables[name] ? [[name, variables[name]]] : [])));
  const parsed = Environment.safeParse(set);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new CliError(`${command}: ${issue?.path.join(".") ?? "the environment"} ${issue?.message ?? "is not valid"}`);
}
