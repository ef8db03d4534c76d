import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { check, countOf, fill, flagsById, run, sampleMessage, temporaryFolder, until, withImap, type Driver } from "../driver.ts";

const MESSAGES = 150;

/** neomutt in a terminal of tmux: header cache, QRESYNC, flags, deletions, server-side copy, new mail while it idles. */
export const neomutt: Driver = {
  name: "neomutt",
  packages: ["neomutt", "tmux"],
  async run(target) {
    const folder = await temporaryFolder("neomutt");
    await fill(target, "INBOX", MESSAGES);
    await fill(target, "Lab", 0);
    await mkdir(join(folder, "headers"));
    const configuration = join(folder, "neomuttrc");
    await writeFile(
      configuration,
      `set folder="imaps://${target.user}@localhost:${target.port}/"
set spool_file="+INBOX"
set imap_user="${target.user}"
set imap_pass="${target.password}"
set ssl_ca_certificates_file="${target.ca}"
set certificate_file="${target.ca}"
set ssl_force_tls=yes ssl_verify_host=yes
set imap_idle=yes imap_condstore=yes imap_qresync=yes
set header_cache="${folder}/headers"
set confirm_append=no delete=yes quit=yes wait_key=no move=no mark_old=no confirm_create=no
set mail_check=1 timeout=2 imap_poll_timeout=15 beep=no sort=mailbox-order
set status_format="STAT %f msgs:%m."
`,
    );
    const terminal = `sluice-${process.pid}`;
    const tmux = (...args: string[]): Promise<string> => run("tmux", ["-L", terminal, ...args]);
    const screenHas = (text: string): Promise<void> =>
      until(`"${text}" on neomutt's screen`, async () => (await tmux("capture-pane", "-p")).includes(text));
    const command = async (text: string): Promise<void> => {
      await tmux("send-keys", "-l", `:push "${text}"`);
      await tmux("send-keys", "Enter");
      await new Promise((resolve) => setTimeout(resolve, 700));
    };
    const start = (): Promise<string> =>
      tmux("new-session", "-d", "-x", "140", "-y", "40", `HOME=${folder} TERM=screen neomutt -n -F ${configuration}`);
    try {
      await start();
      await screenHas(`msgs:${MESSAGES}.`);
      await command("<tag-pattern>~m 1-10<enter>");
      await command("<tag-prefix><set-flag>!");
      await command("<untag-pattern>~A<enter>");
      await command("<delete-pattern>~m 11-15<enter>");
      await tmux("send-keys", "$");
      await until("the deletions on the server", async () => (await countOf(target, "INBOX")) === MESSAGES - 5);
      const flagged = [...(await flagsById(target, "INBOX")).values()].filter((flags) => flags.has("\\Flagged"));
      check(flagged.length === 10, `${flagged.length} flagged, not 10`);
      await command("<tag-pattern>~m 1-7<enter>");
      await command("<tag-prefix><copy-message>=Lab<enter>");
      await until("the copies on the server", async () => (await countOf(target, "Lab")) === 7);
      await withImap(target, (client) => client.append("INBOX", sampleMessage(7000)));
      await screenHas(`msgs:${MESSAGES - 4}.`);
      await tmux("send-keys", "q");
      await until("neomutt's end", async () =>
        tmux("has-session").then(
          () => false,
          () => true,
        ),
      );
      await start();
      await screenHas(`msgs:${MESSAGES - 4}.`);
      await tmux("send-keys", "q");
      await until("neomutt's end", async () =>
        tmux("has-session").then(
          () => false,
          () => true,
        ),
      );
    } finally {
      // A server that ended with its last session is what we want; only then does this fail.
      await tmux("kill-server").catch((error: unknown) =>
        check(String(error).includes("no server") || String(error).includes("error connecting"), String(error)),
      );
    }
    await rm(folder, { recursive: true });
    return `${MESSAGES} messages: flags, deletions, copies, new mail in IDLE, reopening from the cache`;
  },
};
