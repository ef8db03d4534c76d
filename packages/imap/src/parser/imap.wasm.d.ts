/** Built from assembly/ by scripts/build.ts. */
declare const parser: WebAssembly.Module;
export default parser;
