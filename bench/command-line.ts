/** What the programs of bench/ have in common: options, help, and exit codes. */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";

import * as z from "zod";

/** Something is worse than it may be; every other end that is not good is {@link FAILED}. */
const REGRESSION = 1;
/** It could not be measured: a wrong option, or an error. */
const FAILED = 2;

/** What was asked for cannot be done, which its one line says. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Runs a program's work, and sets the exit code. What goes wrong goes to standard error. */
export async function runProgram(work: () => Promise<"fine" | "regression">): Promise<void> {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    // Behind `| head`: nobody wants the rest.
    if (error.code === "EPIPE") process.exit();
    throw error;
  });
  try {
    if ((await work()) === "regression") process.exitCode = REGRESSION;
  } catch (error) {
    process.exitCode = FAILED;
    const text = error instanceof Error && !(error instanceof UsageError) ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`${error instanceof UsageError ? error.message : text}\n`);
  }
}

export interface OptionNames {
  /** Options with a value. */
  readonly texts: readonly string[];
  readonly flags: readonly string[];
  /** Name of the one argument without a dash, which must be there. */
  readonly argument?: string;
}

/**
 * Reads options as the schema wants them; `argument` comes under its own name. With `--help` it prints the usage and ends the process.
 *
 * @throws UsageError with one line that names the option
 */
export function readOptions<Options>(
  usage: string,
  schema: z.ZodType<Options>,
  { texts, flags, argument }: OptionNames,
  args: readonly string[] = process.argv.slice(2),
): Options {
  const hint = "(see --help)";
  // `pnpm bench -- --json` hands the "--" on.
  const own = args[0] === "--" ? args.slice(1) : args;
  if (own.includes("--help")) {
    process.stdout.write(`${usage.trim()}\n`);
    process.exit(0);
  }
  const { values, positionals } = parse(own, texts, flags, hint);
  if (values["json"] === true && values["markdown"] === true)
    throw new UsageError(`--json and --markdown: standard output takes only one of them ${hint}`);
  if (argument !== undefined && positionals.length === 0) throw new UsageError(`${argument} is missing ${hint}`);
  const [unexpected] = positionals.slice(argument === undefined ? 0 : 1);
  if (unexpected !== undefined) throw new UsageError(`unexpected argument ${JSON.stringify(unexpected)} ${hint}`);
  const parsed = schema.safeParse(argument === undefined ? values : { ...values, [argument]: positionals[0] });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const name = String(issue?.path[0] ?? "");
  throw new UsageError(`${name === "" ? "" : `${name === argument ? "" : "--"}${name}: `}${issue?.message ?? "is not valid"} ${hint}`);
}

function parse(
  args: readonly string[],
  texts: readonly string[],
  flags: readonly string[],
  hint: string,
): { readonly values: Readonly<Record<string, unknown>>; readonly positionals: readonly string[] } {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: Object.fromEntries([
        ...texts.map((name) => [name, { type: "string" }] as const),
        ...flags.map((name) => [name, { type: "boolean" }] as const),
      ]),
    });
  } catch (error) {
    // Its first sentence says what is wrong, the others are about names that begin with a dash.
    throw new UsageError(`${error instanceof Error ? error.message.split(". ")[0] : String(error)} ${hint}`, { cause: error });
  }
}

/** A whole number within bounds, both included. */
export function wholeNumber(least: number, most: number): z.ZodCoercedNumber<string> {
  const error = `expects a whole number from ${least} to ${most}`;
  return z.coerce.number<string>({ error }).int({ error }).min(least, { error }).max(most, { error });
}

/** `NAME,...`: some of these names. Nothing is all of them. */
export function someOf(what: string, names: readonly string[]): z.ZodType<string[] | undefined> {
  return z
    .string()
    .transform((text, context) => {
      const list = text.split(",");
      const unknown = list.find((name) => !names.includes(name));
      if (unknown === undefined) return list;
      context.addIssue(`there is no ${what} ${JSON.stringify(unknown)}, only ${names.join(", ")}`);
      return z.NEVER;
    })
    .optional();
}

/** Where the results go, in the schema of a program. */
export const OUTPUTS = {
  json: z.boolean().default(false),
  markdown: z.boolean().default(false),
  save: z.string().min(1, "expects the name of a file").optional(),
  svg: z.string().min(1, "expects the name of a file").optional(),
};
export const OUTPUT_NAMES = { texts: ["save", "svg"], flags: ["json", "markdown"] } as const;
export const OUTPUT_USAGE = `  --json, --markdown  on standard output, instead of text
  --save FILE         also writes the JSON there`;

export interface Outputs {
  readonly json: boolean;
  readonly markdown: boolean;
  readonly save?: string | undefined;
  readonly svg?: string | undefined;
}

export interface Shown {
  /** As text, or as Markdown. */
  readonly text: string;
  /** `undefined` where there is nothing to draw. */
  readonly drawing: () => string | undefined;
}

/** Puts a report wherever it was asked for: files first, as nobody may read standard output to its end. */
export function putReport(report: object, { json, save, svg }: Outputs, { text, drawing }: Shown): void {
  const printed = `${JSON.stringify(report, undefined, 2)}\n`;
  if (save !== undefined) writeFileSync(save, printed);
  const drawn = svg === undefined ? undefined : drawing();
  if (svg !== undefined && drawn !== undefined) writeFileSync(svg, drawn);
  if (svg !== undefined && drawn === undefined) process.stderr.write("--svg: skipped, there is nothing to draw\n");
  process.stdout.write(json ? printed : text);
}
