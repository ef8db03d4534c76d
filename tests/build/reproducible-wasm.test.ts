import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

// The build in front of the tests has just compiled it: on every machine the same source must make the same octets.
test("the compiled parser is the one whose hash is committed; after a deliberate change write the new hash to assembly/imap.wasm.sha256", ({
  expect,
}) => {
  const compiled = readFileSync(join(root, "packages/imap/src/parser/imap.wasm"));
  expect(createHash("sha256").update(compiled).digest("hex")).toBe(readFileSync(join(root, "assembly/imap.wasm.sha256"), "utf8").trim());
});
