import { createReferenceTokenizer } from "./reference-tokenizer.ts";
import { ABI_VERSION, ENTRY_SIZE, TAPE_ENTRIES } from "./tape.ts";
import type { TapeResult, Tokenizer } from "./tokenizer.ts";

/**
 * The part of the WebAssembly interface that is needed, spelled out: it is a web standard, but not
 * every set of types that this file is compiled under has it.
 */
interface WebAssemblyApi {
  readonly Instance: new (module: object, imports: Record<string, never>) => { readonly exports: Readonly<Record<string, unknown>> };
}

type ParseFunction = (length: number, inlineMax: number, inlineTotal: number, used: number, depth: number, entries: number) => number;

/**
 * Makes the tokenizer of one isolate from the compiled assembly/index.ts. All connections share it: a
 * call keeps nothing, its memory is fixed, and its views are made once.
 *
 * @param module a `WebAssembly.Module`
 * @throws if the module is not the one that this source belongs to
 */
export function createWasmTokenizer(module: object): Tokenizer {
  const { exports } = new (webAssembly().Instance)(module, {});
  if (globalValue(exports, "ABI_VERSION") !== ABI_VERSION) throw new Error(`parser module: expected ABI version ${ABI_VERSION}`);
  if (globalValue(exports, "TAPE_ENTRIES") !== TAPE_ENTRIES) throw new Error(`parser module: expected a tape of ${TAPE_ENTRIES} entries`);
  const buffer = memoryBuffer(exports["memory"]);
  const window = globalValue(exports, "INPUT_SIZE");
  const target = new Uint8Array(buffer, globalValue(exports, "INPUT"), window);
  const header = new Int32Array(buffer, globalValue(exports, "HEADER"), 9);
  const tape = new Int32Array(buffer, globalValue(exports, "TAPE"), TAPE_ENTRIES * ENTRY_SIZE);
  const run = parseFunction(exports["parse"]);
  const result: TapeResult = {
    status: 0,
    consumed: 0,
    commands: 0,
    literalSize: 0,
    literalFlags: 0,
    depth: 0,
    entries: 0,
    resume: 0,
    open: 0,
    tape,
  };
  // Lines beyond the window are rare (UID sets of whole mailboxes): plain TypeScript reads those.
  let long: Tokenizer | undefined;

  return {
    window,
    parse(input, inlineMax, inlineTotal, depth, used, entries) {
      if (input.length > window) {
        long ??= createReferenceTokenizer();
        return long.parse(input, inlineMax, inlineTotal, depth, used, entries);
      }
      target.set(input);
      result.entries = run(input.length, inlineMax, inlineTotal, used, depth, entries);
      result.status = header[0] ?? 0;
      result.consumed = header[1] ?? 0;
      result.commands = header[2] ?? 0;
      result.literalSize = (header[3] ?? 0) >>> 0;
      result.literalFlags = header[4] ?? 0;
      result.depth = header[5] ?? 0;
      result.resume = header[7] ?? 0;
      result.open = header[8] ?? 0;
      return result;
    },
  };
}

function webAssembly(): WebAssemblyApi {
  const api: unknown = Reflect.get(globalThis, "WebAssembly");
  if (!isWebAssembly(api)) throw new Error("this runtime has no WebAssembly");
  return api;
}

function isWebAssembly(value: unknown): value is WebAssemblyApi {
  return typeof value === "object" && value !== null && "Instance" in value && typeof value.Instance === "function";
}

function globalValue(exports: Readonly<Record<string, unknown>>, name: string): number {
  const global = exports[name];
  const value: unknown = typeof global === "object" && global !== null && "value" in global ? global.value : undefined;
  if (typeof value !== "number") throw new Error(`parser module: no number ${name}`);
  return value;
}

function memoryBuffer(memory: unknown): ArrayBuffer {
  const buffer: unknown = typeof memory === "object" && memory !== null && "buffer" in memory ? memory.buffer : undefined;
  if (!(buffer instanceof ArrayBuffer)) throw new Error("parser module: no memory");
  return buffer;
}

function parseFunction(value: unknown): ParseFunction {
  if (!isFunction(value)) throw new Error("parser module: no function parse");
  return value;
}

/** The version that was checked above vouches for the parameters. */
function isFunction(value: unknown): value is ParseFunction {
  return typeof value === "function";
}
