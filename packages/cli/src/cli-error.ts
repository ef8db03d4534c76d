/**
 * The one way a command of this tool fails on purpose: `main.ts` prints the message as one line and
 * exits with 1. Everything else that is thrown is a bug of ours and keeps its stack.
 */
export class CliError extends Error {
  override readonly name = "CliError";
}

/** The message of whatever was thrown, on one line. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replaceAll(/\s*\n\s*/g, " ").trim();
}

/** The `code` of a Node error such as `ENOENT`, if it has one. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
