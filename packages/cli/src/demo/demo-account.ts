import { randomInt } from "node:crypto";

import * as z from "zod";

import type { Address } from "../address.ts";
import { type AdminClient, AdminRefusal } from "../admin-client.ts";
import { CliError } from "../cli-error.ts";
import { PRIVATE, readStateFile, writeWholeFile } from "../files/private-file.ts";
import { ImapAppender } from "../imap/imap-appender.ts";
import { demoMail } from "./demo-mail.ts";
import { DEMO_MAILBOXES } from "./plan.ts";
import { DEMO_USER } from "./texts.ts";

/** The one seed of the demo mail: every installation gets the same. */
const SEED = 20_261_122;

/**
 * `DIR/demo.json`: the demo account and how far it is.
 *
 * `loading`: the mail is not complete. `ready`: it is. `released`: the user has removed the account, or
 * had one of this name already: it is not ours. The password is absent once the user has set another.
 */
export const DemoState = z.object({
  format: z.literal(1),
  user: z.string().min(1),
  password: z.string().min(1).optional(),
  seed: z.int().min(0),
  until: z.iso.datetime(),
  state: z.enum(["loading", "ready", "released"]),
});
export type DemoState = z.infer<typeof DemoState>;

/** Where the demo account lives. */
export interface DemoServer {
  readonly admin: AdminClient;
  readonly imap: Address;
}

/**
 * Makes the demo account and its mail on the first run; where an earlier run was interrupted, adds
 * what is missing, each message once.
 *
 * @returns the account, for the user to be told; its `state` is "released" when there is none of ours.
 * @throws CliError when the server refuses something.
 */
export async function ensureDemoAccount(
  path: string,
  server: DemoServer,
  now: Date,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<DemoState> {
  const known = readStateFile(path, DemoState);
  if (known !== undefined && known.state !== "loading") return known;
  const demo: DemoState = known ?? {
    format: 1,
    user: DEMO_USER.address,
    password: makePassword(),
    seed: SEED,
    until: now.toISOString(),
    state: "loading",
  };
  // Written first: after a crash right behind the creation the password must still be known.
  if (known === undefined) save(path, demo);
  if (demo.password === undefined) return settle(path, demo, "ready");
  if (!(await createAccount(server.admin, demo.user, demo.password)) && known === undefined) {
    say(`${demo.user} exists already and is left as it is: no demo mail`);
    return settle(path, { ...demo, password: undefined }, "released");
  }
  const added = await loadMail(demo, demo.password, server.imap, signal);
  say(`demo mail: ${added} messages in ${DEMO_MAILBOXES.length} mailboxes`);
  return settle(path, demo, "ready");
}

/** What the user has done to an account, for {@link ensureDemoAccount} to respect; other accounts do not matter here. */
export function noteAccountChange(path: string, name: string, change: "password" | "removed"): void {
  const known = readStateFile(path, DemoState);
  if (known === undefined || known.state === "released") return;
  const [local] = known.user.split("@");
  const lower = name.toLowerCase();
  if (lower !== known.user && lower !== local) return;
  settle(path, { ...known, password: undefined }, change === "removed" ? "released" : "ready");
}

/** Returns false when it exists already. */
async function createAccount(admin: AdminClient, user: string, password: string): Promise<boolean> {
  try {
    await admin.add(user, password);
    return true;
  } catch (error) {
    if (error instanceof AdminRefusal && error.status === 409) return false;
    if (error instanceof AdminRefusal) throw new CliError(`the server refuses to make the demo account: ${error.message}`);
    throw error;
  }
}

/** Fills the mailboxes. What is there already is taken for the beginning of the plan, because APPENDs are stored in order. */
async function loadMail(demo: DemoState, password: string, imap: Address, signal: AbortSignal): Promise<number> {
  const appender = await ImapAppender.connect(imap, signal);
  try {
    await appender.login(demo.user, password);
    const separator = await appender.separator();
    const place = (mailbox: string) => mailbox.replaceAll("/", separator);
    const present = new Map<string, number>();
    for (const mailbox of DEMO_MAILBOXES) present.set(mailbox, await appender.prepareMailbox(place(mailbox)));
    let added = 0;
    for (const message of demoMail(demo.seed, new Date(demo.until), present)) {
      await appender.append(place(message.mailbox), message);
      added++;
    }
    await appender.flush();
    await appender.close();
    return added;
  } finally {
    appender.destroy();
  }
}

function settle(
  path: string,
  demo: Omit<DemoState, "password"> & { readonly password?: string | undefined },
  state: DemoState["state"],
): DemoState {
  const { password, ...rest } = demo;
  const settled: DemoState = password === undefined ? { ...rest, state } : { ...rest, password, state };
  save(path, settled);
  return settled;
}

function save(path: string, demo: DemoState): void {
  writeWholeFile(path, `${JSON.stringify(demo, undefined, 2)}\n`, PRIVATE);
}

/** 80 random bits in letters and digits that cannot be mistaken for each other, as it is typed into a mail program. */
function makePassword(): string {
  const letters = "abcdefghjkmnpqrstuvwxyz23456789";
  const groups = Array.from({ length: 4 }, () => Array.from({ length: 4 }, () => letters[randomInt(letters.length)] ?? "a").join(""));
  return groups.join("-");
}
