/** The command `sluice`. Exit code 0, or 1 with one line on standard error. */
import { CliError } from "./cli-error.ts";
import { account } from "./commands/account.ts";
import { metrics } from "./commands/metrics.ts";
import { spectrum } from "./commands/spectrum.ts";
import { start } from "./commands/start.ts";
import { HELP } from "./help.ts";
import { sluiceVersion } from "./workerd/server-files.ts";

const COMMANDS: ReadonlyMap<string, (args: readonly string[]) => Promise<void>> = new Map([
  ["start", start],
  ["account", account],
  ["metrics", metrics],
  ["spectrum", spectrum],
]);

async function main(args: readonly string[]): Promise<void> {
  const [word, ...rest] = args;
  // `pnpm start -- --data DIR` hands the "--" on.
  const own = rest[0] === "--" ? rest.slice(1) : rest;
  const command = word === undefined ? undefined : COMMANDS.get(word);
  if (command !== undefined) return command(own);
  if (word === "--help" || word === "-h" || word === "help") return void process.stdout.write(HELP.sluice);
  if (word === "--version") return void process.stdout.write(`${sluiceVersion()}\n`);
  throw new CliError(
    word === undefined ? "expects a command (see: sluice --help)" : `no command ${JSON.stringify(word)} (see: sluice --help)`,
  );
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof CliError)) throw error;
  process.stderr.write(`sluice: ${error.message}\n`);
  process.exitCode = 1;
}
