import { randomUUID } from "node:crypto";
import { linkSync, renameSync, rmSync, writeFileSync } from "node:fs";

import * as z from "zod";

import { CliError, codeOf, messageOf } from "../cli-error.ts";
import { CLI_LIMITS } from "../limits.ts";
import { parseState, PRIVATE, readSmallFile, writeWholeFile } from "./private-file.ts";
import { identifyProcess, isAlive, ProcessIdentity } from "./process-identity.ts";

const LockContent = z.object({ owner: ProcessIdentity, workerd: ProcessIdentity.optional() });
type LockContent = z.infer<typeof LockContent>;

/** One data directory, one server: what `sluice start` holds while it runs. */
export interface DataLock {
  /** A workerd that outlived the process which held the lock before, and still uses the directory. */
  readonly orphan: ProcessIdentity | undefined;
  /** Writes down the workerd that now uses the directory, for whoever comes after a crash of ours. */
  recordWorkerd(workerd: ProcessIdentity): void;
  /** Gives the directory free. Harmless when repeated. */
  release(): void;
}

/**
 * Takes the lock of a data directory, or takes it over from a process that is dead.
 *
 * @throws CliError when a server runs on the directory.
 */
export function acquireLock(path: string, directory: string): DataLock {
  const owner = identifyProcess(process.pid);
  if (owner === undefined) throw new CliError("cannot tell when this process started, which the lock of the data directory needs");
  let orphan: ProcessIdentity | undefined;
  for (let attempt = 0; attempt < CLI_LIMITS.lockAttempts; attempt++) {
    if (createLock(path, { owner })) return heldLock(path, owner, orphan);
    const text = readSmallFile(path);
    if (text === undefined) continue;
    const content = parseState(text, LockContent)?.value;
    if (content !== undefined && isAlive(content.owner))
      throw new CliError(`a Sluice server already runs on ${directory} (process ${content.owner.pid})`);
    if (content?.workerd !== undefined && isAlive(content.workerd)) orphan = content.workerd;
    removeStaleLock(path, text);
  }
  throw new CliError(`cannot take the lock ${path}: other processes keep taking it`);
}

/** Whether a server runs on the directory of this lock, be it one whose `sluice start` was killed. */
export function serverRuns(path: string): boolean {
  const text = readSmallFile(path);
  const content = text === undefined ? undefined : parseState(text, LockContent)?.value;
  return content?.workerd !== undefined && isAlive(content.workerd);
}

/** Makes the lock with its content in one step, so that nobody ever sees it empty. Returns false when there is one. */
function createLock(path: string, content: LockContent): boolean {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    writeFileSync(temporary, JSON.stringify(content), { mode: PRIVATE, flag: "wx" });
    linkSync(temporary, path);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw new CliError(`cannot make the lock ${path}: ${messageOf(error)}`);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Moves a dead process's lock away, unless another process has replaced it in the meantime. */
function removeStaleLock(path: string, seen: string): void {
  const aside = `${path}.${randomUUID()}.stale`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return;
    throw new CliError(`cannot take over the lock ${path}: ${messageOf(error)}`);
  }
  try {
    // What was moved may be the fresh lock of a process that was quicker: it goes back, unless a third one came.
    if (readSmallFile(aside) !== seen) linkSync(aside, path);
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function heldLock(path: string, owner: ProcessIdentity, orphan: ProcessIdentity | undefined): DataLock {
  let held = true;
  // The orphan stays on record until a workerd of ours takes its place: a crash right now must not lose it.
  if (orphan !== undefined) writeWholeFile(path, JSON.stringify({ owner, workerd: orphan } satisfies LockContent), PRIVATE);
  return {
    orphan,
    recordWorkerd(workerd) {
      writeWholeFile(path, JSON.stringify({ owner, workerd } satisfies LockContent), PRIVATE);
    },
    release() {
      if (held) rmSync(path, { force: true });
      held = false;
    },
  };
}
