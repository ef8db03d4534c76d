import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";

import { describe, test } from "vitest";

import { AnswerCheck } from "../../bench/server/answer-check.ts";
import { corpusMessage, hitsAmong, SEED, SUBJECT_HITS, SUBJECT_WORD, TEXT_HITS, TEXT_WORD } from "../../bench/server/corpus.ts";
import { processorsOf } from "../../bench/server/processors.ts";
import { allowedProcessors, cpuSeconds, memoryOf, peakMemory } from "../../bench/server/server-processes.ts";
import { fitGrowth, type OperationResult, type SizeResult } from "../../bench/server/server-report.ts";

describe("the corpus", () => {
  const messages = Array.from({ length: 1000 }, (_, index) => corpusMessage(SEED, index));
  const texts = messages.map(({ bytes }) => Buffer.from(bytes).toString("latin1"));

  test("is the same for the same seed, today and later", ({ expect }) => {
    const hash = createHash("sha256");
    for (const { flags, internalDate, bytes } of messages) hash.update(`${flags.join(" ")} ${internalDate.toISOString()} `).update(bytes);
    expect(hash.digest("hex")).toBe("acc8d873e371e5815778857d75c8d659f97529b7012c18d68f90e05a7b45c716");
    expect(corpusMessage(SEED + 1, 0).bytes).not.toEqual(corpusMessage(SEED, 0).bytes);
  });

  test("has the same first messages one by one: a failure names the first that differs", ({ expect }) => {
    const hashes = messages.slice(0, 8).map(({ bytes }) => createHash("sha256").update(bytes).digest("hex").slice(0, 16));
    expect(hashes).toEqual([
      "d27a1bad0f8e7686",
      "0d376e4c5de19079",
      "3f53783db48bb328",
      "da907c342eef9d77",
      "216449ab71e16ad1",
      "6887ca9849ba861b",
      "db7dcfd108c57767",
      "2e4b2410adad1065",
    ]);
  });

  test("has messages of the sizes that it promises", ({ expect }) => {
    const sizes = messages.map(({ bytes }) => bytes.length).sort((one, other) => one - other);
    expect(sizes[0]).toBeGreaterThanOrEqual(500);
    expect(sizes.at(-1)).toBeLessThan(62_000);
    expect(sizes[500]).toBeGreaterThan(2_000);
    expect(sizes[500]).toBeLessThan(4_000);
  });

  test("is valid: 7-bit, CRLF, no long line", ({ expect }) => {
    expect(texts.filter((text) => !/^(?:[\x20-\x7e\t]{0,998}\r\n)+$/.test(text))).toEqual([]);
  });

  test("has the words of the searches where they are said to be", ({ expect }) => {
    const having = (word: string): number => texts.filter((text) => text.includes(word)).length;
    for (const length of [0, 1, 2, 3, 51, 52, 53, 1000])
      expect([hitsAmong(length, SUBJECT_HITS), hitsAmong(length, TEXT_HITS)]).toEqual([
        texts.slice(0, length).filter((text) => text.includes(SUBJECT_WORD)).length,
        texts.slice(0, length).filter((text) => text.includes(TEXT_WORD)).length,
      ]);
    expect([having(SUBJECT_WORD), having(TEXT_WORD)]).toEqual([20, 20]);
  });
});

describe("the check of answers", () => {
  const ANSWERS =
    "* 1 FETCH (BODY[] {13}\r\nw9 NO lie\r\n\r\n UID 1)\r\n* 2 FETCH (BODY[] {0}\r\n)\r\nw1 OK done\r\n* SEARCH 4 5 6\r\nw2 OK done\r\n";

  test("counts what there is, in whatever pieces it comes", ({ expect }) => {
    for (let size = 1; size <= ANSWERS.length; size++) {
      const check = new AnswerCheck();
      for (let at = 0; at < ANSWERS.length; at += size) check.take(Buffer.from(ANSWERS.slice(at, at + size)));
      check.finish(2);
      expect([check.fetches, check.hits, check.answered]).toEqual([2, 3, 2]);
    }
  });

  test("refuses a NO in the middle, and a missing answer", ({ expect }) => {
    const check = new AnswerCheck();
    check.take(Buffer.from("w1 OK\r\nw2 NO [SERVERBUG] no\r\nw3 OK\r\n"));
    expect(() => check.finish(3)).toThrow("refused: w2 NO [SERVERBUG] no");
    const short = new AnswerCheck();
    short.take(Buffer.from("w1 OK\r\n"));
    expect(() => short.finish(2)).toThrow("1 of 2 commands");
  });
});

test("the growth is the exponent of the power law", ({ expect }) => {
  const size = (messages: number): SizeResult => ({
    messages,
    octets: messages,
    fills: [],
    ratios: [],
    results: [
      { ...RESULT, operation: "linear", milliseconds: messages / 7 },
      { ...RESULT, operation: "constant", milliseconds: 3 },
      { ...RESULT, operation: "square", milliseconds: messages ** 2 },
    ],
  });
  const exponents = fitGrowth([size(10), size(1000), size(10_000)]).map(({ operation, exponent }) => [
    operation,
    Number(exponent.toFixed(6)),
  ]);
  expect(exponents).toEqual([
    ["linear", 1],
    ["constant", 0],
    ["square", 2],
  ]);
  expect(fitGrowth([size(10)])).toEqual([]);
});

const RESULT: OperationResult = {
  operation: "",
  server: "Sluice",
  unit: "messages",
  count: 1,
  first: 1,
  milliseconds: 1,
  rounds: [1],
  driverSeconds: 0,
  octets: 0,
};

test.runIf(process.platform === "linux")("the CPU of a process grows with its work", ({ expect }) => {
  const before = cpuSeconds(process.pid) ?? Number.NaN;
  const { user, system } = process.cpuUsage();
  // As its own clock says it has worked for a tenth of a second.
  for (let now = { user, system }; now.user + now.system < user + system + 100_000;) now = process.cpuUsage();
  expect(cpuSeconds(process.pid)).toBeGreaterThan(before);
});

describe.runIf(process.platform === "linux")("the memory of a process", () => {
  test("holds that of its children", ({ expect }) => {
    const child = spawn(process.execPath, ["-e", "process.stdout.write('up'); setInterval(() => {}, 1000)"]);
    return new Promise<void>((resolve, reject) => {
      child.stdout.once("data", () => {
        try {
          const own = memoryOf(process.pid) ?? 0;
          const both = own - (memoryOf(child.pid ?? 0) ?? 0);
          expect(both).toBeGreaterThan(10e6);
          expect(both).toBeLessThan(own);
          resolve();
        } catch (error) {
          reject(error);
        } finally {
          child.kill();
        }
      });
    });
  });

  test("is seen at its peak, also when that has passed at the end", async ({ expect }) => {
    const before = memoryOf(process.pid) ?? 0;
    let held: Buffer | undefined;
    const peak = await peakMemory(process.pid, async () => {
      held = Buffer.alloc(200e6, 1);
      await delay(100);
      held = undefined;
    });
    expect(held).toBeUndefined();
    expect(peak).toBeGreaterThan(before + 150e6);
  });
});

test("lists of processors", ({ expect }) => {
  expect(["0", "0-3", "1,4-5", ""].map(processorsOf)).toEqual([[0], [0, 1, 2, 3], [1, 4, 5], []]);
  expect(allowedProcessors(process.pid)?.flatMap(processorsOf).length ?? 1).toBeGreaterThan(0);
});
