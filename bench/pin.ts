/** Makes the working tree the revision that the gate compares speed with, in a commit that says why; see USAGE. */
import * as z from "zod";

import { bundleSubjects, PINNED, root } from "./bundle.ts";
import { readOptions, runProgram } from "./command-line.ts";

const USAGE = `
Usage: pnpm bench:pin

Makes the working tree the revision that the gate compares speed with: what has become slower until now is accepted with it.

Exit code 0, or 2 where it could not be done.
`;

await runProgram(async () => {
  readOptions(USAGE, z.strictObject({}), { texts: [], flags: [] });
  await bundleSubjects(root, PINNED);
  process.stdout.write("pinned: bench/pinned/subjects.js and its WASM modules\n");
  return "fine";
});
