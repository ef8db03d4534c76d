import { test } from "vitest";

import { encodeMailboxName } from "../../src/imap/modified-utf7.ts";

for (const [name, encoded] of [
  ["INBOX", "INBOX"],
  ["Reisen/\u00d6sterreich", "Reisen/&ANY-sterreich"],
  ["a&b", "a&-b"],
  ["~peter/mail/\u53f0\u5317/\u65e5\u672c\u8a9e", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"],
  ["\u{1f600}", "&2D3eAA-"],
  ["tab\there", "tab&AAk-here"],
] as const) {
  test(`${JSON.stringify(name)} is ${encoded}`, ({ expect }) => {
    expect(encodeMailboxName(name)).toBe(encoded);
  });
}
