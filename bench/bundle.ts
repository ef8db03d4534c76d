import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { build } from "esbuild";

import { WASM_MODULES, type WasmModule } from "../scripts/wasm-modules.ts";
import type { createSubjects } from "./all-subjects.ts";
import { missingExports } from "./missing-exports.ts";

export const root: string = dirname(dirname(fileURLToPath(import.meta.url)));

/** A revision's hot paths, ready to be loaded beside another's: a folder with subjects.js and its WASM modules. */
export interface Bundle {
  readonly createSubjects: typeof createSubjects;
  /** A `WebAssembly.Module`, as the other one. */
  readonly wasm: object;
  /** An older revision has none, and does not ask for it. */
  readonly octets: object | undefined;
}

/** The revision at which the baseline was set, see README.md. */
export const PINNED: string = join(root, "bench/pinned");
/** The working tree. */
export const CURRENT: string = join(root, "dist/bench/current");

/** The same machine code as the released module, with the names of its functions: `node scripts/build.ts --named` makes it. */
export function namedModule({ name }: WasmModule): string {
  return join(root, "dist/assembly", `${name}.named.wasm`);
}

export interface BundleOptions {
  /** With the names of the source, for a profile. */
  readonly readable?: boolean;
  /** What the sources do not have is an error only where it is called. */
  readonly older?: boolean;
}

/** Bundles bench/all-subjects.ts with the sources of the tree at `source`, which must be built, into the folder `target`. */
export async function bundleSubjects(
  source: string,
  target: string,
  { readable = false, older = false }: BundleOptions = {},
): Promise<void> {
  mkdirSync(target, { recursive: true });
  await build({
    entryPoints: [join(source, "bench/all-subjects.ts")],
    outfile: join(target, "subjects.js"),
    bundle: true,
    absWorkingDir: root,
    format: "esm",
    platform: "neutral",
    target: "es2024",
    mainFields: ["module", "main"],
    minify: !readable,
    plugins: older ? [missingExports] : [],
    logLevel: "warning",
  });
  for (const { file } of WASM_MODULES) {
    // An older revision has fewer.
    if (!older || existsSync(join(source, file))) cpSync(join(source, file), join(target, basename(file)));
  }
}

function isBundle(value: unknown): value is { readonly createSubjects: typeof createSubjects } {
  return typeof value === "object" && value !== null && "createSubjects" in value && typeof value.createSubjects === "function";
}

export async function loadBundle(folder: string): Promise<Bundle> {
  const module: unknown = await import(pathToFileURL(join(folder, "subjects.js")).href);
  if (!isBundle(module)) throw new Error(`${folder}: no createSubjects`);
  const octets = join(folder, "octets.wasm");
  return {
    createSubjects: module.createSubjects,
    wasm: new WebAssembly.Module(readFileSync(join(folder, "imap.wasm"))),
    octets: existsSync(octets) ? new WebAssembly.Module(readFileSync(octets)) : undefined,
  };
}

/** Puts a git revision into `folder`, with this one's packages from the registry and this one's benchmarks, and builds it. */
export function checkOut(revision: string, folder: string): void {
  execute("git", ["worktree", "add", "--detach", folder, revision], root);
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  linkPackages("packages/imap", folder);
  linkPackages("packages/cli", folder);
  cpSync(join(root, "bench"), join(folder, "bench"), { recursive: true });
  execute(process.execPath, ["scripts/build.ts", "--quiet"], folder);
}

/** What a package of the workspace depends on: the workspace's own packages are the revision's, all others are those that are installed here. */
function linkPackages(name: string, folder: string): void {
  const installed = join(root, name, "node_modules");
  if (!existsSync(installed)) return;
  const target = join(folder, name, "node_modules");
  mkdirSync(join(target, "@sluice"), { recursive: true });
  for (const entry of readdirSync(installed)) {
    if (!entry.startsWith(".") && entry !== "@sluice") symlinkSync(realpathSync(join(installed, entry)), join(target, entry));
  }
  for (const entry of readdirSync(join(folder, "packages"))) symlinkSync(join(folder, "packages", entry), join(target, "@sluice", entry));
}

/** Also of a folder that was only half made. */
export function removeCheckOut(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  execute("git", ["worktree", "prune"], root);
}

function execute(program: string, args: readonly string[], cwd: string): void {
  execFileSync(program, args, { cwd, stdio: ["ignore", "ignore", "pipe"] });
}
