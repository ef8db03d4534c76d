import { setTimeout as delay } from "node:timers/promises";

import type { Address } from "../address.ts";
import { AdminClient } from "../admin-client.ts";
import { CliError, messageOf } from "../cli-error.ts";
import { ensureDemoAccount } from "../demo/demo-account.ts";
import {
  createSettings,
  dataDirectoryExists,
  dataPaths,
  type DataPaths,
  makeDataDirectory,
  raiseFormat,
  readSettings,
} from "../files/data-directory.ts";
import { acquireLock, type DataLock } from "../files/lock.ts";
import { PRIVATE, writeWholeFile } from "../files/private-file.ts";
import { identifyProcess } from "../files/process-identity.ts";
import { removeRunFile, writeRunFile } from "../files/run-file.ts";
import { HELP } from "../help.ts";
import { watchLaunchers } from "../launcher-watch.ts";
import { CLI_LIMITS } from "../limits.ts";
import { checkAddressesFree } from "../ports.ts";
import { checkGreeting, waitUntilHealthy } from "../probe.ts";
import { readStartOptions, type SocketName, type StartOptions } from "../start-options.ts";
import { ensureTlsFiles, type TlsFiles } from "../tls/tls-files.ts";
import { workerdConfiguration } from "../workerd/configuration.ts";
import { OutputLog } from "../workerd/output-log.ts";
import { WASM_FILES, copyServerFiles, installedWorkerd, sluiceVersion } from "../workerd/server-files.ts";
import { describeExit, lastWords, startWorkerd, stopOrphan, type WorkerdProcess } from "../workerd/workerd-process.ts";
import { describeStart, readyLine, type StartReport, warnings } from "./start-report.ts";

const DEFAULT_DOMAIN = "sluice.test";

/** What the signals abort with; it is no failure. */
class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/**
 * `sluice start`: runs the server until a signal ends it.
 *
 * @throws CliError when it cannot start, or when workerd ends by itself.
 */
export async function start(args: readonly string[]): Promise<void> {
  const options = readStartOptions(args);
  if (options === "help") return void process.stdout.write(HELP.start);
  const stopping = new AbortController();
  const interrupt = () => stopping.abort(new Interrupted());
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, interrupt);
  // A reader of our output that goes away (`start | head`) is no reason to stop serving mail.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  const unwatch = watchLaunchers(interrupt);
  try {
    await runLocked(options, stopping.signal);
  } catch (error) {
    // Whatever broke after the signal broke because of it.
    if (!stopping.signal.aborted) throw error;
  } finally {
    unwatch();
  }
}

/** Holds the lock of the data directory for as long as the server runs. */
async function runLocked(options: StartOptions, signal: AbortSignal): Promise<void> {
  const paths = dataPaths(options.data);
  // Nothing is made before all checks have passed: a refused start leaves no trace.
  const existing = dataDirectoryExists(paths);
  let settings = existing ? readSettings(paths) : undefined;
  let lock = existing ? acquireLock(paths.lock, paths.root) : undefined;
  try {
    if (lock?.orphan !== undefined) {
      await stopOrphan(lock.orphan);
      say(`ended workerd of an interrupted run (process ${lock.orphan.pid})`);
    }
    await checkAddressesFree(options);
    makeDataDirectory(paths);
    lock ??= acquireLock(paths.lock, paths.root);
    settings ??= readSettings(paths) ?? createSettings(paths, new Date());
    const tls = await ensureTlsFiles(paths.tls, options.imaps.host, new Date());
    writeConfiguration(paths, options, settings.adminToken);
    // Until here nothing was written that an older version does not know: a start that failed can be taken back.
    raiseFormat(paths, settings);
    await runServer(options, paths, lock, tls, settings.adminToken, signal);
  } finally {
    // Without the lock the file is another server's.
    if (lock !== undefined) removeRunFile(paths.run);
    lock?.release();
  }
}

function writeConfiguration(paths: DataPaths, options: StartOptions, adminToken: string): void {
  copyServerFiles(paths.server);
  const text = workerdConfiguration({
    addresses: options,
    objects: paths.objects,
    bodies: paths.bodies,
    files: {
      worker: "server/worker.js",
      wasm: WASM_FILES.map((name) => `server/${name}`),
      key: "tls/key.pem",
      chain: "tls/cert.pem",
    },
    adminToken,
    defaultDomain: DEFAULT_DOMAIN,
    version: sluiceVersion(),
    limits: options.limits,
    webSocketOrigins: options.webSocketOrigins,
    webSocketPlain: options.webSocketPlain,
    compatibilityDate: installedWorkerd().compatibilityDate,
  });
  writeWholeFile(paths.configuration, text, PRIVATE);
}

async function runServer(
  options: StartOptions,
  paths: DataPaths,
  lock: DataLock,
  tls: TlsFiles,
  adminToken: string,
  signal: AbortSignal,
): Promise<void> {
  const log = new OutputLog((line) => void process.stderr.write(`workerd: ${line}\n`));
  signal.throwIfAborted();
  let admin: AdminClient | undefined;
  const workerd = await startWorkerd(installedWorkerd().program, paths.configuration, paths.root, log);
  try {
    const identity = identifyProcess(workerd.pid);
    if (identity !== undefined) lock.recordWorkerd(identity);
    await untilEnd(workerd, log, signal, async (ended) => {
      const addresses = withPorts(options, await workerd.listening());
      admin = new AdminClient(addresses.http, adminToken);
      await waitUntilHealthy(admin, ended);
      await Promise.all([checkGreeting(addresses.imaps, tls.ca), checkGreeting(addresses.imap)]);
      writeRunFile(paths.run, { pid: process.pid, workerdPid: workerd.pid, ...addresses });
      const demo = options.demo ? await ensureDemoAccount(paths.demo, { admin, imap: addresses.imap }, new Date(), ended, say) : undefined;
      announce({
        version: sluiceVersion(),
        data: paths.root,
        addresses,
        tls,
        demo: demo === undefined || demo.state === "released" ? undefined : demo,
      });
    });
  } finally {
    // Only after a signal: otherwise it has ended, or nobody is connected yet.
    if (admin !== undefined && signal.aborted) await sayGoodbye(admin);
    await workerd.stop();
  }
}

/** Has all clients told BYE, and waits for them to go. Never rejects: what is left is cut off. */
async function sayGoodbye(admin: AdminClient): Promise<void> {
  const until = performance.now() + CLI_LIMITS.goodbye;
  try {
    while ((await admin.shutDown(CLI_LIMITS.goodbye)) > 0 && performance.now() < until) await delay(CLI_LIMITS.healthyPause);
  } catch (error) {
    process.stderr.write(`sluice: clients were not told of the end: ${messageOf(error)}\n`);
  }
}

/**
 * Does the work, then waits until a signal ends the server.
 *
 * @throws CliError when workerd ends before that, whether during the work or later.
 */
async function untilEnd(
  workerd: WorkerdProcess,
  log: OutputLog,
  signal: AbortSignal,
  work: (ended: AbortSignal) => Promise<void>,
): Promise<void> {
  const ended = new AbortController();
  const anyEnd = AbortSignal.any([signal, ended.signal]);
  const death = workerd.exited.then(async (exit) => {
    // Whoever signals all of our processes, as systemd does, may reach workerd first.
    if (!signal.aborted) await delay(CLI_LIMITS.signalGrace);
    const error = signal.aborted ? new Interrupted() : new CliError(`workerd ended unexpectedly (${describeExit(exit)})${lastWords(log)}`);
    ended.abort(error);
    throw error;
  });
  const interrupted = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
  // When workerd dies the work fails for many reasons; the death is the one to tell.
  const done = work(anyEnd).catch(async (error: unknown) => {
    if (!signal.aborted) await Promise.race([death, delay(2 * CLI_LIMITS.signalGrace, undefined, { signal }).catch(() => undefined)]);
    throw error;
  });
  await Promise.race([death, interrupted, done.then(() => interrupted)]);
}

function withPorts(options: StartOptions, ports: Readonly<Record<SocketName, number>>): Readonly<Record<SocketName, Address>> {
  return {
    imaps: { host: options.imaps.host, port: ports.imaps },
    imap: { host: options.imap.host, port: ports.imap },
    http: { host: options.http.host, port: ports.http },
  };
}

function announce(report: StartReport): void {
  for (const warning of warnings(report)) process.stderr.write(`sluice: ${warning}\n`);
  process.stdout.write(describeStart(report));
  process.stdout.write(readyLine(report));
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
