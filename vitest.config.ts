import { readFileSync } from "node:fs";

import { defineConfig, type Plugin } from "vitest/config";

/** Node has no `.wasm` import that yields a `WebAssembly.Module`; workerd and wrangler do. This makes one test file run in both. */
function wasmModules(): Plugin {
  return {
    name: "sluice-wasm-modules",
    enforce: "pre",
    load(id) {
      if (!id.endsWith(".wasm")) return undefined;
      const base64 = readFileSync(id).toString("base64");
      return `export default new WebAssembly.Module(Uint8Array.from(atob(${JSON.stringify(base64)}), (c) => c.charCodeAt(0)));`;
    },
  };
}

export default defineConfig({
  test: {
    projects: [
      {
        plugins: [wasmModules()],
        test: {
          name: "unit",
          environment: "node",
          include: ["packages/*/tests/**/*.test.ts"],
          exclude: ["packages/imap/tests/workers/**"],
        },
      },
    ],
  },
});
