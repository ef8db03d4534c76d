import type { Readable } from "node:stream";

import { CLI_LIMITS } from "../limits.ts";

/** Lines that workerd prints for the everyday end of a connection; nobody can act on them. */
const EVERYDAY = [/TLS handshake failed/, /(?:Connection reset|Broken pipe|peer disconnected|disconnected: )/i, /Network connection lost/];

/**
 * One line of workerd's output as a person wants to read it, or undefined when it says nothing.
 *
 * C++ stack addresses are cut off, control characters are made visible.
 */
export function meaningfulLine(line: string): string | undefined {
  const cut = line.replace(/;? ?stack: (?:[0-9a-f/\w.+-]+@?)?.*$/, "").trimEnd();
  if (cut.trim() === "" || /^(?:stack:)?\s*(?:[0-9a-f]{6,16}\s*)+$/.test(cut)) return undefined;
  if (EVERYDAY.some((pattern) => pattern.test(cut))) return undefined;
  const short = cut.length > CLI_LIMITS.logLine ? `${cut.slice(0, CLI_LIMITS.logLine)}...` : cut;
  // A client chooses part of what is logged, and must not steer the terminal.
  return short.replaceAll(/[^\t\x20-\x7e\u00a0-\uffff]/g, "?");
}

/** Passes the meaningful lines of workerd's output on, and keeps the last few for an error message. */
export class OutputLog {
  readonly #show: (line: string) => void;
  readonly #tail: string[] = [];

  constructor(show: (line: string) => void) {
    this.#show = show;
  }

  /** The last meaningful lines, oldest first. */
  get tail(): readonly string[] {
    return this.#tail;
  }

  /** Reads a stream of text until it ends. */
  follow(stream: Readable): void {
    let rest = "";
    stream.setEncoding("utf8");
    stream.on("data", (chunk: string) => {
      const lines = (rest + chunk).split("\n");
      // A line without end is cut rather than collected.
      rest = (lines.pop() ?? "").slice(0, CLI_LIMITS.logLine + 1);
      for (const line of lines) this.#take(line);
    });
    stream.on("end", () => this.#take(rest));
  }

  #take(line: string): void {
    const text = meaningfulLine(line);
    if (text === undefined) return;
    this.#tail.push(text);
    if (this.#tail.length > CLI_LIMITS.logTail) this.#tail.shift();
    this.#show(text);
  }
}
