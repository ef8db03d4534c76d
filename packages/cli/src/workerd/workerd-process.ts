import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";

import * as z from "zod";

import { CliError, messageOf } from "../cli-error.ts";
import { isAlive, type ProcessIdentity } from "../files/process-identity.ts";
import { CLI_LIMITS } from "../limits.ts";
import { SOCKET_NAMES, type SocketName } from "../start-options.ts";
import type { OutputLog } from "./output-log.ts";

/** A line of workerd's control channel: a socket listens. Other events are none of our business. */
const ListenEvent = z.object({ event: z.literal("listen"), socket: z.enum(SOCKET_NAMES), port: z.int().min(1).max(65_535) });

/** How workerd ended. */
export interface WorkerdExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A running workerd. */
export interface WorkerdProcess {
  readonly pid: number;
  /** Resolves when workerd has ended, for whatever reason. Never rejects. */
  readonly exited: Promise<WorkerdExit>;
  /** Resolves with the ports once every socket listens; rejects when workerd ends first or takes too long. */
  listening(): Promise<Readonly<Record<SocketName, number>>>;
  /** SIGTERM, and SIGKILL if that does not end it in time. Resolves when it has ended. */
  stop(): Promise<void>;
}

/** Starts `workerd serve` on a configuration file. @throws CliError when the program cannot be run. */
export async function startWorkerd(program: string, configuration: string, directory: string, log: OutputLog): Promise<WorkerdProcess> {
  // In a process group of its own: a Ctrl-C is for us, who let it say goodbye to its clients first.
  const child = spawn(program, ["serve", "--control-fd=3", configuration], {
    cwd: directory,
    detached: true,
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  try {
    await once(child, "spawn");
  } catch (error) {
    throw new CliError(`cannot run workerd (${program}): ${messageOf(error)}`);
  }
  const { pid, stdout, stderr } = child;
  const control = child.stdio[3];
  if (pid === undefined || stdout === null || stderr === null || !(control instanceof Readable)) throw new Error("workerd has no pipes");
  log.follow(stdout);
  log.follow(stderr);
  const exited = exitOf(child);
  const ports = readPorts(control);
  return {
    pid,
    exited,
    listening: () => waitForPorts(ports, exited, log),
    stop: () => stop(child, exited),
  };
}

/** "close" rather than "exit": its last words have been read by then. */
function exitOf(child: ChildProcess): Promise<WorkerdExit> {
  // The last resort when we end without stopping it, by a bug of ours.
  const kill = () => void child.kill("SIGTERM");
  process.once("exit", kill);
  return new Promise((resolve) => {
    child.once("close", (code: number | null, signal: NodeJS.Signals | null) => {
      process.off("exit", kill);
      resolve({ code, signal });
    });
  });
}

function readPorts(control: Readable): Promise<Readonly<Record<SocketName, number>>> {
  return new Promise((resolve) => {
    const ports = new Map<SocketName, number>();
    const lines = createInterface({ input: control });
    lines.on("line", (line) => {
      let value: unknown;
      try {
        value = JSON.parse(line);
      } catch {
        // Not an event; whether all ports came is what counts, and that wait is bounded.
        return;
      }
      const event = ListenEvent.safeParse(value);
      if (!event.success) return;
      ports.set(event.data.socket, event.data.port);
      const [imaps, imap, http] = SOCKET_NAMES.map((name) => ports.get(name));
      if (imaps !== undefined && imap !== undefined && http !== undefined) resolve({ imaps, imap, http });
    });
  });
}

async function waitForPorts(
  ports: Promise<Readonly<Record<SocketName, number>>>,
  exited: Promise<WorkerdExit>,
  log: OutputLog,
): Promise<Readonly<Record<SocketName, number>>> {
  const patience = new AbortController();
  try {
    return await Promise.race([
      ports,
      exited.then((exit) => {
        throw new CliError(`workerd ended while starting (${describeExit(exit)})${lastWords(log)}`);
      }),
      delay(CLI_LIMITS.workerdListen, undefined, { signal: patience.signal }).then(() => {
        throw new CliError(`workerd does not listen after ${CLI_LIMITS.workerdListen / 1_000} seconds${lastWords(log)}`);
      }),
    ]);
  } finally {
    patience.abort();
  }
}

async function stop(child: ChildProcess, exited: Promise<WorkerdExit>): Promise<void> {
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), CLI_LIMITS.stop);
  await exited;
  clearTimeout(timer);
}

/** Ends a workerd that is not our child. @throws CliError when it does not end. */
export async function stopOrphan(orphan: ProcessIdentity): Promise<void> {
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    try {
      process.kill(orphan.pid, signal);
    } catch (error) {
      if (!isAlive(orphan)) return;
      throw new CliError(
        `workerd of an interrupted run still uses the data directory (process ${orphan.pid}) and cannot be ended: ${messageOf(error)}`,
      );
    }
    for (let waited = 0; waited < CLI_LIMITS.stop; waited += CLI_LIMITS.healthyPause) {
      if (!isAlive(orphan)) return;
      await delay(CLI_LIMITS.healthyPause);
    }
  }
  throw new CliError(`workerd of an interrupted run still uses the data directory (process ${orphan.pid}) and does not end`);
}

/** `exit code 1`, or `killed by SIGKILL`. */
export function describeExit({ code, signal }: WorkerdExit): string {
  return signal === null ? `exit code ${code ?? "unknown"}` : `killed by ${signal}`;
}

/** What workerd said last, to close an error message with. One line. */
export function lastWords(log: OutputLog): string {
  return log.tail.length === 0 ? "" : `; its last words: ${log.tail.slice(-3).join(" | ")}`;
}
