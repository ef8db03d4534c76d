import type { OctetScanner } from "../../src/octet-scanner.ts";
import { createWasmOctetScanner } from "../../src/wasm-octet-scanner.ts";
import { compileModule } from "./wasm-module.ts";

const compiled = compileModule(new URL("../../src/octets.wasm", import.meta.url));
export const octetsBytes: Uint8Array = compiled.bytes;
export const octetsModule: object = compiled.module;
export const octetsImports: readonly unknown[] = compiled.imports;

export const wasmOctets: OctetScanner = createWasmOctetScanner(octetsModule);

/** Octets that one call of the module takes. */
export const WINDOW = 65_536;
