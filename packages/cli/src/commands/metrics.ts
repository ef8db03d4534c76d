import { resolve } from "node:path";

import * as z from "zod";

import { AdminRefusal } from "../admin-client.ts";
import { readArguments } from "../arguments.ts";
import { CliError } from "../cli-error.ts";
import { connectAdmin, TOKEN_REFUSED } from "../connect-admin.ts";
import { dataPaths } from "../files/data-directory.ts";
import { HELP } from "../help.ts";

const Values = z.object({ data: z.string().min(1).default(".sluice"), help: z.boolean().default(false) });

/** `sluice metrics`. Prints what the running server has counted. @throws CliError */
export async function metrics(args: readonly string[]): Promise<void> {
  const { values, positionals } = readArguments("metrics", args, { data: { type: "string" }, help: { type: "boolean", short: "h" } });
  const parsed = Values.safeParse(values);
  if (!parsed.success) throw new CliError("metrics: --data expects a directory");
  const { data, help } = parsed.data;
  if (help) return void process.stdout.write(HELP.metrics);
  const [extra] = positionals;
  if (extra !== undefined) throw new CliError(`metrics: unexpected argument ${JSON.stringify(extra)} (see: sluice metrics --help)`);
  try {
    process.stdout.write(await connectAdmin(dataPaths(resolve(data))).metrics());
  } catch (error) {
    if (error instanceof AdminRefusal) throw new CliError(`metrics: ${refusalText(error)}`);
    if (error instanceof CliError) throw new CliError(`metrics: ${error.message}`);
    throw error;
  }
}

function refusalText({ status, message }: AdminRefusal): string {
  return status === 401 || status === 403 ? TOKEN_REFUSED : message;
}
