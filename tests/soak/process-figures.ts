import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";

/** What a process holds, as the operating system counts it. */
export interface ProcessFigures {
  /** Resident memory in octets. */
  readonly resident: number;
  /** Open file descriptors. */
  readonly handles: number;
}

/** @throws Error when there is no such process. */
export function processFigures(pid: number): ProcessFigures {
  return existsSync("/proc/self/fd") ? fromProc(pid) : fromTools(pid);
}

function fromProc(pid: number): ProcessFigures {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  if (kilobytes === undefined) throw new Error(`process ${pid} has no VmRSS`);
  return { resident: Number(kilobytes) * 1024, handles: readdirSync(`/proc/${pid}/fd`).length };
}

/** macOS has no /proc. */
function fromTools(pid: number): ProcessFigures {
  const kilobytes = Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" }));
  const descriptors = execFileSync("lsof", ["-a", "-p", String(pid), "-d", "0-65535", "-F", "f"], { encoding: "utf8" }).match(/^f\d+$/gm);
  return { resident: kilobytes * 1024, handles: descriptors?.length ?? 0 };
}

/** The slope of the line that fits the points best (least squares), in units of y per unit of x; 0 for fewer than two different x. */
export function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / points.length;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / points.length;
  const spread = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  return points.length === 0 || spread === 0 ? 0 : points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / spread;
}
