import { basename } from "node:path";

import type { Plugin } from "esbuild";

/** Wherever a source imports the WASM from, the bundle imports it from beside itself. */
export const wasmBeside: Plugin = {
  name: "wasm-beside",
  setup(context) {
    context.onResolve({ filter: /\.wasm$/ }, ({ path }) => ({ path: `./${basename(path)}`, external: true }));
  },
};
