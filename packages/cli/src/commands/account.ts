import { resolve } from "node:path";

import { z } from "zod";

import { type Account, AdminClient, AdminRefusal } from "../admin-client.ts";
import { readArguments } from "../arguments.ts";
import { CliError } from "../cli-error.ts";
import { noteAccountChange } from "../demo/demo-account.ts";
import { dataDirectoryExists, dataPaths, type DataPaths, readSettings } from "../files/data-directory.ts";
import { readRunFile } from "../files/run-file.ts";
import { HELP } from "../help.ts";
import { checkPassword, confirm, readNewPassword } from "../terminal-input.ts";

const VERBS = ["add", "list", "remove", "password"] as const;
type Verb = (typeof VERBS)[number];

/** Options by verb, besides `--data` and `--help`. */
const VERB_OPTIONS = {
  add: { password: { type: "string" } },
  list: {},
  remove: { yes: { type: "boolean" } },
  password: { password: { type: "string" } },
} as const;

const Values = z.object({
  data: z.string().min(1).default(".sluice"),
  password: z.string().optional(),
  yes: z.boolean().default(false),
  help: z.boolean().default(false),
});

/** What the account is called on the command line; whether the server likes it is its own decision. */
// oxlint-disable-next-line no-control-regex -- control characters are what is refused
const Name = z.string().regex(/^[^\u0000-\u001f\u007f]{1,254}$/);

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
  if (password !== undefined) checkPassword(password);
  const paths = dataPaths(resolve(data));
  await explained(verb, name, () => RUN[verb]({ paths, admin: connectAdmin(paths), name, password, yes }));
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

/** The running server of a data directory. @throws CliError when there is none. */
function connectAdmin(paths: DataPaths): AdminClient {
  const settings = dataDirectoryExists(paths) ? readSettings(paths) : undefined;
  if (settings === undefined) throw new CliError(`${paths.root} is no data directory of Sluice: name the running server's with --data DIR`);
  const run = readRunFile(paths.run);
  if (run === undefined) throw new CliError(`no server runs on ${paths.root}: start it first (sluice start --data DIR)`);
  return new AdminClient(run.http, settings.adminToken);
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
        throw new CliError("account remove: removes all mail of the account; say --yes to do it without a question");
      if (!(await confirm(`Remove ${name} and all its mail?`))) throw new CliError("nothing removed");
    }
    await admin.remove(name);
    noteAccountChange(paths.demo, name, "removed");
    process.stdout.write(`removed ${name}\n`);
  },

  async password({ paths, admin, name, password }) {
    await admin.setPassword(name, password ?? (await readNewPassword(name)));
    noteAccountChange(paths.demo, name, "password");
    process.stdout.write(`password of ${name} set\n`);
  },
};

/** Turns the server's refusals into sentences about the account. */
async function explained(verb: Verb, name: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof AdminRefusal)) throw error;
    switch (error.status) {
      case 401:
      case 403:
        throw new CliError(`account ${verb}: the server refuses the token of the data directory; it probably runs on another one (--data)`);
      case 404:
        throw new CliError(`account ${verb}: there is no account ${name}`);
      case 409:
        throw new CliError(`account ${verb}: the account ${name} exists already`);
      default:
        throw new CliError(`account ${verb}: ${error.message}`);
    }
  }
}

/** One account on a line, the names padded to one width. */
export function formatAccounts(accounts: readonly Account[]): string {
  const width = Math.max(0, ...accounts.map(({ name }) => name.length));
  return accounts.map(({ name, createdAt }) => `${name.padEnd(width)}  ${new Date(createdAt).toISOString()}\n`).join("");
}
