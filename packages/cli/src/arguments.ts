import { parseArgs, type ParseArgsConfig } from "node:util";

import { CliError, codeOf, messageOf } from "./cli-error.ts";

type OptionSpecs = NonNullable<ParseArgsConfig["options"]>;

/** What stands after the command's own words. */
export interface ParsedArguments {
  readonly values: Readonly<Record<string, unknown>>;
  readonly positionals: readonly string[];
}

/**
 * Splits the arguments by the given options.
 *
 * @throws CliError naming the bad option and where to find help.
 */
export function readArguments(command: string, args: readonly string[], options: OptionSpecs): ParsedArguments {
  try {
    const { values, positionals, tokens } = parseArgs({ args: [...args], options, allowPositionals: true, strict: true, tokens: true });
    const seen = new Set<string>();
    for (const token of tokens) {
      if (token.kind !== "option" || options[token.name]?.multiple === true) continue;
      // The last one would silently win, which hides a slip of the user's.
      if (seen.has(token.name)) throw new CliError(`${command}: --${token.name} is given twice`);
      seen.add(token.name);
    }
    return { values, positionals };
  } catch (error) {
    if (codeOf(error)?.startsWith("ERR_PARSE_ARGS_") !== true) throw error;
    // Node adds advice about `--` after the first sentence, which only confuses here.
    const [sentence = ""] = messageOf(error).split(/\. |\n/);
    throw new CliError(`${command}: ${sentence.replace(/\.$/, "")} (see: sluice ${command} --help)`);
  }
}
