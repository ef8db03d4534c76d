import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { Outcome } from "../sluice-process.ts";
import { temporaryFolder } from "../temporary.ts";

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

/** Runs `sluice spectrum ...` to its end. Of this machine's own Cloudflare variables it sees none. */
export async function runSpectrum(args: readonly string[], variables: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("CLOUDFLARE_")));
  const child = spawn(process.execPath, [MAIN, "spectrum", ...args], {
    env: { ...clean, ...variables },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  await once(child, "close");
  return { code: child.exitCode, stdout, stderr };
}

/** A wrangler.toml with this `[vars.SPECTRUM]`. */
export function wranglerToml(section: string): string {
  const path = join(temporaryFolder(), "wrangler.toml");
  writeFileSync(path, `name = "sluice"\nmain = "src/worker.ts"\n\n[vars]\nVERSION = "1"\n\n[vars.SPECTRUM]\n${section}`);
  return path;
}
