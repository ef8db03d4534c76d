import { resolve } from "node:path";

import { WebSocketOrigins } from "@sluice/imap/config";
import { LimitSettings } from "@sluice/imap/limit-settings";
import * as z from "zod";

import { Address, formatAddress, parseAddress } from "./address.ts";
import { readArguments } from "./arguments.ts";
import { CliError } from "./cli-error.ts";

/** The sockets of the server, in the order in which they are printed. */
export const SOCKET_NAMES = ["imaps", "imap", "http"] as const;
export type SocketName = (typeof SOCKET_NAMES)[number];

const ListenAddress = z.string().transform((text, context) => {
  const address = parseAddress(text);
  if (address !== undefined) return address;
  context.addIssue(`expects HOST:PORT, such as 127.0.0.1:1993 or [::1]:1993, not ${JSON.stringify(text)}`);
  return z.NEVER;
});

/** `NAME=VALUE` of each `--limit`, as the server reads them. */
const Limits = z.array(z.string()).transform((texts, context) => {
  const values = new Map<string, number>();
  for (const text of texts) {
    const [, name = "", value = ""] = /^(\w+)=(\d{1,15})$/.exec(text) ?? [];
    if (name === "")
      context.addIssue(`expects NAME=VALUE with a whole number, such as connectionsPerAccount=10, not ${JSON.stringify(text)}`);
    else if (!Object.hasOwn(LimitSettings.shape, name))
      context.addIssue(`knows no ${name}; what can be set: ${Object.keys(LimitSettings.shape).join(", ")}`);
    else if (values.has(name)) context.addIssue(`sets ${name} twice`);
    values.set(name, Number(value));
  }
  if (context.issues.length > 0) return z.NEVER;
  const parsed = LimitSettings.safeParse(Object.fromEntries(values));
  if (parsed.success) return parsed.data;
  for (const { path, message } of parsed.error.issues) {
    const name = path.join(".");
    context.addIssue(`${name} ${message}, not ${values.get(name)}`);
  }
  return z.NEVER;
});

const StartArguments = z.object({
  imaps: ListenAddress.default({ host: "127.0.0.1", port: 1993 }),
  imap: ListenAddress.default({ host: "127.0.0.1", port: 1143 }),
  http: ListenAddress.default({ host: "127.0.0.1", port: 8080 }),
  data: z.string().min(1, "expects a directory").default(".sluice"),
  "no-demo": z.boolean().default(false),
  limit: Limits.default({}),
  "websocket-origin": WebSocketOrigins.default([]),
  "no-websocket-plain": z.boolean().default(false),
  help: z.boolean().default(false),
});

/** What `sluice start` is asked to do. `data` is an absolute path. */
export const StartOptions = z.object({
  imaps: Address,
  imap: Address,
  http: Address,
  data: z.string().min(1),
  demo: z.boolean(),
  limits: LimitSettings,
  webSocketOrigins: WebSocketOrigins,
  /** Whether WebSocket clients of the subprotocol `imap` are served, or only those of `imap.flow`. */
  webSocketPlain: z.boolean(),
});
export type StartOptions = z.infer<typeof StartOptions>;

/**
 * Reads the options of `sluice start`.
 *
 * @returns "help" when help is asked for.
 * @throws CliError with one line that names the option.
 */
export function readStartOptions(args: readonly string[]): StartOptions | "help" {
  const { values, positionals } = readArguments("start", args, {
    imaps: { type: "string" },
    imap: { type: "string" },
    http: { type: "string" },
    data: { type: "string" },
    "no-demo": { type: "boolean" },
    limit: { type: "string", multiple: true },
    "websocket-origin": { type: "string", multiple: true },
    "no-websocket-plain": { type: "boolean" },
    help: { type: "boolean", short: "h" },
  });
  if (values["help"] === true) return "help";
  if (positionals.length > 0) throw new CliError(`start: unexpected argument ${JSON.stringify(positionals[0])} (see: sluice start --help)`);
  const parsed = StartArguments.safeParse(values);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new CliError(`start: --${String(issue?.path[0] ?? "?")} ${issue?.message ?? "is not valid"}`);
  }
  const { imaps, imap, http, data, limit: limits } = parsed.data;
  const options = {
    imaps,
    imap,
    http,
    data: resolve(data),
    demo: !parsed.data["no-demo"],
    limits,
    webSocketOrigins: parsed.data["websocket-origin"],
    webSocketPlain: !parsed.data["no-websocket-plain"],
  };
  refuseSharedAddress(options);
  return options;
}

function refuseSharedAddress(options: StartOptions): void {
  const taken = new Map<string, SocketName>();
  for (const name of SOCKET_NAMES) {
    if (options[name].port === 0) continue;
    const text = formatAddress(options[name]);
    const other = taken.get(text);
    if (other !== undefined) throw new CliError(`start: --${other} and --${name} are both ${text}`);
    taken.set(text, name);
  }
}
