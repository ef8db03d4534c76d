import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { root } from "../bundle.ts";

/** Where Debian's dovecot-dev says how a plug-in is built. */
const SETTINGS = "/usr/lib/dovecot/dovecot-config";
const folder = join(root, "dist/bench/dovecot");

/** What one pass over a corpus took, and how many commands it read. */
export interface Pass {
  readonly milliseconds: number;
  readonly commands: number;
}

export interface DovecotParser {
  /** Passes over a corpus for so many milliseconds; their median. */
  measure(corpus: number, milliseconds: number): Promise<Pass>;
  stop(): Promise<void>;
}

/** Why the program cannot be built here; `undefined` if it can. */
export function missing(): string | undefined {
  if (!existsSync(SETTINGS)) return "libdovecot's headers are not installed (Debian: dovecot-dev)";
  const { headers, libraries } = places();
  if (!existsSync(join(headers, "imap-parser.h"))) return `there is no imap-parser.h in ${headers}`;
  if (!existsSync(join(libraries, "libdovecot.so"))) return `there is no libdovecot.so in ${libraries}`;
  try {
    execFileSync("gcc", ["--version"], { stdio: "ignore" });
    return undefined;
  } catch {
    return "there is no gcc";
  }
}

function places(): { readonly headers: string; readonly libraries: string } {
  const settings = readFileSync(SETTINGS, "utf8");
  const value = (name: string, usual: string): string => new RegExp(`^${name}=(.*)$`, "m").exec(settings)?.[1] ?? usual;
  return {
    headers: value("dovecot_pkgincludedir", "/usr/include/dovecot"),
    libraries: value("dovecot_pkglibdir", "/usr/lib/dovecot"),
  };
}

/** Builds bench/dovecot/parser.c and starts it on these corpora. */
export function startDovecotParser(corpora: readonly Uint8Array[]): DovecotParser {
  mkdirSync(folder, { recursive: true });
  const program = join(folder, "parser");
  const { headers, libraries } = places();
  const source = join(root, "bench/dovecot/parser.c");
  // The library's own functions are as Debian compiled them.
  const compile = ["-std=gnu11", "-O2", "-DHAVE_CONFIG_H", `-I${headers}`, source, "-o", program];
  execFileSync("gcc", [...compile, `-L${libraries}`, "-ldovecot", `-Wl,-rpath,${libraries}`], { stdio: ["ignore", "ignore", "inherit"] });
  const files = corpora.map((corpus, at) => {
    const file = join(folder, `corpus-${at}`);
    writeFileSync(file, corpus);
    return file;
  });
  return talkTo(spawn(program, files, { stdio: ["pipe", "pipe", "inherit"] }));
}

function talkTo(child: ChildProcess): DovecotParser {
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new Error("the parser has no pipes");
  const exited = once(child, "exit");
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  return {
    async measure(corpus, milliseconds) {
      stdin.write(`${corpus} ${milliseconds}\n`);
      const { value, done } = await lines.next();
      const [nanoseconds, commands] = done === true ? [] : value.split(" ").map(Number);
      if (nanoseconds === undefined || commands === undefined) throw new Error("the parser ended");
      return { milliseconds: nanoseconds / 1e6, commands };
    },
    async stop() {
      stdin.end();
      await exited;
    },
  };
}
