import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";

import { onTestFinished } from "vitest";

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const WORKER = fileURLToPath(new URL("fixtures/worker/", import.meta.url));

/** How a run ended. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A `sluice` process of its own, on the stand-in Worker. */
export class SluiceProcess {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  stdout = "";
  stderr = "";
  readonly outcome: Promise<Outcome>;

  constructor(args: readonly string[]) {
    const { npm_lifecycle_event: _, ...env } = process.env;
    this.child = spawn(process.execPath, [MAIN, ...args], { env: { ...env, SLUICE_WORKER_DIR: WORKER }, stdio: ["pipe", "pipe", "pipe"] });
    this.child.stdout.setEncoding("utf8").on("data", (text: string) => (this.stdout += text));
    this.child.stderr.setEncoding("utf8").on("data", (text: string) => (this.stderr += text));
    this.outcome = once(this.child, "close").then(([code]: (number | null)[]) => ({
      code: code ?? null,
      stdout: this.stdout,
      stderr: this.stderr,
    }));
    onTestFinished(async () => {
      this.child.kill("SIGTERM");
      await this.outcome;
    });
  }

  /** The fields of the ready line. */
  async ready(): Promise<ReadonlyMap<string, string>> {
    for (;;) {
      const line = /^ready (.*)\n/m.exec(this.stdout)?.[1];
      if (line !== undefined)
        return new Map(line.split(" ").map((field) => [field.slice(0, field.indexOf("=")), field.slice(field.indexOf("=") + 1)]));
      const ended = await Promise.race([once(this.child.stdout, "data").then(() => undefined), this.outcome]);
      if (ended !== undefined) throw new Error(`sluice ended with ${ended.code}: ${ended.stderr}`);
    }
  }
}

/** Runs a command to its end. */
export function sluice(args: readonly string[], input = ""): Promise<Outcome> {
  const run = new SluiceProcess(args);
  run.child.stdin.end(input);
  return run.outcome;
}
