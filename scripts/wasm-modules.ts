export interface WasmModule {
  readonly name: string;
  /** From the root of the repository, as all paths here. */
  readonly entry: string;
  readonly file: string;
  /** Of 64 KiB: all the memory that it ever has. */
  readonly pages: number;
}

/** What is compiled from assembly/, by scripts/build.ts. */
export const WASM_MODULES: readonly WasmModule[] = [
  { name: "imap", entry: "assembly/index.ts", file: "packages/imap/src/parser/imap.wasm", pages: 22 },
  { name: "octets", entry: "assembly/octets/index.ts", file: "packages/mime/src/octets.wasm", pages: 3 },
];
