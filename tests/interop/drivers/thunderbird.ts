import { spawn, type ChildProcess } from "node:child_process";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";

import { check, countOf, fill, flagsById, sampleMessage, temporaryFolder, until, withImap, type Driver, type Target } from "../driver.ts";
import { Marionette } from "./marionette.ts";
import { writeProfile } from "./thunderbird-profile.ts";

const MESSAGES = 40;

/** What the scripts below share, inside Thunderbird. */
const PRELUDE = `
  const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
  const win = Services.wm.getMostRecentWindow("mail:3pane");
  const server = MailServices.accounts.allServers.find((candidate) => candidate.type == "imap");
  const root = server.rootFolder;
  const inbox = () => root.getFolderWithFlags(Ci.nsMsgFolderFlags.Inbox);
  const headers = (folder) => [...folder.messages];
  const byId = (folder, id) => headers(folder).find((header) => header.messageId == id);
  const sleep = (ms) => new Promise((done) => win.setTimeout(done, ms));
  const until = async (what, probe) => {
    for (let attempt = 0; attempt < 600; attempt++) {
      let value;
      try { value = await probe(); } catch (error) { value = false; }
      if (value) return value;
      await sleep(100);
    }
    throw new Error("waited in vain: " + what);
  };
  const copyListener = (done, failed) => ({ onStartCopy() {}, onProgress() {}, setMessageKey() {}, getMessageId() { return null; },
    onStopCopy(status) { Components.isSuccessCode(status) ? done() : failed(new Error("copy 0x" + (status >>> 0).toString(16))); },
    QueryInterface: ChromeUtils.generateQI(["nsIMsgCopyServiceListener"]) });
  const copy = (from, header, to, move) => new Promise((done, failed) =>
    MailServices.copy.copyMessages(from, [header], to, move, copyListener(done, failed), win.msgWindow, false));
`;

/** Thunderbird itself, under Xvfb: list, read, flag, move, delete, push. */
export const thunderbird: Driver = {
  name: "thunderbird",
  packages: ["thunderbird", "xvfb", "libnss3-tools"],
  async run(target) {
    await fill(target, "INBOX", MESSAGES, "tb");
    await fill(target, "Lab", 0);
    const folder = await temporaryFolder("thunderbird");
    await mkdir(join(folder, "home"));
    const port = 2900 + (process.pid % 500);
    const display = `:${100 + (process.pid % 400)}`;
    await writeProfile(folder, target, port);
    const processes: ChildProcess[] = [];
    const launch = (command: string, args: readonly string[]): void => {
      const child = spawn(command, args, {
        stdio: "ignore",
        detached: true,
        env: {
          ...process.env,
          DISPLAY: display,
          HOME: join(folder, "home"),
          MOZ_CRASHREPORTER_DISABLE: "1",
          MOZ_DISABLE_CONTENT_SANDBOX: "1",
          LIBGL_ALWAYS_SOFTWARE: "1",
          GDK_BACKEND: "x11",
          LANG: "C.UTF-8",
        },
      });
      processes.push(child);
    };
    launch("Xvfb", [display, "-screen", "0", "1280x800x24", "-nolisten", "tcp"]);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    launch("thunderbird", ["--profile", folder, "--no-remote", "--marionette", "--remote-allow-system-access"]);
    let marionette: Marionette | undefined;
    try {
      marionette = await Marionette.connect(port);
      return await drive(marionette, target);
    } finally {
      marionette?.close();
      for (const child of processes.toReversed()) stopGroup(child);
      await new Promise((resolve) => setTimeout(resolve, 1000));
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  },
};

function stopGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch (error) {
    // It has ended by itself; anything else is worth knowing.
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

async function drive(marionette: Marionette, target: Target): Promise<string> {
  const js = (body: string, ...args: readonly unknown[]): Promise<unknown> => marionette.evaluate(PRELUDE + body, ...args);
  const id = (at: number): string => `tb-${at}@example.net`;
  const remoteFlags = async (mailbox: string, at: number): Promise<Set<string> | undefined> =>
    (await flagsById(target, mailbox)).get(`<${id(at)}>`);

  await until("Thunderbird's window", async () =>
    marionette
      .evaluate(
        `const win = Services.wm.getMostRecentWindow("mail:3pane"); return !!(win && win.gTabmail && win.gTabmail.currentAbout3Pane && win.gTabmail.currentAbout3Pane.threadPane);`,
      )
      .then(
        (open) => open === true,
        () => false,
      ),
  );
  await js(
    `const login = Cc["@mozilla.org/login-manager/loginInfo;1"].createInstance(Ci.nsILoginInfo);
     login.init("imap://localhost", null, "imap://localhost", args[0], args[1], "", "");
     await Services.logins.addLoginAsync(login);
     Services.io.offline = false;`,
    target.user,
    target.password,
  );
  await js(
    `inbox() ? inbox().updateFolder(win.msgWindow) : server.performExpand(win.msgWindow); await until("the folders", () => root.descendants.some((folder) => folder.name == "Lab") && inbox());`,
  );
  await js(
    `win.gTabmail.currentAbout3Pane.displayFolder(inbox().URI); await until("the headers", () => headers(inbox()).length == args[0]);`,
    MESSAGES,
  );
  const text = await js(
    `const pane = win.gTabmail.currentAbout3Pane;
     await until("the rows", () => pane.gDBView && pane.gDBView.rowCount > 0);
     const header = byId(inbox(), args[0]);
     pane.threadTree.selectedIndex = pane.gDBView.findIndexOfMsgHdr(header, true);
     const browser = () => pane.messageBrowser.contentWindow;
     await until("the message", () => browser() && browser().gMessage && browser().gMessage.messageId == args[0]);
     return until("its text", () => { const page = browser().getMessagePaneBrowser().contentDocument; return page && page.body && page.body.textContent.includes("durable") && page.body.textContent.trim(); });`,
    id(3),
  );
  check(typeof text === "string" && text.length > 50, "the message shows no text");
  await until("\\Seen after reading", async () => (await remoteFlags("INBOX", 3))?.has("\\Seen") === true);

  await js(
    `const header = byId(inbox(), args[0]); inbox().markMessagesFlagged([header], true); inbox().addKeywordsToMessages([header], "$label1");`,
    id(5),
  );
  await until("the star and the tag", async () => {
    const flags = await remoteFlags("INBOX", 5);
    return flags?.has("\\Flagged") === true && [...flags].some((flag) => flag.toLowerCase() === "$label1");
  });

  await js(`await copy(inbox(), byId(inbox(), args[0]), root.getChildNamed("Lab"), true);`, id(7));
  await until(
    "the moved message",
    async () => (await remoteFlags("Lab", 7)) !== undefined && (await remoteFlags("INBOX", 7)) === undefined,
  );
  await js(
    `await new Promise((done, failed) => inbox().deleteMessages([byId(inbox(), args[0])], win.msgWindow, false, true, copyListener(done, failed), false));`,
    id(9),
  );
  await until("the deleted message in Trash", async () => (await remoteFlags("Trash", 9)) !== undefined);

  await withImap(target, (client) => client.append("INBOX", sampleMessage(900, "tb")));
  await js(`await until("the pushed message", () => byId(inbox(), args[0]));`, id(900));
  await withImap(target, async (client) => {
    await client.mailboxOpen("INBOX");
    await client.messageDelete({ header: { "message-id": `<${id(11)}>` } });
  });
  await js(`await until("the pushed expunge", () => !byId(inbox(), args[0]));`, id(11));
  check((await countOf(target, "INBOX")) === MESSAGES - 3 + 1, "the count of INBOX");
  return "list, read, flag, tag, move, delete, pushed new mail, pushed expunge";
}
