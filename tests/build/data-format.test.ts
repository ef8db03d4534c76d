import { test } from "vitest";

import { DATA_FORMAT } from "../../packages/cli/src/files/data-directory.ts";
import { SCHEMA_VERSION } from "../../packages/imap/src/adapters/sqlite/migrations.ts";

// `sluice start` refuses a directory of a newer format with one line; a schema that it does not know would only fail at each login.
test("a new migration raises the format of the data directory", ({ expect }) => {
  expect(DATA_FORMAT).toBe(SCHEMA_VERSION);
});
