import { test } from "vitest";

import { formatAccounts } from "../../src/commands/account.ts";

test("accounts are one on a line, in columns", ({ expect }) => {
  const id = "01890a5d-ac96-774b-bcce-b302099a8057";
  expect(
    formatAccounts([
      { id, name: "a@sluice.test", createdAt: "2026-01-02T03:04:05.000Z" },
      { id, name: "longer@sluice.test", createdAt: Date.UTC(2026, 0, 1) },
    ]),
  ).toBe("a@sluice.test       2026-01-02T03:04:05.000Z\nlonger@sluice.test  2026-01-01T00:00:00.000Z\n");
  expect(formatAccounts([])).toBe("");
});
