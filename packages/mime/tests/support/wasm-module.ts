import { readFileSync } from "node:fs";

interface WebAssemblyModule {
  new (bytes: Uint8Array): object;
  imports(module: object): readonly unknown[];
}

export interface CompiledModule {
  readonly bytes: Uint8Array;
  readonly module: object;
  readonly imports: readonly unknown[];
}

function isModuleApi(value: unknown): value is { readonly Module: WebAssemblyModule } {
  return typeof value === "object" && value !== null && "Module" in value;
}

/** A WASM module as it is built, and compiled. */
export function compileModule(file: URL): CompiledModule {
  const api: unknown = Reflect.get(globalThis, "WebAssembly");
  if (!isModuleApi(api)) throw new Error("no WebAssembly here");
  const bytes = readFileSync(file);
  const module = new api.Module(bytes);
  return { bytes, module, imports: api.Module.imports(module) };
}
