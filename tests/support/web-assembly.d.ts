/** @types/node names the types of WebAssembly but not its constructors. */
declare namespace WebAssembly {
  const Module: new (bytes: Uint8Array) => Module;
}
