import type { Secret } from "../protocol/secret.ts";

export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** What stands beside the message of a log line. A {@link Secret} is written as `[secret]`. */
export type LogFields = Readonly<Record<string, string | number | boolean | Secret | undefined>>;

/** Port: structured log lines. */
export interface Logger {
  /** Whether lines of this level are written: what costs something to put together is asked for first. Never changes. */
  enabled(level: LogLevel): boolean;
  log(level: LogLevel, message: string, fields?: LogFields): void;
  /** Logs an error that nobody foresaw, with its stack and causes. */
  fault(message: string, error: unknown, fields?: LogFields): void;
}

/** Writes one line of JSON for each entry from `least` on. `write` gets the line without its end. */
export function createJsonLogger(least: LogLevel, write: (level: LogLevel, line: string) => void, now: () => number): Logger {
  const from = LOG_LEVELS.indexOf(least);
  const enabled: Logger["enabled"] = (level) => LOG_LEVELS.indexOf(level) >= from;
  const log: Logger["log"] = (level, message, fields) => {
    if (!enabled(level)) return;
    write(level, JSON.stringify({ time: new Date(now()).toISOString(), level, message, ...fields }));
  };
  return { enabled, log, fault: (message, error, fields) => log("error", message, { ...fields, error: describeError(error) }) };
}

/** An error and its causes as text, bounded. */
export function describeError(error: unknown): string {
  let text = "";
  let cause: unknown = error;
  for (let depth = 0; depth < 4 && cause !== undefined; depth++) {
    const described = cause instanceof Error ? (cause.stack ?? `${cause.name}: ${cause.message}`) : `thrown: ${typeof cause}`;
    text += depth === 0 ? described : `\ncaused by ${described}`;
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return text.slice(0, MAX_TEXT);
}

/** Characters of a described error: a few stacks. */
const MAX_TEXT = 8_000;
