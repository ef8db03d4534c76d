import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

import type { Plugin } from "esbuild";

const NAMESPACE = "missing-exports";
/** Throws whatever is done with it: it may stand for a function, a class or an object. */
const MISSING = `function missing(text) {
  const fail = () => { throw new Error(text); };
  return new Proxy(fail, { get: fail, apply: fail, construct: fail });
}`;

/**
 * For sources that lack some of what the benchmarks import: each such name is something that throws where it is used, so that only
 * those benchmarks fail that use it, and all others can be compared.
 */
export const missingExports: Plugin = {
  name: "missing-exports",
  setup(build) {
    build.onResolve({ filter: /^(?:\.\.\/)+packages\// }, ({ path, importer, resolveDir }) => {
      const file = join(resolveDir, path);
      const source = existsSync(file) ? readFileSync(file, "utf8") : "";
      const missing = importedNames(readFileSync(importer, "utf8"), path).filter((name) => !exportsName(source, name));
      return missing.length === 0 ? undefined : { path: `${file}?${missing.join(",")}`, namespace: NAMESPACE };
    });
    build.onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ path }) => {
      const [file = "", names = ""] = path.split("?");
      const what = file.slice(file.lastIndexOf("/packages/") + 1);
      const stubs = names.split(",").map((name) => `export const ${name} = missing("${what} has no ${name}");`);
      const rest = existsSync(file) ? [`export * from ${JSON.stringify(file)};`] : [];
      return { contents: [...rest, MISSING, ...stubs].join("\n"), resolveDir: dirname(file), loader: "js" };
    });
  },
};

/** The names of values that are imported from `path`. */
function importedNames(source: string, path: string): string[] {
  const imports = [...source.matchAll(/^import \{([^}]*)\} from "([^"]+)";$/gm)].filter(([, , from]) => from === path);
  return imports
    .flatMap(([, names = ""]) => names.split(","))
    .map((name) => name.trim().replace(/ as \w+$/, ""))
    .filter((name) => name !== "" && !name.startsWith("type "));
}

function exportsName(source: string, name: string): boolean {
  return new RegExp(`^export (?:async )?(?:const|function\\*?|class) ${name}\\b`, "m").test(source);
}
