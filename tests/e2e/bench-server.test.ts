import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { expect as check, test } from "vitest";

import { dovecotInstalled } from "../../bench/server/dovecot-server.ts";
import { OPERATIONS } from "../../bench/server/operations.ts";
import { ServerReport } from "../../bench/server/server-report.ts";

/** A busy machine: each operation runs three times, with Dovecot's APPENDs that wait for a disk. */
const LONG = { timeout: 180_000 };
const NAMES = OPERATIONS.map(({ name }) => name);

async function bench(...args: readonly string[]): Promise<{ readonly printed: string; readonly said: string }> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ["bench/server/run.ts", ...args]);
  return { printed: stdout, said: stderr };
}

/** It ends with an error where one command is not answered with OK, or an answer is not whole: so what is left to see is that nothing was left out. */
function checkSize(report: ServerReport, at: number, messages: number): void {
  const size = report.sizes[at];
  check(size?.messages).toBe(messages);
  check(size?.fills.map(({ server }) => server)).toEqual(report.servers);
  for (const server of report.servers) {
    const results = size?.results.filter((one) => one.server === server) ?? [];
    check(results.map(({ operation }) => operation)).toEqual(NAMES);
    check(results.map(({ rounds }) => rounds.length)).toEqual(NAMES.map(() => report.rounds));
    const bodies = results.find(({ operation }) => operation === "bodies");
    check(bodies?.octets).toBeGreaterThan(size?.octets ?? Number.NaN);
    check(results.find(({ operation }) => operation === "noop")?.p99).toBeGreaterThan(0);
    // Other systems do not tell it in /proc.
    check(results.filter(({ cpuSeconds }) => cpuSeconds === undefined)).toHaveLength(process.platform === "linux" ? 0 : NAMES.length);
  }
}

test("every operation is measured at mailboxes of two sizes, with its growth", LONG, async ({ expect }) => {
  const folder = await mkdtemp(join(tmpdir(), "sluice-bench-"));
  try {
    const svg = join(folder, "growth.svg");
    const report = ServerReport.parse(JSON.parse((await bench("--messages", "10,60", "--rounds", "1", "--json", "--svg", svg)).printed));
    checkSize(report, 0, 10);
    checkSize(report, 1, 60);
    expect(report.tls).toBe(true);
    expect(report.growth.map(({ operation }) => operation)).toEqual(NAMES);
    expect(report.growth.every(({ exponent }) => Number.isFinite(exponent))).toBe(true);
    const drawn = await readFile(svg, "utf8");
    for (const name of NAMES) expect(drawn).toContain(`>${name} `);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test("one operation alone, without TLS, as Markdown", LONG, async ({ expect }) => {
  const { printed } = await bench("--messages", "10", "--rounds", "1", "--only", "noop-pipeline", "--plain", "--markdown");
  expect(printed).toMatch(/^Plain TCP, 1 rounds/);
  expect(printed.match(/^\| noop-pipeline \| Sluice \| .* commands\/s \|/gm)).toHaveLength(1);
  expect(printed.match(/^\|/gm)).toHaveLength(3);
});

test("an operation that does not exist is an error that names those that do", LONG, async ({ expect }) => {
  await expect(bench("--only", "noop,everything")).rejects.toThrow(/There is no operation everything, only headers, flags/);
});

test.skipIf(!dovecotInstalled())("beside Dovecot, with the ratio of each operation", LONG, async ({ expect }) => {
  const report = ServerReport.parse(JSON.parse((await bench("--messages", "10", "--rounds", "1", "--dovecot", "--json")).printed));
  expect(report.servers).toEqual(["Sluice", expect.stringMatching(/^Dovecot 2\./)]);
  checkSize(report, 0, 10);
  expect(report.sizes[0]?.ratios.map(({ operation }) => operation)).toEqual(NAMES);
});

test.skipIf(dovecotInstalled())("where Dovecot is not installed, that is said, and the rest is measured", LONG, async ({ expect }) => {
  const { printed, said } = await bench("--messages", "10", "--rounds", "1", "--only", "noop", "--dovecot", "--json");
  expect(said).toContain("Dovecot is not installed");
  expect(ServerReport.parse(JSON.parse(printed)).servers).toEqual(["Sluice"]);
});
