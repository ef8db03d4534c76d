import { existsSync, readdirSync, readFileSync } from "node:fs";

/** Linux counts in /proc in hundredths of a second, on every machine. */
const TICKS_PER_SECOND = 100;
/** Milliseconds between two looks at the memory. */
const MEMORY_INTERVAL = 10;

interface Process {
  readonly pid: number;
  readonly parent: number;
  /** Its own, and those of its children that have ended. */
  readonly ticks: number;
}

/** Seconds of CPU of a process and of all its children, living and ended; `undefined` without /proc. In steps of 10 ms. */
export function cpuSeconds(pid: number): number | undefined {
  if (!existsSync("/proc/self/stat")) return undefined;
  return withChildren(pid).reduce((sum, { ticks }) => sum + ticks, 0) / TICKS_PER_SECOND;
}

/**
 * Octets that a process and all its children hold now: the sum of their proportional set sizes, in which a page that several
 * processes share counts once. `undefined` where the system does not tell.
 */
export function memoryOf(pid: number): number | undefined {
  if (!existsSync("/proc/self/smaps_rollup")) return undefined;
  let kilobytes = 0;
  for (const process of withChildren(pid))
    kilobytes += Number(/^Pss:\s+(\d+) kB$/m.exec(read(process.pid, "smaps_rollup") ?? "")?.[1] ?? 0);
  return kilobytes * 1024;
}

/** The most that is held at a look while `work` is done, and at its end, in octets; `undefined` where the system does not tell. @throws what `work` throws */
export async function peakMemory(pid: number, work: () => Promise<unknown>): Promise<number | undefined> {
  let peak = memoryOf(pid);
  const look = (): void => {
    const now = memoryOf(pid);
    if (now !== undefined) peak = Math.max(peak ?? 0, now);
  };
  const timer = setInterval(look, MEMORY_INTERVAL);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  look();
  return peak;
}

/** The processors on which each of its threads may run, as Linux lists them (`0-1,3`); `undefined` without /proc. */
export function allowedProcessors(pid: number): readonly string[] | undefined {
  if (!existsSync(`/proc/${pid}/task`)) return undefined;
  const lists = readdirSync(`/proc/${pid}/task`).map(
    (thread) => /^Cpus_allowed_list:\s+(\S+)$/m.exec(read(pid, `task/${thread}/status`) ?? "")?.[1],
  );
  return [...new Set(lists.filter((list) => list !== undefined))];
}

/** The process itself and its children. */
export function withChildren(pid: number): Process[] {
  const own = readProcess(pid);
  const children = readdirSync("/proc").flatMap((entry) => {
    const child = /^\d+$/.test(entry) ? readProcess(Number(entry)) : undefined;
    return child?.parent === pid ? [child] : [];
  });
  return own === undefined ? children : [own, ...children];
}

/** `undefined` of one that has ended. */
function readProcess(pid: number): Process | undefined {
  const text = read(pid, "stat");
  if (text === undefined) return undefined;
  // The name before the parenthesis may hold spaces. proc(5): ppid is field 4, utime to cstime are fields 14 to 17.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return { pid, parent: Number(fields[1]), ticks };
}

/** `undefined` of a process or thread that has ended, as it may between two looks, or that belongs to somebody else. */
function read(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch {
    return undefined;
  }
}
