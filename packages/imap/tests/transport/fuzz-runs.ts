import * as z from "zod";

const number = z.coerce.number().pipe(z.int()).optional();
const Settings = z.object({
  /** Random cases of each property. */
  SLUICE_FUZZ_RUNS: number.refine((runs) => runs === undefined || runs > 0),
  /** Both as a failure has printed them: shows it again, the second one without the search for a smaller failure. */
  SLUICE_FUZZ_SEED: number,
  SLUICE_FUZZ_PATH: z.string().optional(),
});

/** Milliseconds for one case: many times its usual time. Only to end what hangs, and a long search for a smaller failure. */
const CASE = 500;
const LEAST = 30_000;

/** How a property of whole connections is run. `usual`: its cases in a usual run of the tests, which take a few seconds. */
export function fuzzRuns(usual: number) {
  const { SLUICE_FUZZ_RUNS: wanted = usual, SLUICE_FUZZ_SEED: seed, SLUICE_FUZZ_PATH: path } = Settings.parse(process.env);
  // A path leads to one case.
  const numRuns = path === undefined ? wanted : 1;
  const limit = Math.max(LEAST, numRuns * CASE);
  return {
    /** For the test. */
    timeout: 2 * limit,
    /** For fast-check. */
    parameters: {
      numRuns,
      // Short scripts, which fast-check prefers, find little.
      unbiased: true,
      interruptAfterTimeLimit: limit,
      ...(seed !== undefined && { seed }),
      ...(path !== undefined && { path }),
    },
  };
}
