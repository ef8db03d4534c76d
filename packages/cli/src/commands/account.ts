import { resolve } from "node:path";

import * as z from "zod";

import { type Account, type AdminClient, AdminRefusal } from "../admin-client.ts";
import { readArguments } from "../arguments.ts";
import { CliError } from "../cli-error.ts";
import { connectAdmin, TOKEN_REFUSED } from "../connect-admin.ts";
import { noteAccountChange } from "../demo/demo-account.ts";
import { dataPaths, type DataPaths } from "../files/data-directory.ts";
import { HELP } from "../help.ts";
import { checkPassword, confirm, readNewPassword } from "../terminal-input.ts";

const VERBS = ["add", "list", "remove", "password", "restart"] as const;
type Verb = (typeof VERBS)[number];

/** Options by verb, besides `--data` and `--help`. */
const VERB_OPTIONS = {
  add: { password: { type: "string" } },
  list: {},
  remove: { yes: { type: "boolean" } },
  password: { password: { type: "string" } },
  restart: {},
} as const;

const Values = z.object({
  data: z.string().min(1).default(".sluice"),
  password: z.string().optional(),
  yes: z.boolean().default(false),
  help: z.boolean().default(false),
});

/** What the account is called on the command line; whether the server likes it is its own decision. URLs take "." and ".." for no names at all. */
// oxlint-disable-next-line no-control-regex -- control characters are what is refused
const Name = z.string().regex(/^(?!\.{1,2}$)[^\u0000-\u001f\u007f]{1,254}$/);

interface Call {
  readonly paths: DataPaths;
  readonly admin: AdminClient;
  readonly name: string;
  readonly password: string | undefined;
  readonly yes: boolean;
}

/** `sluice account VERB ...`. Prints its result. @throws CliError */
export async function account(args: readonly string[]): Promise<void> {
  const [word, ...rest] = args;
  const verb = VERBS.find((one) => one === word);
  if (verb === undefined) {
    if (word === undefined) throw new CliError(`account: expects ${VERBS.join(", ")} (see: sluice account --help)`);
    // Options alone, such as --help.
    const { values } = readArguments("account", word.startsWith("-") ? args : [], {
      help: { type: "boolean", short: "h" },
      data: { type: "string" },
    });
    if (values["help"] === true) return void process.stdout.write(HELP.account);
    throw new CliError(`account: no command ${JSON.stringify(word)}, expects ${VERBS.join(", ")} (see: sluice account --help)`);
  }
  const command = `account ${verb}` as const;
  const { values, positionals } = readArguments(command, rest, {
    data: { type: "string" },
    help: { type: "boolean", short: "h" },
    ...VERB_OPTIONS[verb],
  });
  const parsed = Values.safeParse(values);
  if (!parsed.success) throw new CliError(`${command}: --data expects a directory`);
  const { data, password, yes, help } = parsed.data;
  if (help) return void process.stdout.write(HELP[command]);
  const name = readName(command, verb, positionals);
  const paths = dataPaths(resolve(data));
  await explained(command, name, async () => {
    if (password !== undefined) checkPassword(password);
    await RUN[verb]({ paths, admin: connectAdmin(paths), name, password, yes });
  });
}

function readName(command: string, verb: Verb, positionals: readonly string[]): string {
  const [name, extra] = positionals;
  const unexpected = verb === "list" ? name : extra;
  if (unexpected !== undefined)
    throw new CliError(`${command}: unexpected argument ${JSON.stringify(unexpected)} (see: sluice ${command} --help)`);
  if (verb === "list") return "";
  if (name === undefined) throw new CliError(`${command}: expects the NAME of an account (see: sluice ${command} --help)`);
  if (!Name.safeParse(name).success) throw new CliError(`${command}: ${JSON.stringify(name.slice(0, 80))} is no account name`);
  return name;
}

const RUN: Readonly<Record<Verb, (call: Call) => Promise<void>>> = {
  async add({ admin, name, password }) {
    const full = await admin.add(name, password ?? (await readNewPassword(name)));
    process.stdout.write(`added ${full}\n`);
  },

  async list({ admin }) {
    const accounts = await admin.list();
    process.stdout.write(formatAccounts(accounts));
  },

  async remove({ paths, admin, name, yes }) {
    if (!yes) {
      if (!process.stdin.isTTY)
        throw new CliError(`this removes ${name} and all its mail, and there is no terminal to ask on: repeat it with --yes`);
      if (!(await confirm(`Remove ${name} and all its mail?`))) throw new CliError("nothing removed");
    }
    await admin.remove(name);
    process.stdout.write(`removed ${name}\n`);
    noteAccountChange(paths.demo, name, "removed");
  },

  async password({ paths, admin, name, password }) {
    await admin.setPassword(name, password ?? (await readNewPassword(name)));
    process.stdout.write(`password of ${name} set\n`);
    noteAccountChange(paths.demo, name, "password");
  },

  async restart({ admin, name }) {
    await admin.restart(name);
    process.stdout.write(`restarted ${name}\n`);
  },
};

/** Puts the command before what went wrong, and turns the server's refusals into sentences about the account. */
async function explained(command: string, name: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof AdminRefusal) throw new CliError(`${command}: ${refusalText(error, name)}`);
    if (error instanceof CliError) throw new CliError(`${command}: ${error.message}`);
    throw error;
  }
}

function refusalText({ status, message }: AdminRefusal, name: string): string {
  switch (status) {
    case 401:
    case 403:
      return TOKEN_REFUSED;
    case 404:
      return name === "" ? message : `there is no account ${name}`;
    case 409:
      return `the account ${name} exists already`;
    default:
      // The field is the one that was typed.
      return message.replace(/^(?:name|password): /, "");
  }
}

/** One account on a line, the names padded to one width. */
export function formatAccounts(accounts: readonly Account[]): string {
  const width = Math.max(0, ...accounts.map(({ name }) => name.length));
  return accounts.map(({ name, createdAt }) => `${name.padEnd(width)}  ${new Date(createdAt).toISOString()}\n`).join("");
}
