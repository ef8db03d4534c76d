import { spawn } from "node:child_process";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { ImapFlow } from "imapflow";

/** Where a driver finds the server, and an account of its own that it may wipe. */
export interface Target {
  readonly host: string;
  readonly port: number;
  /** PEM of the CA that signed the server's certificate. */
  readonly ca: string;
  readonly user: string;
  readonly password: string;
}

/** Makes one real program do a real job. */
export interface Driver {
  readonly name: string;
  /** Debian packages that hold the program. */
  readonly packages: readonly string[];
  /** Resolves with a few words about what was done; throws on any difference. */
  run(target: Target): Promise<string>;
}

export function check(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(what);
}

/** Runs a program to its end; throws with the end of its output unless it exits with 0. */
export async function run(command: string, args: readonly string[], options: { readonly env?: NodeJS.ProcessEnv } = {}): Promise<string> {
  const child = spawn(command, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...options.env },
    timeout: PROGRAM_TIMEOUT,
    killSignal: "SIGKILL",
  });
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
  const status = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  const output = Buffer.concat(chunks).toString("utf8");
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${output.slice(-800)}`);
  return output;
}

/** A program that has not ended by then hangs, and that is the failure. */
const PROGRAM_TIMEOUT = 120_000;

export async function temporaryFolder(name: string): Promise<string> {
  return mkdtemp(join(tmpdir(), `sluice-${name}-`));
}

/** A second connection, by which a driver looks at what the program did. */
export async function withImap<T>(target: Target, work: (client: ImapFlow) => Promise<T>): Promise<T> {
  const client = new ImapFlow({
    host: target.host,
    port: target.port,
    secure: true,
    auth: { user: target.user, pass: target.password },
    tls: { rejectUnauthorized: false, servername: "localhost" },
    logger: false,
  });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.logout();
  }
}

const WORDS = "lorem ipsum dolor sit amet invoice report meeting budget release latency worker durable object storage socket parser".split(
  " ",
);

/** Message number `at` of a series: plain or multipart, with a Message-ID of its own. */
export function sampleMessage(at: number, series = "sample"): Buffer {
  const word = (offset: number): string => WORDS[(at * 7 + offset * 3) % WORDS.length] ?? "";
  const text = Array.from(
    { length: 10 + (at % 40) },
    (_, line) => `${word(line)} ${word(line + 1)} ${word(line + 2)} durable line ${line}`,
  ).join("\r\n");
  const head = [
    `From: "Sender ${at}" <sender${at % 9}@example.net>`,
    "To: User <user@example.org>",
    `Subject: ${at % 5 === 0 ? "=?UTF-8?B?w4XDpMO2?= " : ""}${word(1)} ${word(2)} ${at}`,
    `Message-ID: <${series}-${at}@example.net>`,
    `Date: ${new Date(1_700_000_000_000 + at * 61_000).toUTCString().replace("GMT", "+0000")}`,
    "MIME-Version: 1.0",
  ];
  if (at % 4 !== 0) return Buffer.from([...head, "Content-Type: text/plain; charset=utf-8", "", text, ""].join("\r\n"));
  const attachment = Buffer.from(text.repeat(3)).toString("base64").replace(/.{76}/g, "$&\r\n");
  return Buffer.from(
    [
      ...head,
      `Content-Type: multipart/mixed; boundary="b${at}"`,
      "",
      `--b${at}`,
      "Content-Type: text/plain; charset=utf-8",
      "",
      text,
      `--b${at}`,
      `Content-Type: application/octet-stream; name="f${at}.bin"`,
      `Content-Disposition: attachment; filename="f${at}.bin"`,
      "Content-Transfer-Encoding: base64",
      "",
      attachment,
      `--b${at}--`,
      "",
    ].join("\r\n"),
  );
}

/** Fills a mailbox with `count` messages of a series; creates it where needed. */
export async function fill(target: Target, mailbox: string, count: number, series = "sample"): Promise<void> {
  await withImap(target, async (client) => {
    if (mailbox !== "INBOX") {
      await client.mailboxCreate(mailbox);
      await client.mailboxSubscribe(mailbox);
    }
    for (let at = 0; at < count; at++) await client.append(mailbox, sampleMessage(at, series), at % 2 === 0 ? ["\\Seen"] : []);
  });
}

/** Messages in a mailbox, as the server says. */
export async function countOf(target: Target, mailbox: string): Promise<number> {
  return withImap(target, async (client) => {
    const status = await client.status(mailbox, { messages: true });
    return status === false ? -1 : (status.messages ?? -1);
  });
}

/** Message-IDs of a mailbox with the flags of each message. */
export async function flagsById(target: Target, mailbox: string): Promise<Map<string, Set<string>>> {
  return withImap(target, async (client) => {
    const lock = await client.getMailboxLock(mailbox, { readOnly: true });
    const found = new Map<string, Set<string>>();
    try {
      if (client.mailbox !== false && client.mailbox.exists > 0)
        for await (const message of client.fetch("1:*", { envelope: true, flags: true }))
          found.set(message.envelope?.messageId ?? "", message.flags ?? new Set());
    } finally {
      lock.release();
    }
    return found;
  });
}

/** Waits until `probe` holds; the bound only decides when to call it a failure. */
export async function until(what: string, probe: () => Promise<boolean>, attempts = 150): Promise<void> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (await probe()) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`waited in vain: ${what}`);
}
