/** Writes the corpus as files, for use with other servers; see USAGE. */
import * as z from "zod";

import { readOptions, runProgram, UsageError, wholeNumber } from "../command-line.ts";
import { SEED } from "./corpus.ts";
import { CORPUS_FORMATS, writeCorpus } from "./write-corpus.ts";

const USAGE = `
Usage: pnpm bench:corpus --out DIR [OPTIONS]

Writes the mail of the server benchmarks into an empty folder.

  --messages N        (1000); 10,000 are 55 MB
  --seed N            (${SEED})
  --format FORMAT     files: a file each, as on the wire; maildir; mbox (files)

Exit code 0, or 2 where it could not be written.
`;

const Options = z.strictObject({
  out: z.string({ error: "expects the folder to write to" }).min(1, "expects the folder to write to"),
  messages: wholeNumber(1, 1_000_000).default(1000),
  seed: wholeNumber(0, 0xffff_ffff).default(SEED),
  format: z.enum(CORPUS_FORMATS, { error: `expects one of ${CORPUS_FORMATS.join(", ")}` }).default("files"),
});

await runProgram(() => {
  const { out, messages, seed, format } = readOptions(USAGE, Options, { texts: ["out", "messages", "seed", "format"], flags: [] });
  let octets: number;
  try {
    octets = writeCorpus(seed, messages, { folder: out, format });
  } catch (error) {
    throw new UsageError(`--out: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  process.stdout.write(
    `${messages.toLocaleString("en")} messages, ${(octets / 1e6).toFixed(1)} MB, seed ${seed}, as ${format} in ${out}\n`,
  );
  return Promise.resolve("fine");
});
