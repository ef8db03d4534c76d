import { closeSync, mkdirSync, openSync, readdirSync, utimesSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";

import { corpusMessage, type CorpusMessage } from "./corpus.ts";

/**
 * `files`: a file for each message, as it is on the wire, with the internal date as its time. `maildir`: the same in `cur`, with its flags in the
 * name. `mbox`: one file, lines end in LF, lines that begin with From are quoted (mboxrd).
 */
export const CORPUS_FORMATS = ["files", "maildir", "mbox"] as const;
export type CorpusFormat = (typeof CORPUS_FORMATS)[number];

export interface CorpusPlace {
  /** Is made where it is not there, and must be empty. */
  readonly folder: string;
  readonly format: CorpusFormat;
}

/** Writes the first `messages` messages. @returns their octets on the wire @throws Error when the folder holds something */
export function writeCorpus(seed: number, messages: number, { folder, format }: CorpusPlace): number {
  mkdirSync(folder, { recursive: true });
  if (readdirSync(folder).length > 0) throw new Error(`${folder} is not empty`);
  const { write, close } = { files: toFiles, maildir: toMaildir, mbox: toMbox }[format](folder);
  let octets = 0;
  try {
    for (let index = 0; index < messages; index++) {
      const message = corpusMessage(seed, index);
      octets += message.bytes.length;
      write(message, index);
    }
  } finally {
    close();
  }
  return octets;
}

interface Target {
  readonly write: (message: CorpusMessage, index: number) => void;
  readonly close: () => void;
}

function nothing(): void {}

function toFiles(folder: string): Target {
  return {
    write: ({ bytes, internalDate }, index) => writeDated(join(folder, `${numbered(index)}.eml`), bytes, internalDate),
    close: nothing,
  };
}

/** Letters of https://cr.yp.to/proto/maildir.html, in the order in which they stand there. */
const MAILDIR_FLAGS: readonly (readonly [flag: string, letter: string])[] = [
  ["\\Flagged", "F"],
  ["\\Answered", "R"],
  ["\\Seen", "S"],
];

/** Keywords such as `$Work` have no letter that all servers know: they are left out. */
function toMaildir(folder: string): Target {
  for (const name of ["cur", "new", "tmp"]) mkdirSync(join(folder, name));
  return {
    write: ({ flags, bytes, internalDate }, index) => {
      const letters = MAILDIR_FLAGS.filter(([flag]) => flags.includes(flag)).map(([, letter]) => letter);
      const seconds = Math.floor(internalDate.getTime() / 1000);
      writeDated(join(folder, "cur", `${seconds}.M${numbered(index)}.corpus:2,${letters.join("")}`), bytes, internalDate);
    },
    close: nothing,
  };
}

function toMbox(folder: string): Target {
  const file = openSync(join(folder, "corpus.mbox"), "w");
  return {
    write: (message) => void writeSync(file, mboxEntry(message), null, "latin1"),
    close: () => closeSync(file),
  };
}

/** A message as it stands in an mbox, a character for each octet. */
export function mboxEntry({ bytes, internalDate }: Pick<CorpusMessage, "bytes" | "internalDate">): string {
  const text = Buffer.from(bytes).toString("latin1").replaceAll("\r\n", "\n");
  return `From corpus@corpus.example ${mboxDate(internalDate)}\n${text.replaceAll(/^(>*From )/gm, ">$1")}\n`;
}

/** As asctime writes it, in UTC: `Mon Jan  1 00:00:00 2024`. */
function mboxDate(date: Date): string {
  const [day = "", number = "", month = "", year = "", time = ""] = date.toUTCString().replace(",", "").split(" ");
  return `${day} ${month} ${String(Number(number)).padStart(2)} ${time} ${year}`;
}

function writeDated(path: string, bytes: Uint8Array, date: Date): void {
  writeFileSync(path, bytes);
  utimesSync(path, date, date);
}

/** In the order of the names stands the order of the messages. */
function numbered(index: number): string {
  return String(index + 1).padStart(7, "0");
}
