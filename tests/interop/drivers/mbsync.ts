import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { check, fill, run, temporaryFolder, type Driver } from "../driver.ts";
import { readMaildir } from "./maildir.ts";
import { checkTwoWaySync } from "./two-way-sync.ts";

const MESSAGES = 200;

/** isync: pipelines all its FETCHes at once, appends with LITERAL+ and wants APPENDUID. */
export const mbsync: Driver = {
  name: "mbsync",
  packages: ["isync"],
  async run(target) {
    const folder = await temporaryFolder("mbsync");
    await fill(target, "INBOX", MESSAGES);
    await fill(target, "Lab/Sub", 12, "sub");
    await mkdir(join(folder, "mail"));
    const configuration = join(folder, "mbsyncrc");
    await writeFile(
      configuration,
      `IMAPAccount lab
Host localhost
Port ${target.port}
User ${target.user}
Pass ${target.password}
SSLType IMAPS
CertificateFile ${target.ca}
AuthMechs *
PipelineDepth 50

IMAPStore remote
Account lab

MaildirStore local
Path ${folder}/mail/
Inbox ${folder}/mail/INBOX
SubFolders Verbatim

Channel lab
Far :remote:
Near :local:
Patterns INBOX Lab/*
Create Both
Remove Both
Expunge Both
SyncState *
`,
    );
    await checkTwoWaySync(target, join(folder, "mail/INBOX"), MESSAGES, () =>
      run("mbsync", ["-c", configuration, "-a"], { env: { HOME: folder } }),
    );
    const sub = await readMaildir(join(folder, "mail/Lab/Sub"));
    check(sub.size === 12, `Lab/Sub: ${sub.size} of 12`);
    await rm(folder, { recursive: true });
    return `${MESSAGES} messages, flags, deletions and new ones both ways`;
  },
};
