import { test } from "vitest";

import { flagSetOf } from "../../src/commands/flag-set.ts";
import { LIMITS } from "../../src/limits.ts";
import { Flag } from "../../src/protocol/flags.ts";

test("system flags become bits, keywords keep the client's case and stand once", ({ expect }) => {
  expect(flagSetOf(["\\SEEN", "\\deleted", "$Forwarded", "$FORWARDED", "Work"])).toEqual({
    system: Flag.seen | Flag.deleted,
    keywords: ["$Forwarded", "Work"],
  });
  expect(flagSetOf(["\\Recent"])).toEqual({ system: 0, keywords: [] });
});

test("what is refused, and how", ({ expect }) => {
  expect(() => flagSetOf(["\\Important"])).toThrow(expect.objectContaining({ status: "BAD" }));
  expect(() => flagSetOf(["k".repeat(LIMITS.keywordLength + 1)])).toThrow(expect.objectContaining({ status: "NO", code: "LIMIT" }));
  const many = Array.from({ length: LIMITS.keywordsPerMailbox + 1 }, (_, at) => `k${at}`);
  expect(() => flagSetOf(many)).toThrow(expect.objectContaining({ status: "NO", code: "LIMIT" }));
  expect(flagSetOf(many.slice(1)).keywords.length).toBe(LIMITS.keywordsPerMailbox);
});
