import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { check, fill, run, temporaryFolder, type Driver } from "../driver.ts";
import { checkTwoWaySync } from "./two-way-sync.ts";

const MESSAGES = 120;

/** offlineimap3 (Python's imaplib underneath): one command at a time, two connections. */
export const offlineimap: Driver = {
  name: "offlineimap",
  packages: ["offlineimap3"],
  async run(target) {
    const folder = await temporaryFolder("offlineimap");
    await fill(target, "INBOX", MESSAGES);
    await mkdir(join(folder, "mail"));
    await mkdir(join(folder, "meta"));
    const configuration = join(folder, "offlineimaprc");
    await writeFile(
      configuration,
      `[general]
accounts = lab
metadata = ${folder}/meta
ui = basic
fsync = false
[Account lab]
localrepository = l
remoterepository = r
[Repository l]
type = Maildir
localfolders = ${folder}/mail
[Repository r]
type = IMAP
remotehost = localhost
remoteport = ${target.port}
remoteuser = ${target.user}
remotepass = ${target.password}
ssl = yes
sslcacertfile = ${target.ca}
maxconnections = 2
folderfilter = lambda f: f in ('INBOX', 'Sent')
`,
    );
    await checkTwoWaySync(target, join(folder, "mail/INBOX"), MESSAGES, async () => {
      const output = await run("offlineimap", ["-c", configuration, "-o", "-1"], { env: { HOME: folder } });
      check(!output.includes("ERROR"), output.slice(-600));
    });
    await rm(folder, { recursive: true });
    return `${MESSAGES} messages, flags, deletions and new ones both ways`;
  },
};
