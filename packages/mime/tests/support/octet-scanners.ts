import { readFileSync } from "node:fs";

import type { OctetScanner } from "../../src/octet-scanner.ts";
import { createWasmOctetScanner } from "../../src/wasm-octet-scanner.ts";

interface WebAssemblyModule {
  new (bytes: Uint8Array): object;
  imports(module: object): readonly unknown[];
}

function isModuleApi(value: unknown): value is { readonly Module: WebAssemblyModule } {
  return typeof value === "object" && value !== null && "Module" in value;
}

const api: unknown = Reflect.get(globalThis, "WebAssembly");
if (!isModuleApi(api)) throw new Error("no WebAssembly here");
const { Module } = api;

/** The module as it is built, and compiled. */
export const octetsBytes: Uint8Array = readFileSync(new URL("../../src/octets.wasm", import.meta.url));
export const octetsModule: object = new Module(octetsBytes);
export const octetsImports: readonly unknown[] = Module.imports(octetsModule);

export const wasmOctets: OctetScanner = createWasmOctetScanner(octetsModule);

/** Octets that one call of the module takes. */
export const WINDOW = 65_536;
