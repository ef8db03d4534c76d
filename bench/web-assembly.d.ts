/** @types/node names the types of WebAssembly but not its constructors. */
declare namespace WebAssembly {
  const Instance: new (module: Module) => { readonly exports: Readonly<Record<string, unknown>> };
}
