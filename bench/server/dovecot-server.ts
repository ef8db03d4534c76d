import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { ensureTlsFiles } from "../../packages/cli/src/tls/tls-files.ts";
import { freePorts } from "../../tests/support/started-server.ts";
import { type Endpoint, ImapWire } from "./imap-wire.ts";
import type { MailServer } from "./mail-server.ts";

/** Where Debian's packages dovecot-core and dovecot-imapd put them. */
export const DOVECOT = "/usr/sbin/dovecot";
const IMAP = "/usr/lib/dovecot/imap";
const HOST = "127.0.0.1";
const PASSWORD = "bench-password";
/** Debian's `nobody`: whom the mail belongs to where root runs this, because Dovecot does not serve mail of root. */
const NOBODY = 65_534;
/** Milliseconds from its start to its greeting at most, and between two attempts. */
const START_TIME = 20_000;
const START_STEP = 50;

export function dovecotInstalled(program: string): boolean {
  return existsSync(program) && existsSync(IMAP);
}

/** A Dovecot of its own, with everything it reads and writes in one folder of the temporary folder. @throws Error when it does not start */
export async function startDovecot(program: string, tls: boolean): Promise<MailServer> {
  const folder = mkdtempSync(join(tmpdir(), "sluice-dovecot-"));
  // Its login and mail processes belong to other users, and pass through here.
  chmodSync(folder, 0o755);
  const [plainPort = 0, tlsPort = 0] = await freePorts(2);
  const { chainPath, keyPath, ca } = await ensureTlsFiles(makeFolder(folder, "tls"), HOST, new Date());
  const mail = makeFolder(folder, "mail");
  const root = userInfo().uid === 0;
  if (root) chownSync(mail, NOBODY, NOBODY);
  const path = join(folder, "dovecot.conf");
  writeFileSync(path, configuration({ folder, mail, chainPath, keyPath, plainPort, tlsPort, root }));

  const child = spawn(program, ["-F", "-c", path], { stdio: ["ignore", "ignore", "pipe"] });
  let complaint = "";
  child.stderr.on("data", (chunk: Buffer) => (complaint += chunk.toString()));
  const exited = once(child, "exit");
  const endpoint: Endpoint = { host: HOST, port: tls ? tlsPort : plainPort, ca: tls ? ca : undefined };
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    if (child.exitCode === null && child.signalCode === null) await exited;
    rmSync(folder, { recursive: true, force: true });
  };
  if (!(await greets(endpoint, () => child.exitCode === null))) {
    const log = join(folder, "log");
    const logged = existsSync(log) ? readFileSync(log, "utf8") : "";
    await stop();
    throw new Error(`Dovecot does not start: ${complaint}${logged}`);
  }
  const { pid } = child;
  if (pid === undefined) throw new Error("Dovecot has no process");
  return {
    name: `Dovecot ${execFileSync(program, ["--version"], { encoding: "utf8" }).split(" ")[0]}`,
    endpoint,
    password: PASSWORD,
    pid,
    // Whoever has the password is a user.
    addUser: () => Promise.resolve(),
    stop,
  };
}

function makeFolder(parent: string, name: string): string {
  const folder = join(parent, name);
  mkdirSync(folder);
  return folder;
}

async function greets(endpoint: Endpoint, lives: () => boolean): Promise<boolean> {
  for (const end = performance.now() + START_TIME; lives() && performance.now() < end; await delay(START_STEP)) {
    try {
      (await ImapWire.open(endpoint)).destroy();
      return true;
    } catch {
      // Not yet: what it has said is told when the time is over.
    }
  }
  return false;
}

interface Places {
  readonly folder: string;
  readonly mail: string;
  readonly chainPath: string;
  readonly keyPath: string;
  readonly plainPort: number;
  readonly tlsPort: number;
  readonly root: boolean;
}

function ownGroup(): string {
  return execFileSync("id", ["-gn"], { encoding: "utf8" }).trim();
}

/** Debian's defaults, but for places, users and ports. mdbox is the fastest of its formats. */
function configuration({ folder, mail, chainPath, keyPath, plainPort, tlsPort, root }: Places): string {
  const own = userInfo().username;
  // Without root there is only one user, and no chroot.
  const users = root
    ? `mail_uid = ${NOBODY}\nmail_gid = ${NOBODY}\n`
    : `default_internal_user = ${own}\ndefault_internal_group = ${ownGroup()}\ndefault_login_user = ${own}\nservice anvil {\n  chroot =\n}\n`;
  return `${users}base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = ${folder}/log
protocols = imap
ssl = yes
ssl_cert = <${chainPath}
ssl_key = <${keyPath}
disable_plaintext_auth = no
mail_location = mdbox:~/mdbox
namespace inbox {
  inbox = yes
}
passdb {
  driver = static
  args = password=${PASSWORD}
}
userdb {
  driver = static
  args = home=${mail}/%u
}
service imap-login {
  ${root ? "" : "chroot =\n  "}inet_listener imap {
    address = ${HOST}
    port = ${plainPort}
  }
  inet_listener imaps {
    address = ${HOST}
    port = ${tlsPort}
    ssl = yes
  }
}
`;
}
