/** Written by bench/workerd/start.ts: see empty-module.ts. */
declare const empty: WebAssembly.Module;
export default empty;
