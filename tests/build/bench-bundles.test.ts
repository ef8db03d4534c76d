import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { test } from "vitest";

import { bundleSubjects, loadBundle, root } from "../../bench/bundle.ts";
import { emptyModule } from "../../bench/cold/empty-module.ts";
import { WASM_MODULES } from "../../scripts/wasm-modules.ts";
import { WASM_FILES } from "../../packages/cli/src/workerd/server-files.ts";

test("the empty module has as much memory as the parser", ({ expect }) => {
  const { memory } = new WebAssembly.Instance(new WebAssembly.Module(emptyModule())).exports;
  const pages = WASM_MODULES.find(({ name }) => name === "imap")?.pages ?? 0;
  expect(memory).toMatchObject({ buffer: { byteLength: pages * 65_536 } });
});

test("the benchmarks can be bundled as those of an older revision", async ({ expect }) => {
  const folder = mkdtempSync(join(tmpdir(), "sluice-older-"));
  try {
    await bundleSubjects(root, folder, { older: true });
    expect(await loadBundle(folder)).toHaveProperty("createSubjects");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("the server takes every module that is built", ({ expect }) => {
  expect(WASM_FILES).toEqual(WASM_MODULES.map(({ file }) => file.slice(file.lastIndexOf("/") + 1)));
});
