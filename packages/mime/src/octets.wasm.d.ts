/** Built from assembly/octets/ by scripts/build.ts. */
declare const octets: WebAssembly.Module;
export default octets;
