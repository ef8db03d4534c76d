import { encodedWords } from "../../packages/cli/src/demo/encodings.ts";
import { dateText, type Entity, filePart, type Header, multipart, serialize, textPart } from "../../packages/cli/src/demo/mime.ts";
import { html, wrap } from "../../packages/cli/src/demo/prose.ts";
import { Random } from "../../packages/cli/src/demo/random.ts";
import { SENTENCES } from "../../packages/cli/src/demo/texts.ts";
import { internalDate } from "../../packages/cli/src/imap/imap-appender.ts";
import type { Command } from "./imap-wire.ts";

/** The seed of the published figures. */
export const SEED = 20_261_126;

/** Messages of the mailboxes that are measured. */
export const MAILBOX_SIZES = [10, 1_000, 10_000, 100_000] as const;

/** One message in fifty has this word in its Subject, another one in fifty in its text; the words are nowhere else. */
export const SUBJECT_WORD = "heliotrope";
export const TEXT_WORD = "quicksilver";
const WORD_EVERY = 50;
/** Which ones: the remainders of their indexes. */
export const SUBJECT_HITS = 1;
export const TEXT_HITS = 2;

/** A message, and what APPEND says of it. */
export interface CorpusMessage {
  readonly flags: readonly string[];
  readonly internalDate: Date;
  /** CRLF line ends, 7-bit, lines of at most 998 octets. */
  readonly bytes: Uint8Array;
}

/** About the octets of a message at each twentieth of the mail, but at least a header of 500. Half is below 2.4 KB, the mean is 5.6 KB. */
const SIZES = [
  300, 500, 700, 900, 1_100, 1_300, 1_500, 1_750, 2_000, 2_300, 2_600, 3_000, 3_500, 4_100, 4_800, 5_700, 7_000, 9_000, 13_000, 20_000,
  60_000,
] as const;

/** The first message's date; the others follow a minute and a second apart. */
const START = Date.UTC(2024, 0, 1);
const STEP = 61_000;
const SENDERS = 97;
/** One message in so many has an attachment, a Subject that is not ASCII, and an answered message. */
const ATTACHMENT_EVERY = 4;
const ENCODED_EVERY = 17;
const REPLY_EVERY = 5;
/** What header fields, boundaries and a file's heads take of a message's size. */
const HEADER = 700;
const MULTIPART = 1_500;
/** Octets of a sentence with its space, roughly. */
const SENTENCE = 50;
const SUBJECT_WORDS =
  "invoice report meeting budget release latency worker durable object storage socket parser token literal mailbox".split(" ");

/** Message `index` of the corpus, from 0. Pure: it depends on the seed and its index only, so a mailbox of 1,000 is the beginning of one of 10,000. */
export function corpusMessage(seed: number, index: number): CorpusMessage {
  const random = Random.forItem(seed, index);
  const date = new Date(START + index * STEP);
  const size = messageSize(random);
  const subject = subjectOf(random, index);
  const entity = index % ATTACHMENT_EVERY === 0 && size > MULTIPART ? withFile(random, index, size) : plainText(random, index, size);
  const bytes = serialize({ headers: [...headersOf(seed, index, date, subject), ...entity.headers], body: entity.body });
  const flags = ["\\Seen", "\\Flagged", "\\Answered", "$Work"].filter((_, at) => (index * 7 + at * 3) % (2 + at * 3) === 0);
  return { flags, internalDate: date, bytes };
}

/** How many of the first `messages` messages have the word of these hits. */
export function hitsAmong(messages: number, hits: number): number {
  return Math.ceil(Math.max(0, messages - hits) / WORD_EVERY);
}

/** A line and the message. */
type AppendCommand = Extract<Command, readonly unknown[]>;

/** APPENDs of `count` messages to INBOX, from message `first` on. */
export function appendCommands(seed: number, first: number, count: number): AppendCommand[] {
  return Array.from({ length: count }, (_, at) => {
    const { flags, internalDate: date, bytes } = corpusMessage(seed, first + at);
    return [`APPEND INBOX (${flags.join(" ")}) "${internalDate(date)}"`, bytes];
  });
}

function messageSize(random: Random): number {
  const at = random.between(0, SIZES.length - 2);
  return random.between(SIZES[at] ?? 0, SIZES[at + 1] ?? 0);
}

function subjectOf(random: Random, index: number): string {
  const words = Array.from({ length: random.between(3, 9) }, () => SUBJECT_WORDS[random.next() % SUBJECT_WORDS.length] ?? "");
  if (index % WORD_EVERY === SUBJECT_HITS) words.splice(2, 0, SUBJECT_WORD);
  const text = words.join(" ");
  return index % ENCODED_EVERY === 0 ? `${encodedWords("Gr\u00fc\u00dfe", "utf-8", "B")} ${text}` : text;
}

function headersOf(seed: number, index: number, date: Date, subject: string): Header[] {
  const id = (number: number): string => `<${seed}.${number}@corpus.example>`;
  const sender = index % SENDERS;
  const headers: Header[] = [
    ["Return-Path", `<sender${sender}@senders.example>`],
    [
      "Received",
      `from mx${index % 9}.senders.example (mx${index % 9}.senders.example [192.0.2.${index % 250}]) by mail.sluice.test with ESMTPS id ${index} for <user@sluice.test>; ${dateText(date, 0)}`,
    ],
    ["Message-ID", id(index)],
    ["Date", dateText(date, 60)],
    ["From", `"Sender ${sender}" <sender${sender}@senders.example>`],
    ["To", "User <user@sluice.test>"],
    ["Subject", subject],
    ["MIME-Version", "1.0"],
  ];
  if (index % REPLY_EVERY === 0 && index > 3) headers.push(["In-Reply-To", id(index - 3)], ["References", id(index - 3)]);
  return headers;
}

function plainText(random: Random, index: number, size: number): Entity {
  return textPart("plain", wrap(prose(random, index, size - HEADER), 72), "us-ascii", "7bit");
}

/** Half of it is text, as plain text and as HTML, and half a file in base64. */
function withFile(random: Random, index: number, size: number): Entity {
  const room = size - MULTIPART;
  const text = prose(random, index, Math.floor(room / 4));
  const alternative = multipart(
    "alternative",
    [textPart("plain", wrap(text, 72), "us-ascii", "7bit"), textPart("html", html(text), "utf-8", "quoted-printable")],
    random,
  );
  const file = filePart("application/octet-stream", `file${index}.bin`, random.bytes(Math.ceil((room * 3) / 8)));
  return multipart("mixed", [alternative, file], random);
}

/** Sentences of about so many octets together, at least one word. */
function prose(random: Random, index: number, size: number): string {
  const sentences = Array.from({ length: Math.max(0, Math.round(size / SENTENCE)) }, () => random.pick(SENTENCES));
  const word = index % WORD_EVERY === TEXT_HITS ? `The ${TEXT_WORD} is here.` : "Yours.";
  return `${[...sentences, word].join(" ")}\n`;
}
