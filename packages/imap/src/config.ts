import * as z from "zod";

import { LimitSettings } from "./limit-settings.ts";
import { LIMITS } from "./limits.ts";
import { LOG_LEVELS } from "./observability/logger.ts";

/** The Spectrum application that brings TCP connections to this Worker. */
export const Spectrum = z.object({
  /** Name under which clients connect. */
  hostname: z.hostname(),
  protocol: z.string().regex(/^tcp\/\d{1,5}$/),
  /** Only these two are possible with a Worker behind Spectrum: `flexible` ends TLS there. */
  tls: z.enum(["off", "flexible"]),
});
export type Spectrum = z.infer<typeof Spectrum>;

/** Where a browser's page comes from, as the Origin header says it: `https://mail.example.com`, `moz-extension://...`. */
const WebSocketOrigin = z
  .string()
  .max(300)
  .refine(isOrigin, "expects * or an origin such as https://mail.example.com: no path, no default port, lower case");

/** Origins whose pages may open the WebSocket; `*` is every page. */
export const WebSocketOrigins = z.array(WebSocketOrigin).max(LIMITS.webSocketOrigins);

/** Settings of the Worker: variables and secrets. */
export const Config = z.object({
  /** Bearer token of the admin API; without one the API is off. */
  ADMIN_TOKEN: z.string().min(16).max(512).optional(),
  /** Bearer token of /metrics, for a scraper that should not hold the ADMIN_TOKEN, which is good for it too. */
  METRICS_TOKEN: z.string().min(16).max(512).optional(),
  /** Domain of an account name that has none. */
  DEFAULT_DOMAIN: z.hostname().lowercase().default("localhost"),
  /** Whether the admin API may shut connections down. For one process of one's own: on Cloudflare it would reach one isolate of many, and for good. */
  SHUTDOWN: z.enum(["on", "off"]).default("off"),
  VERSION: z.string().min(1).max(64).default("development"),
  LOG_LEVEL: z.enum(LOG_LEVELS).default("warn"),
  /** A table in wrangler.toml, or JSON as text. */
  LIMITS: z.preprocess(fromText, LimitSettings.default({})),
  SPECTRUM: z.preprocess(fromText, Spectrum.optional()),
  /** Origins beside the Worker's own whose pages may open the WebSocket; `*` is every page. An array in wrangler.toml, or text with commas. */
  WEBSOCKET_ORIGINS: z.preprocess(fromCommas, WebSocketOrigins.default([])),
  /** Whether clients of the subprotocol `imap` are served, whose output the runtime may have to buffer. `off` requires `imap.flow`. */
  WEBSOCKET_PLAIN: z.enum(["on", "off"]).default("on"),
  /** The HTTP header in which whoever stands in front of the Worker gives the client's address. Unset, the address is not known: anybody can send a header. */
  CLIENT_ADDRESS_HEADER: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,64}$/, "expects the name of a header")
    .optional(),
});
export type Config = z.infer<typeof Config>;

/** Reads the settings. The only reader of variables and secrets. @throws one line that names what is wrong, without its value. */
export function readConfig(env: object): Config {
  const parsed = Config.safeParse(env);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new Error(`Configuration: ${problems.join("; ")}`);
}

function isOrigin(text: string): boolean {
  if (text === "*") return true;
  if (!/^[a-z][a-z0-9+.-]*:\/\/[^\s/?#@,\\]+$/.test(text)) return false;
  // Browsers send them in one spelling only, so any other would never match. Schemes of extensions have no origin here.
  return !/^https?:/.test(text) || (URL.canParse(text) && new URL(text).origin === text);
}

function fromCommas(value: unknown): unknown {
  if (typeof value !== "string") return value;
  return value
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

function fromText(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    // A string is none of these tables: the schema says so.
    return value;
  }
}
