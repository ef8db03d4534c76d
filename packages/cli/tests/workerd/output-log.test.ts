import { Readable } from "node:stream";
import { finished } from "node:stream/promises";

import { test } from "vitest";

import { meaningfulLine, OutputLog } from "../../src/workerd/output-log.ts";

test("stack addresses and empty lines are left out", ({ expect }) => {
  expect(meaningfulLine("server.c++:12: error: broken; stack: 7f0a1b 55aa10@2 workerd@1234")).toBe("server.c++:12: error: broken");
  expect(meaningfulLine("stack: 7f0a1b2c3d 55aa1029ff")).toBeUndefined();
  expect(meaningfulLine("7f0a1b2c3d4e 55aa1029ffee")).toBeUndefined();
  expect(meaningfulLine("   ")).toBeUndefined();
});

test("the everyday end of a connection is no news", ({ expect }) => {
  expect(
    meaningfulLine("listen/mod.rs:364: error: TCP connect() handler threw: TLS handshake failed: received corrupt message"),
  ).toBeUndefined();
  expect(meaningfulLine("error: read(): Connection reset by peer")).toBeUndefined();
});

test("what a client wrote cannot steer the terminal", ({ expect }) => {
  expect(meaningfulLine("bad \u001b[2Jname\u0007")).toBe("bad ?[2Jname?");
});

test("lines are put together from chunks, endless ones cut, the last ones kept", async ({ expect }) => {
  const shown: string[] = [];
  const log = new OutputLog((line) => shown.push(line));
  const stream = Readable.from([
    "one\ntw",
    "o\n",
    "x".repeat(10_000),
    "y\n",
    ...Array.from({ length: 30 }, (_, number) => `line ${number}\n`),
    "end",
  ]);
  log.follow(stream);
  await finished(stream);
  expect(shown.slice(0, 2)).toEqual(["one", "two"]);
  expect(shown[2]).toMatch(/^x{2000}\.\.\.$/);
  expect(shown.at(-1)).toBe("end");
  expect(log.tail).toHaveLength(20);
  expect(log.tail.at(0)).toBe("line 11");
});
