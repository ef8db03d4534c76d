import { existsSync, readdirSync, readFileSync } from "node:fs";

/** Linux counts in /proc in hundredths of a second, on every machine. */
const TICKS_PER_SECOND = 100;

interface Process {
  readonly parent: number;
  /** Its own, and those of its children that have ended. */
  readonly ticks: number;
}

/** Seconds of CPU of a process and of all its children, living and ended; `undefined` without /proc. In steps of 10 ms. */
export function cpuSeconds(pid: number): number | undefined {
  if (!existsSync("/proc/self/stat")) return undefined;
  let ticks = readProcess(pid)?.ticks ?? 0;
  for (const entry of readdirSync("/proc")) {
    const child = /^\d+$/.test(entry) ? readProcess(Number(entry)) : undefined;
    if (child?.parent === pid) ticks += child.ticks;
  }
  return ticks / TICKS_PER_SECOND;
}

/** `undefined` of one that has ended. */
function readProcess(pid: number): Process | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch {
    // It may end between two looks: then its parent has its ticks.
    return undefined;
  }
  // The name before the parenthesis may hold spaces. proc(5): ppid is field 4, utime to cstime are fields 14 to 17.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return { parent: Number(fields[1]), ticks };
}
