import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { test } from "vitest";

import { WASM_MODULES } from "../../scripts/wasm-modules.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

// The build in front of the tests has just compiled them: on every machine the same source must make the same octets.
test.for(WASM_MODULES)(
  "the compiled $name is the one whose hash is committed; after a deliberate change write the new hash to assembly/$name.wasm.sha256",
  ({ name, file }, { expect }) => {
    const compiled = readFileSync(join(root, file));
    expect(createHash("sha256").update(compiled).digest("hex")).toBe(
      readFileSync(join(root, `assembly/${name}.wasm.sha256`), "utf8").trim(),
    );
  },
);
