import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

import * as z from "zod";

/** A process, and when it started: a process id alone is used again after a while. */
export const ProcessIdentity = z.object({ pid: z.int().min(1), started: z.string().min(1).max(200) });
export type ProcessIdentity = z.infer<typeof ProcessIdentity>;

/** Identifies a living process. Returns undefined when there is none with this id. */
export function identifyProcess(pid: number): ProcessIdentity | undefined {
  const started = process.platform === "linux" ? startedOnLinux(pid) : startedByPs(pid);
  return started === undefined ? undefined : { pid, started };
}

/** Whether the very process that was identified is still alive. */
export function isAlive(identity: ProcessIdentity): boolean {
  return identifyProcess(identity.pid)?.started === identity.started;
}

/** Start time in clock ticks since boot, and which boot: field 22 of proc_pid_stat(5). A zombie counts as dead. */
function startedOnLinux(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The second field is the program's name in parentheses and may hold spaces and parentheses itself.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state, ticks] = [fields[0], fields[19]];
    if (state === "Z" || state === "X" || ticks === undefined) return undefined;
    return `${readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim()} ${ticks}`;
  } catch {
    // No such process, or one that ended while we looked.
    return undefined;
  }
}

function startedByPs(pid: number): string | undefined {
  try {
    const text = execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], {
      encoding: "utf8",
      timeout: 5_000,
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
    return text === "" ? undefined : text;
  } catch {
    // ps exits with 1 when there is no such process.
    return undefined;
  }
}
