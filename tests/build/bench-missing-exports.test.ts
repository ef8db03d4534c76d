import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

import { build, type BuildOptions } from "esbuild";
import { afterEach, beforeEach, test } from "vitest";
import * as z from "zod";

import { missingExports } from "../../bench/missing-exports.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sluice-missing-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const Module = z.object({ here: z.unknown(), gone: z.unknown(), nowhere: z.unknown() });

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

function call(value: unknown): void {
  if (typeof value === "function") value();
}

function read(value: unknown): void {
  if (typeof value === "function") Reflect.get(value, "size");
}

test("what older sources lack throws where it is used, and the rest works", async ({ expect }) => {
  write("packages/a/src/some.ts", "export function here() { return 5; }\nexport const other = 1;\n");
  write(
    "bench/entry.ts",
    [
      'import { gone, here, type What } from "../packages/a/src/some.ts";',
      'import { nowhere } from "../packages/a/src/missing.ts";',
      "export { gone, here, nowhere };",
    ].join("\n"),
  );
  const outfile = join(folder, "out.mjs");
  const entry = join(folder, "bench/entry.ts");
  const options: BuildOptions = { entryPoints: [entry], outfile, bundle: true, format: "esm", logLevel: "silent" };
  await expect(build(options)).rejects.toThrow(/No matching export|Could not resolve/);
  await build({ ...options, plugins: [missingExports] });
  const { here, gone, nowhere } = Module.parse(await import(pathToFileURL(outfile).href));
  expect(here).toSatisfy((call) => call() === 5);
  for (const use of [call, read]) {
    expect(() => use(gone)).toThrow("packages/a/src/some.ts has no gone");
    expect(() => use(nowhere)).toThrow("packages/a/src/missing.ts has no nowhere");
  }
});
