/**
 * Makes the working tree the revision that the gate compares speed with. Usage: `node bench/pin.ts`, in a commit that says why:
 * what has become slower until now is accepted with it.
 */
import { bundleSubjects, PINNED, root } from "./bundle.ts";

await bundleSubjects(root, PINNED);
process.stdout.write("pinned: bench/pinned/subjects.js and its WASM modules\n");
