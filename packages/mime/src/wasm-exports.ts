/**
 * The part of the WebAssembly interface that is needed, spelled out: it is a web standard, but not every set of types that this file is
 * compiled under has it.
 */
interface WebAssemblyApi {
  readonly Instance: new (module: object, imports: Record<string, never>) => { readonly exports: Readonly<Record<string, unknown>> };
}

/** What a module without imports exports. Each throws a sentence with the module's name where it is not there. */
export interface WasmExports {
  number(name: string): number;
  /** Memory from the address that the number `name` is. */
  octets(name: string, length: number): Uint8Array;
  /** The version of the module vouches for the parameters. */
  function(name: string): (...numbers: readonly number[]) => number;
}

/** Makes an instance of a `WebAssembly.Module`. */
export function instantiate(module: object, what: string): WasmExports {
  const api: unknown = Reflect.get(globalThis, "WebAssembly");
  if (!isWebAssembly(api)) throw new Error("this runtime has no WebAssembly");
  const { exports } = new api.Instance(module, {});
  const number = (name: string): number => {
    const global = exports[name];
    const value: unknown = typeof global === "object" && global !== null && "value" in global ? global.value : undefined;
    if (typeof value !== "number") throw new Error(`${what}: no number ${name}`);
    return value;
  };
  return {
    number,
    octets(name, length) {
      const memory = exports["memory"];
      const buffer: unknown = typeof memory === "object" && memory !== null && "buffer" in memory ? memory.buffer : undefined;
      if (!(buffer instanceof ArrayBuffer)) throw new Error(`${what}: no memory`);
      return new Uint8Array(buffer, number(name), length);
    },
    function(name) {
      const value = exports[name];
      if (!isFunction(value)) throw new Error(`${what}: no function ${name}`);
      return value;
    },
  };
}

function isWebAssembly(value: unknown): value is WebAssemblyApi {
  return typeof value === "object" && value !== null && "Instance" in value && typeof value.Instance === "function";
}

function isFunction(value: unknown): value is (...numbers: readonly number[]) => number {
  return typeof value === "function";
}
