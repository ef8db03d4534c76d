import { readFileSync } from "node:fs";

import { cloudflareTest } from "@cloudflare/vitest-plugin";
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
          // Only to end what hangs: on a busy machine a property test may take many times its usual second.
          testTimeout: 60_000,
          include: ["packages/*/tests/**/*.test.ts", "tests/build/**/*.test.ts"],
          exclude: ["packages/imap/tests/workers/**"],
        },
      },
      {
        // Inside workerd, with real Durable Objects. Not from wrangler.toml: its `[[connect]]` would take a port of this machine.
        plugins: [
          cloudflareTest({
            main: "packages/imap/src/worker.ts",
            miniflare: {
              compatibilityDate: "2026-11-02",
              modulesRules: [{ type: "CompiledWasm", include: ["**/*.wasm"] }],
              durableObjects: {
                ACCOUNTS: { className: "AccountObject", useSQLite: true },
                DIRECTORY: { className: "DirectoryObject", useSQLite: true },
              },
              bindings: {
                ADMIN_TOKEN: "token-of-the-tests",
                DEFAULT_DOMAIN: "sluice.test",
                VERSION: "test",
                // Failed logins wait, but not so long that tests do.
                LIMITS: { loginDelay: 10, loginDelayMax: 100 },
              },
            },
          }),
        ],
        test: { name: "workers", include: ["packages/imap/tests/workers/**/*.test.ts"], testTimeout: 60_000 },
      },
      {
        // Against a started server, over real sockets: one file at a time, because each starts a workerd.
        test: {
          name: "e2e",
          environment: "node",
          include: ["tests/e2e/**/*.test.ts"],
          fileParallelism: false,
          hookTimeout: 60_000,
          testTimeout: 60_000,
        },
      },
    ],
  },
});
