import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { check, countOf, fill, run, sampleMessage, temporaryFolder, type Driver } from "../driver.ts";

/** curl's imaps:// handler: one command an invocation, LOGIN or SASL-IR. */
export const curl: Driver = {
  name: "curl",
  packages: ["curl"],
  async run(target) {
    const folder = await temporaryFolder("curl");
    await fill(target, "INBOX", 30);
    await fill(target, "Lab", 0);
    const base = `imaps://localhost:${target.port}`;
    const call = (path: string, ...args: string[]): Promise<string> =>
      run("curl", ["-sS", "--cacert", target.ca, "-u", `${target.user}:${target.password}`, ...args, `${base}${path}`]);

    check((await call("/")).includes("Lab"), "LIST has no Lab");
    check((await call("/INBOX;UID=4")) === sampleMessage(3).toString(), "the body by UID differs");
    check((await call("/INBOX;MAILINDEX=5")) === sampleMessage(4).toString(), "the body by number differs");
    check((await call("/INBOX;UID=4;SECTION=HEADER.FIELDS%20(SUBJECT)")).startsWith("Subject:"), "the section differs");
    check((await call("/INBOX?SUBJECT%20lorem")).startsWith("* SEARCH "), "SEARCH found nothing");
    const upload = join(folder, "message.eml");
    await writeFile(upload, Buffer.concat([sampleMessage(77), Buffer.from(`${"x".repeat(70)}\r\n`.repeat(2000))]));
    await call("/Lab", "-T", upload);
    check((await countOf(target, "Lab")) === 1, "the upload is not there");
    check((await call("/INBOX", "-X", "STORE 1 +FLAGS (\\Flagged)")).includes("\\Flagged"), "STORE");
    await call("/INBOX", "-X", "STORE 1:3 +FLAGS (\\Deleted)");
    await call("/INBOX", "-X", "EXPUNGE");
    check((await countOf(target, "INBOX")) === 27, "EXPUNGE");
    check((await call("/", "-X", "STATUS INBOX (MESSAGES UIDNEXT)")).includes("MESSAGES 27"), "STATUS");
    check((await call("/", "--login-options", "AUTH=PLAIN", "--sasl-ir")).includes("INBOX"), "SASL-IR");
    await rm(folder, { recursive: true });
    return "list, fetch, sections, search, upload, store, expunge, status, SASL-IR";
  },
};
