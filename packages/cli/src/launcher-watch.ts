import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

import { identifyProcess, isAlive, type ProcessIdentity } from "./files/process-identity.ts";
import { CLI_LIMITS } from "./limits.ts";

/** What `ps` or /proc says about a process. */
export interface ProcessInfo {
  readonly parent: number;
  /** The command line, its words joined by spaces. */
  readonly command: string;
}

/** npm, npx or pnpm, as program, as script of node, or as the title they give themselves. */
const LAUNCHER = /^(?:\S*\bnode\s+)?(?:\S*\/)?(?:npm|npx|pnpm)(?:\.c?js|-cli\.js)?(?:\s|$)/;

/**
 * The processes between us and the topmost package manager that started us, nearest first; empty when
 * none did.
 *
 * Shells in between count, a shell above does not: whoever starts the server in the background of a
 * terminal may close that terminal.
 */
export function launchers(parent: number, inspect: (pid: number) => ProcessInfo | undefined): readonly number[] {
  const chain: number[] = [];
  let count = 0;
  for (let pid = parent; pid > 1 && chain.length < CLI_LIMITS.launchers;) {
    const info = inspect(pid);
    if (info === undefined) break;
    chain.push(pid);
    if (LAUNCHER.test(info.command)) count = chain.length;
    pid = info.parent;
  }
  return chain.slice(0, count);
}

/**
 * Calls `gone` once when one of the package managers that started us has ended.
 *
 * npx and pnpm put shells between themselves and the script, and those do not pass SIGTERM on: without
 * this, ending `npx pnpm start` would leave the server running. Returns a function that stops watching.
 */
export function watchLaunchers(gone: () => void): () => void {
  if (process.env["npm_lifecycle_event"] === undefined) return () => undefined;
  const watched = launchers(process.ppid, inspectProcess)
    .map(identifyProcess)
    .filter((identity) => identity !== undefined);
  if (watched.length === 0) return () => undefined;
  const timer = setInterval(() => {
    if (watched.every(stillThere)) return;
    clearInterval(timer);
    gone();
  }, CLI_LIMITS.launcherPause);
  timer.unref();
  return () => clearInterval(timer);
}

/** Where looking closely costs a process each time, the id has to do. */
function stillThere(identity: ProcessIdentity): boolean {
  if (process.platform === "linux") return isAlive(identity);
  try {
    return process.kill(identity.pid, 0);
  } catch {
    // ESRCH; our own ancestors never answer with EPERM.
    return false;
  }
}

function inspectProcess(pid: number): ProcessInfo | undefined {
  try {
    if (process.platform !== "linux") {
      const text = execFileSync("ps", ["-o", "ppid=,command=", "-p", String(pid)], { encoding: "utf8", timeout: 5_000 });
      const match = /^\s*(\d+)\s+(.*)$/m.exec(text);
      return match === null ? undefined : { parent: Number(match[1]), command: match[2] ?? "" };
    }
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const [, parent = "0"] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
    return { parent: Number(parent), command };
  } catch {
    // It ended while we looked.
    return undefined;
  }
}
