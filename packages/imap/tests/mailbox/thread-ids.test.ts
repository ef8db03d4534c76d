import { test } from "vitest";

import { LIMITS } from "../../src/limits.ts";
import { isThreadId, threadIds } from "../../src/mailbox/thread-ids.ts";

test("its own id first, each once, empty ones never", ({ expect }) => {
  expect(threadIds({ messageId: "<a>", references: ["<b>", "", "<a>", "<c>", "<b>"] })).toEqual(["<a>", "<b>", "<c>"]);
  expect(threadIds({ messageId: undefined, references: [] })).toEqual([]);
});

test("hostile headers are bounded in number and length", ({ expect }) => {
  const many = Array.from({ length: 10_000 }, (_, at) => `<${at}>`);
  expect(threadIds({ messageId: "<own>", references: many })).toHaveLength(LIMITS.threadReferences);
  expect(isThreadId("x".repeat(LIMITS.messageIdLength))).toBe(true);
  expect(threadIds({ messageId: "x".repeat(LIMITS.messageIdLength + 1), references: ["<b>"] })).toEqual(["<b>"]);
});
