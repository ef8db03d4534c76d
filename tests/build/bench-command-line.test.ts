import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { afterEach, describe, test, vi } from "vitest";
import * as z from "zod";

import { OUTPUTS, putReport, readOptions, runProgram, someOf, UsageError, wholeNumber } from "../../bench/command-line.ts";

const Options = z.strictObject({
  REF: z.string(),
  only: someOf("animal", ["cat", "dog"]),
  rounds: wholeNumber(1, 9).default(3),
  ...OUTPUTS,
});
const NAMES = { texts: ["only", "rounds", "save", "svg"], flags: ["json", "markdown"], argument: "REF" };

function read(...args: readonly string[]): z.infer<typeof Options> {
  return readOptions("", Options, NAMES, args);
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe("options", () => {
  test("are read, also behind the -- of pnpm", ({ expect }) => {
    expect(read("--", "HEAD", "--only", "dog,cat", "--rounds=5", "--json", "--svg", "a.svg")).toEqual({
      REF: "HEAD",
      only: ["dog", "cat"],
      rounds: 5,
      json: true,
      markdown: false,
      svg: "a.svg",
    });
    expect(read("HEAD")).toEqual({ REF: "HEAD", rounds: 3, json: false, markdown: false });
  });

  test.for([
    [[], "REF is missing (see --help)"],
    [["a", "b"], 'unexpected argument "b" (see --help)'],
    [["a", "--frob"], "Unknown option '--frob' (see --help)"],
    [["a", "--rounds"], "Option '--rounds <value>' argument missing (see --help)"],
    [["a", "--json=1"], "Option '--json' does not take an argument (see --help)"],
    [["a", "--rounds", "10"], "--rounds: expects a whole number from 1 to 9 (see --help)"],
    [["a", "--rounds", "x"], "--rounds: expects a whole number from 1 to 9 (see --help)"],
    [["a", "--only", "cat,"], '--only: there is no animal "", only cat, dog (see --help)'],
    [["a", "--svg", ""], "--svg: expects the name of a file (see --help)"],
    [["a", "--json", "--markdown"], "--json and --markdown: standard output takes only one of them (see --help)"],
  ] as const)("%j is refused", ([args, message], { expect }) => {
    expect(() => read(...args)).toThrow(new UsageError(message));
  });
});

describe("a report", () => {
  const report = { found: 1 };
  const json = `${JSON.stringify(report, undefined, 2)}\n`;

  function put(outputs: Partial<Parameters<typeof putReport>[1]>, drawing: string | undefined): string[] {
    const written: string[] = [];
    vi.spyOn(process.stdout, "write").mockImplementation((text) => written.push(`out ${String(text)}`) > 0);
    vi.spyOn(process.stderr, "write").mockImplementation((text) => written.push(`err ${String(text)}`) > 0);
    putReport(report, { json: false, markdown: false, ...outputs }, { text: "a table\n", drawing: () => drawing });
    return written;
  }

  test("is text or JSON on standard output", ({ expect }) => {
    expect(put({}, "")).toEqual(["out a table\n"]);
    vi.restoreAllMocks();
    expect(put({ json: true }, "")).toEqual([`out ${json}`]);
  });

  test("goes to files beside it, and says where nothing can be drawn", ({ expect }) => {
    const folder = mkdtempSync(join(tmpdir(), "sluice-report-"));
    const [save, svg] = [join(folder, "a.json"), join(folder, "a.svg")];
    expect(put({ save, svg }, "<svg/>")).toEqual(["out a table\n"]);
    expect([readFileSync(save, "utf8"), readFileSync(svg, "utf8")]).toEqual([json, "<svg/>"]);
    vi.restoreAllMocks();
    expect(put({ json: true, svg }, undefined)).toEqual(["err --svg: skipped, there is nothing to draw\n", `out ${json}`]);
    rmSync(folder, { recursive: true });
  });
});

test("the exit code is 1 for what got worse, and 2 for what could not be done, with a line for a wrong option", async ({ expect }) => {
  const said: string[] = [];
  vi.spyOn(process.stderr, "write").mockImplementation((text) => said.push(String(text)) > 0);
  const before = process.exitCode;
  const codes: unknown[] = [];
  for (const work of [
    () => Promise.resolve("fine" as const),
    () => Promise.resolve("regression" as const),
    () => Promise.reject(new UsageError("--only: no")),
    () => Promise.reject(new Error("broken")),
  ]) {
    process.exitCode = 0;
    await runProgram(work);
    codes.push(process.exitCode);
  }
  process.exitCode = before;
  expect(codes).toEqual([0, 1, 2, 2]);
  expect(said).toEqual(["--only: no\n", expect.stringMatching(/^Error: broken\n +at /)]);
});

const PROGRAMS = ["run", "gate", "compare", "profile", "statements", "dovecot/compare", "server/run", "server/corpus-files"];

test.for(PROGRAMS)("bench/%s.ts has a help, and refuses what it does not know before it does anything", async (program, { expect }) => {
  const run = (...args: readonly string[]) =>
    promisify(execFile)(process.execPath, ["--disable-warning=ExperimentalWarning", `bench/${program}.ts`, ...args]);
  const refused = expect(run("--frobnicate")).rejects.toMatchObject({
    code: 2,
    stdout: "",
    stderr: "Unknown option '--frobnicate' (see --help)\n",
  });
  const { stdout, stderr } = await run("--help");
  expect(stdout).toMatch(/^Usage: [^]*\n\nExit code 0/);
  expect(stderr).toBe("");
  await refused;
});
