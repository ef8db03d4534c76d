import { test } from "vitest";

import { normalizeAccountName } from "../../src/auth/account-name.ts";

test("a name has one spelling", ({ expect }) => {
  const names: [string, string][] = [
    ["demo", "demo@sluice.test"],
    ["Demo@Sluice.Test", "demo@sluice.test"],
    ["a.b+c_d-e@example.org", "a.b+c_d-e@example.org"],
    ["jo\u0308rg@m\u00fcller.example", "j\u00f6rg@m\u00fcller.example"],
  ];
  for (const [name, expected] of names) expect(normalizeAccountName(name, "sluice.test")).toBe(expected);
});

test("what can be no account's name is refused", ({ expect }) => {
  for (const name of [
    "",
    "@",
    "a@",
    "@b",
    "a b",
    "a\n",
    "a\0b",
    "a@b@c",
    'a"b',
    "a/b",
    "a@-",
    "a@b.",
    "x".repeat(65),
    `a@${"x".repeat(400)}`,
  ]) {
    expect(normalizeAccountName(name, "sluice.test"), JSON.stringify(name)).toBeUndefined();
  }
});
