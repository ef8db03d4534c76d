import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { onTestFinished, test } from "vitest";

const run = promisify(execFile);
const IMAP = fileURLToPath(new URL("../../packages/imap", import.meta.url));
const WRANGLER = fileURLToPath(new URL("../../node_modules/wrangler/bin/wrangler.js", import.meta.url));

test("wrangler takes the Worker and its settings without a warning", { timeout: 120_000 }, async ({ expect }) => {
  const out = await mkdtemp(join(tmpdir(), "sluice-deploy-"));
  onTestFinished(() => rm(out, { recursive: true, force: true }));
  const { stdout, stderr } = await run(process.execPath, [WRANGLER, "deploy", "--dry-run", "--outdir", out], {
    cwd: IMAP,
    env: { ...process.env, CLOUDFLARE_CF_FETCH_ENABLED: "false", WRANGLER_SEND_METRICS: "false", CI: "true" },
  });
  expect(stdout).toContain("--dry-run: exiting now.");
  expect(stdout).toContain("env.SPECTRUM");
  expect(`${stdout}${stderr}`).not.toMatch(/warning/i);
  expect(stderr).toBe("");
});
