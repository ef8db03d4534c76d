import { createJsonLogger, type LogLevel, type Logger } from "../../observability/logger.ts";

/** Log lines on the console: where Workers and workerd collect them. */
export function consoleLogger(least: LogLevel): Logger {
  return createJsonLogger(
    least,
    (level, line) => {
      if (level === "error") console.error(line);
      else if (level === "warn") console.warn(line);
      else console.log(line);
    },
    () => Date.now(),
  );
}
