import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import * as z from "zod";

import { binarySection } from "../../src/binary-section.ts";
import { bodyFromBodyStructure } from "../../src/body-form.ts";
import { compileFieldFilter } from "../../src/field-filter.ts";
import type { ParsedMessage } from "../../src/message-parser.ts";
import { parseMessage } from "./parse-message.ts";
import { findPart, resolveSection, type SectionText } from "../../src/section.ts";
import { type ImapValue, readImapList } from "./imap-value.ts";

const ImapValueSchema: z.ZodType<ImapValue> = z.lazy(() => z.union([z.null(), z.number(), z.string(), z.array(ImapValueSchema)]));

/** What is compared of a string that is too long to keep. */
const Digest = z.object({ length: z.number(), sha256: z.string() });
type Digest = z.infer<typeof Digest>;

/** One line of `expected.jsonl`: what the reference answers for one message file. */
const ExpectedMessage = z.object({
  file: z.string(),
  "RFC822.SIZE": z.number(),
  ENVELOPE: ImapValueSchema,
  BODY: ImapValueSchema,
  BODYSTRUCTURE: ImapValueSchema,
  sections: z.record(z.string(), Digest),
});
type ExpectedMessage = z.infer<typeof ExpectedMessage>;

/** One answer that the reference gave, and ours. */
export interface Comparison {
  readonly file: string;
  readonly item: string;
  readonly expected: unknown;
  readonly actual: unknown;
}

const SECTIONS: Readonly<Record<string, { path: readonly number[]; text: SectionText }>> = {
  "BODY[HEADER.FIELDS (FROM SUBJECT)]": { path: [], text: "HEADER.FIELDS" },
  "BODY[1]": { path: [1], text: undefined },
  "BODY[1.MIME]": { path: [1], text: "MIME" },
  "BODY[2]": { path: [2], text: undefined },
  "BODY[TEXT]": { path: [], text: "TEXT" },
};
const FROM_SUBJECT = compileFieldFilter(["FROM", "SUBJECT"], false);

export function readExpected(folder: string): ExpectedMessage[] {
  const lines = readFileSync(join(folder, "expected.jsonl"), "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => ExpectedMessage.parse(JSON.parse(line)));
}

export function readMessage(folder: string, { file }: ExpectedMessage): Uint8Array {
  return new Uint8Array(readFileSync(join(folder, "messages", file)));
}

/** Every answer of the reference for one message, next to ours. An answer that the reference refused is left out. */
export function compareMessage(folder: string, expected: ExpectedMessage): Comparison[] {
  const bytes = readMessage(folder, expected);
  const parsed = parseMessage(bytes);
  const { file } = expected;
  const comparisons: Comparison[] = [
    { file, item: "RFC822.SIZE", expected: expected["RFC822.SIZE"], actual: parsed.size },
    { file, item: "ENVELOPE", expected: expected.ENVELOPE, actual: readImapList(parsed.envelope) },
    { file, item: "BODY", expected: expected.BODY, actual: readImapList(bodyFromBodyStructure(parsed.bodyStructure)) },
    { file, item: "BODYSTRUCTURE", expected: expected.BODYSTRUCTURE, actual: readImapList(parsed.bodyStructure) },
  ];
  for (const [item, digest] of Object.entries(expected.sections)) {
    comparisons.push({ file, item, expected: digest, actual: digestOf(readSection(bytes, parsed, item)) });
  }
  return comparisons;
}

function readSection(bytes: Uint8Array, parsed: ParsedMessage, item: string): Uint8Array {
  if (item === "BINARY[1]") {
    const part = findPart(parsed.root, [1]);
    return part === undefined ? new Uint8Array(0) : (binarySection(bytes, part) ?? new Uint8Array(0));
  }
  const section = SECTIONS[item];
  if (section === undefined) throw new Error(`The corpus asks for ${item}`);
  const range = resolveSection(parsed.root, section.path, section.text);
  if (range === undefined) return new Uint8Array(0);
  const answer = bytes.subarray(range.start, range.end);
  // A literal has no NUL (RFC 9051 CHAR8): whoever sends it puts 0x80 in its place.
  return section.text === "HEADER.FIELDS" ? FROM_SUBJECT.select(answer) : answer.map((octet) => (octet === 0 ? 0x80 : octet));
}

export function digestOf(bytes: Uint8Array): Digest {
  return { length: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
}
