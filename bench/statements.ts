/**
 * Shows the statements behind a counter of bench/baseline.json, each with how often it ran. Usage: `node bench/statements.ts NAME`, where NAME is what
 * stands before the point, such as `append`.
 */
import * as z from "zod";

import { COUNTED, runCounted } from "./command-costs.ts";
import { readOptions, runProgram } from "./command-line.ts";

const USAGE = `
Usage: node bench/statements.ts NAME

Shows the SQL statements of a counted command, each with how often it ran: ${COUNTED.join(", ")}.

Exit code 0, or 2 where it could not be run.
`;

const Options = z.strictObject({ NAME: z.enum(COUNTED, { error: `expects one of ${COUNTED.join(", ")}` }) });

await runProgram(async () => {
  const { NAME } = readOptions(USAGE, Options, { texts: [], flags: [], argument: "NAME" });
  const { read, written, statements } = await runCounted(NAME);
  const times = new Map<string, number>();
  for (const statement of statements) times.set(statement, (times.get(statement) ?? 0) + 1);
  for (const [statement, count] of times)
    process.stdout.write(`${String(count).padStart(6)}  ${statement.trim().replaceAll(/\s+/g, " ")}\n`);
  process.stdout.write(`${read} rows read, ${written} rows written, ${statements.length} statements\n`);
  return "fine";
});
