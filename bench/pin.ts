/**
 * Makes the working tree the revision that the gate compares speed with. Usage: `pnpm bench:pin`, in a commit that says why:
 * what has become slower until now is accepted with it.
 */
import { bundleSubjects, PINNED, root } from "./bundle.ts";
import { runProgram } from "./command-line.ts";

await runProgram(async () => {
  await bundleSubjects(root, PINNED);
  process.stdout.write("pinned: bench/pinned/subjects.js and its WASM modules\n");
  return "fine";
});
