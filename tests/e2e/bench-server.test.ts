import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { expect as check, test } from "vitest";

import { DOVECOT, dovecotInstalled } from "../../bench/server/dovecot-server.ts";
import { MIXED_COMMANDS } from "../../bench/server/mixed-load.ts";
import { OPERATIONS } from "../../bench/server/operations.ts";
import { twoProcessors } from "../../bench/server/processors.ts";
import { ServerReport } from "../../bench/server/server-report.ts";

/** Only to end what hangs: on a busy machine, Dovecot waits two minutes for the disk under 2,500 APPENDs. */
const LONG = { timeout: 600_000 };
const NAMES = OPERATIONS.map(({ name }) => name);

/** All but the mixed load. */
const ALONE = NAMES.join(",");

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
    // Other systems do not tell them in /proc.
    const untold = process.platform === "linux" ? 0 : NAMES.length;
    check(results.filter(({ cpuSeconds }) => cpuSeconds === undefined)).toHaveLength(untold);
    check(results.filter(({ memory = 0 }) => memory < 1e6)).toHaveLength(untold);
  }
}

test("every operation is measured at mailboxes of two sizes, with its growth", LONG, async ({ expect }) => {
  const folder = await mkdtemp(join(tmpdir(), "sluice-bench-"));
  try {
    const svg = join(folder, "growth.svg");
    const report = ServerReport.parse(
      JSON.parse((await bench("--messages", "10,60", "--only", ALONE, "--rounds", "1", "--json", "--svg", svg)).printed),
    );
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
  await expect(bench("--only", "noop,everything")).rejects.toMatchObject({
    code: 2,
    stdout: "",
    stderr: expect.stringMatching(/^--only: there is no operation "everything", only headers, flags, .*mixed \(see --help\)\n$/),
  });
});

test("the mixed load, each on a processor of its own where there are two", LONG, async ({ expect }) => {
  const { printed, said } = await bench("--only", "mixed", "--rounds", "1", "--pin", "--json");
  const { sizes, mixed, pinned } = ServerReport.parse(JSON.parse(printed));
  expect(sizes).toEqual([]);
  // It ends with an error where a thread of the server may run elsewhere.
  const processors = twoProcessors();
  expect(typeof processors === "string" ? said : pinned).toEqual(
    typeof processors === "string" ? expect.stringContaining(`--pin: skipped, ${processors}`) : processors,
  );
  const [result] = mixed?.results ?? [];
  expect(result?.latencies.map(({ command }) => command)).toEqual([...MIXED_COMMANDS]);
  expect(result?.latencies.reduce((sum, { count }) => sum + count, 0)).toBe(result?.commands);
});

test.runIf(dovecotInstalled(DOVECOT))(
  "beside Dovecot, with the ratio of each operation and of the mixed load",
  LONG,
  async ({ expect }) => {
    const report = ServerReport.parse(JSON.parse((await bench("--messages", "10", "--rounds", "1", "--dovecot", "--json")).printed));
    expect(report.servers).toEqual(["Sluice", expect.stringMatching(/^Dovecot 2\./)]);
    checkSize(report, 0, 10);
    expect(report.sizes[0]?.ratios.map(({ operation }) => operation)).toEqual(NAMES);
    expect(report.mixed?.results.map(({ server }) => server)).toEqual(report.servers);
    expect(report.mixed?.ratio?.median).toBeGreaterThan(0);
  },
);

test("where Dovecot is not installed, that is said, and the rest is measured", LONG, async ({ expect }) => {
  const nowhere = ["--dovecot", "--dovecot-program", "/nowhere/dovecot"];
  const { printed, said } = await bench("--messages", "10", "--rounds", "1", "--only", "noop", "--json", ...nowhere);
  expect(said).toContain("Dovecot is not installed (no /nowhere/dovecot");
  expect(ServerReport.parse(JSON.parse(printed)).servers).toEqual(["Sluice"]);
});
