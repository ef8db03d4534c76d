import { z } from "zod";

import { LimitSettings } from "./limits.ts";
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
});
export type Config = z.infer<typeof Config>;

/** Reads the settings. The only reader of variables and secrets. @throws one line that names what is wrong, without its value. */
export function readConfig(env: object): Config {
  const parsed = Config.safeParse(env);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new Error(`Configuration: ${problems.join("; ")}`);
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
