import { execFileSync } from "node:child_process";

import { allowedProcessors, withChildren } from "./server-processes.ts";

/** A processor for the servers and another one for the driver. */
export interface Processors {
  readonly server: number;
  readonly driver: number;
}

/** The first two processors of this process. @returns in words why there are none to pin to */
export function twoProcessors(): Processors | string {
  try {
    execFileSync("taskset", ["--version"], { stdio: "ignore" });
  } catch {
    return "taskset is not installed (Debian: util-linux)";
  }
  const [list = ""] = allowedProcessors(process.pid) ?? [];
  const [server, driver] = processorsOf(list);
  return server === undefined || driver === undefined ? "this process may use one processor only" : { server, driver };
}

/** The numbers of a list of Linux, such as `0-2,5`. */
export function processorsOf(list: string): number[] {
  return list.split(",").flatMap((range) => {
    const [from = Number.NaN, to = from] = range.split("-").map(Number);
    return Number.isNaN(from) || range === "" ? [] : Array.from({ length: to - from + 1 }, (_, at) => from + at);
  });
}

/** Lets this process, and what it starts from now on, run on one processor only. */
export function pinSelf(processor: number): void {
  execFileSync("taskset", ["--all-tasks", "--cpu-list", "--pid", String(processor), String(process.pid)], { stdio: "ignore" });
}

/** @throws Error when a thread of the server may run elsewhere: then its figures are not what they are said to be */
export function checkPinned(name: string, pid: number, processor: number): void {
  for (const process of withChildren(pid)) {
    const allowed = allowedProcessors(process.pid) ?? [];
    if (allowed.some((list) => list !== String(processor)))
      throw new Error(`${name}: process ${process.pid} may run on ${allowed.join(" and ")} instead of ${processor}`);
  }
}
