import { describe, test } from "vitest";

import { connectHost, formatAddress, isLoopback, isWildcard, parseAddress } from "../src/address.ts";

describe("parseAddress", () => {
  for (const [text, host, port] of [
    ["127.0.0.1:1993", "127.0.0.1", 1993],
    ["localhost:0", "localhost", 0],
    ["mail-1.example.org:65535", "mail-1.example.org", 65_535],
    ["[::1]:993", "::1", 993],
    ["[2001:db8::5]:1", "2001:db8::5", 1],
  ] as const) {
    test(`reads ${text} and writes it again`, ({ expect }) => {
      expect(parseAddress(text)).toEqual({ host, port });
      expect(formatAddress({ host, port })).toBe(text);
    });
  }

  for (const text of [
    "",
    "1993",
    ":1993",
    "localhost",
    "localhost:",
    "::1:993",
    "[::1]",
    "[localhost]:1",
    "127.0.0.256:1",
    "a:65536",
    "a:-1",
    "a b:1",
    "-a:1",
    "a..b:1",
    "a:1\n",
    'a":1',
  ]) {
    test(`refuses ${JSON.stringify(text)}`, ({ expect }) => {
      expect(parseAddress(text)).toBeUndefined();
    });
  }
});

test("loopback and wildcard addresses are told apart in both families", ({ expect }) => {
  expect(["127.0.0.1", "127.9.9.9", "::1", "0:0:0:0:0:0:0:1", "localhost", "LOCALHOST"].every(isLoopback)).toBe(true);
  expect(["0.0.0.0", "::", "10.0.0.1", "::2", "example.org", "127.example.org"].some(isLoopback)).toBe(false);
  expect(["0.0.0.0", "::", "0:0:0:0:0:0:0:0"].every(isWildcard)).toBe(true);
  expect(["127.0.0.1", "::1", "localhost"].some(isWildcard)).toBe(false);
  expect([connectHost("0.0.0.0"), connectHost("::"), connectHost("10.0.0.1")]).toEqual(["127.0.0.1", "::1", "10.0.0.1"]);
});
