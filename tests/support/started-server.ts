import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import type { AdminClient } from "../../packages/cli/src/admin-client.ts";
import { connectAdmin } from "../../packages/cli/src/connect-admin.ts";
import { dataPaths } from "../../packages/cli/src/files/data-directory.ts";
import { readRunFile } from "../../packages/cli/src/files/run-file.ts";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const cli = join(root, "packages/cli/src/main.ts");

export interface StartedServer {
  readonly data: string;
  readonly host: string;
  readonly imapsPort: number;
  readonly imapPort: number;
  readonly httpPort: number;
  /** PEM file of the local CA. */
  readonly ca: string;
  /** Everything it has printed so far. */
  readonly output: string[];
  /** By HTTP: a `sluice account` for each would take longer than what is tested. */
  readonly admin: AdminClient;
  /** The process that `start` runs. */
  readonly workerdPid: number;
  addAccount(name: string, password: string): Promise<void>;
  /** Kills workerd, and so the server, with SIGKILL. */
  kill(): Promise<void>;
  /** SIGTERM, and the exit status. */
  stop(): Promise<number | null>;
}

/** Ports that were free a moment ago. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, "127.0.0.1");
      await once(server, "listening");
      return server;
    }),
  );
  const ports = servers.map((server) => {
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    return address.port;
  });
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** Starts `sluice start` on free ports and waits for its `ready` line. The bundle must have been built. */
export async function startServer(
  options: {
    readonly data?: string;
    readonly demo?: boolean;
    /** More arguments of `sluice start`. */
    readonly args?: readonly string[];
  } = {},
): Promise<StartedServer> {
  const data = options.data ?? (await mkdtemp(join(tmpdir(), "sluice-data-")));
  const [imapsPort = 0, imapPort = 0, httpPort = 0] = await freePorts(3);
  const host = "127.0.0.1";
  const args = [
    cli,
    "start",
    "--data",
    data,
    "--imaps",
    `${host}:${imapsPort}`,
    "--imap",
    `${host}:${imapPort}`,
    "--http",
    `${host}:${httpPort}`,
  ];
  if (options.demo !== true) args.push("--no-demo");
  args.push(...(options.args ?? []));
  const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  const output: string[] = [];
  const exited = once(child, "exit");
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      output.push(line);
      if (line.startsWith("ready ")) resolve();
    });
    createInterface({ input: child.stderr }).on("line", (line) => output.push(line));
    child.on("error", reject);
    child.on("exit", (status) => reject(new Error(`The server ended with ${status} before it was ready:\n${output.join("\n")}`)));
  });
  const workerdPid = readRunFile(dataPaths(data).run)?.workerdPid;
  if (workerdPid === undefined) throw new Error("run.json does not name workerd's process");
  return {
    data,
    host,
    imapsPort,
    imapPort,
    httpPort,
    ca: join(data, "tls/ca.pem"),
    output,
    admin: connectAdmin(dataPaths(data)),
    workerdPid,
    addAccount: (name, password) => runCli(["account", "add", name, "--password", password, "--data", data]),
    kill: async () => {
      process.kill(workerdPid, "SIGKILL");
      await exited;
    },
    stop: async () => {
      child.kill("SIGTERM");
      await exited;
      return child.exitCode;
    },
  };
}

export async function removeData(server: StartedServer): Promise<void> {
  await rm(server.data, { recursive: true, force: true });
}

async function runCli(args: readonly string[]): Promise<void> {
  const child: ChildProcess = spawn(process.execPath, [cli, ...args], { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  const chunks: Buffer[] = [];
  child.stdout?.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.stderr?.on("data", (chunk: Buffer) => chunks.push(chunk));
  await once(child, "exit");
  if (child.exitCode !== 0)
    throw new Error(`sluice ${args[0]} ${args[1]} ended with ${child.exitCode}: ${Buffer.concat(chunks).toString()}`);
}
