import * as fc from "fast-check";
import { test } from "vitest";

import { toBytes } from "../src/ascii.ts";
import { bodyFromBodyStructure } from "../src/body-form.ts";
import type { ParsedMessage } from "../src/message-parser.ts";
import { parseMessage, plainParser } from "./support/parse-message.ts";
import { type MimePart, childrenOf } from "../src/mime-part.ts";
import { decodeStructure, encodeStructure } from "../src/structure-codec.ts";
import { type ImapValue, readImapList } from "./support/imap-value.ts";

/** Pieces that make messages with structure, whole and broken. */
const PIECES = [
  "Content-Type: multipart/mixed; boundary=b\r\n",
  'Content-Type: multipart/digest; boundary="b--"\r\n',
  "Content-Type: message/rfc822\r\n",
  "Content-Type: text/plain; charset=x; name*1=a; name*0*=b\r\n",
  "Content-Type: ",
  'Content-Disposition: attachment; filename="',
  "MIME-Version: 1.0\r\n",
  "Content-Transfer-Encoding: base64\r\n",
  "From: ",
  "To: a <b@c>, d:e;\r\n",
  "Subject: ",
  "Message-ID: <",
  "Content-ID: ",
  "\r\n",
  "\r\n\r\n",
  "\n",
  "\r",
  "--b\r\n",
  "--b--\r\n",
  "--b",
  "--",
  "-",
  "text\r\n",
  " ",
  "\t",
  '"',
  "\\",
  "(",
  ")",
  "<",
  ">",
  "@",
  ",",
  ";",
  ":",
  "=",
  "\0",
  "\xff",
  "\xc3\xbc",
  "=?utf-8?q?=41?=",
  "a",
  "b",
];
const bytesArbitrary = fc.oneof(
  fc.array(fc.constantFrom(...PIECES), { maxLength: 60 }).map((pieces) => toBytes(pieces.join(""))),
  fc.uint8Array({ maxLength: 200 }),
);
const RUNS = { numRuns: 600 };

function feed(bytes: Uint8Array, cuts: readonly number[]): ParsedMessage {
  const parser = plainParser();
  let at = 0;
  for (const cut of [...cuts.map((n) => n % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length]) {
    // A copy that is overwritten afterwards: nothing may be read from a chunk that is gone.
    const chunk = bytes.slice(at, cut);
    parser.push(chunk);
    chunk.fill(0x2d);
    at = cut;
  }
  return parser.finish();
}

/** The parts lie in one another and behind one another. */
function checkOffsets(part: MimePart, from: number, to: number): void {
  if (
    part.headerStart < from ||
    part.bodyStart < part.headerStart ||
    part.bodyEnd < part.bodyStart ||
    part.bodyEnd > to ||
    part.lines < 0 ||
    part.headerLines < 0
  ) {
    throw new Error(`A part is out of place: ${JSON.stringify(part)}`);
  }
  let at = part.bodyStart;
  for (const child of childrenOf(part)) {
    checkOffsets(child, at, part.bodyEnd);
    at = child.bodyEnd;
  }
}

/** The BODY form by another way: from the values, not from the octets. */
function withoutExtensions(structure: ImapValue | undefined): ImapValue {
  if (!Array.isArray(structure)) throw new Error("A body is a list");
  const [type, subtype] = structure;
  if (Array.isArray(type)) {
    const bodies = structure.findIndex((value) => !Array.isArray(value));
    return [...structure.slice(0, bodies).map(withoutExtensions), ...structure.slice(bodies, bodies + 1)];
  }
  if (type === "message" && subtype === "rfc822")
    return [...structure.slice(0, 8), withoutExtensions(structure[8]), ...structure.slice(9, 10)];
  return structure.slice(0, typeof type === "string" && type.toLowerCase() === "text" ? 8 : 7);
}

test("any octets in any cuts make the same message", ({ expect }) => {
  fc.assert(
    fc.property(bytesArbitrary, fc.array(fc.nat(3_000), { maxLength: 12 }), (bytes, cuts) => {
      expect(feed(bytes, cuts)).toEqual(parseMessage(bytes));
    }),
    RUNS,
  );
});

test("the answers are well-formed, the parts in their places, the packed tree the same", ({ expect }) => {
  fc.assert(
    fc.property(bytesArbitrary, (bytes) => {
      const parsed = parseMessage(bytes);
      expect(parsed.size).toBe(bytes.length);
      expect(readImapList(parsed.envelope)).toHaveLength(10);
      const structure = readImapList(parsed.bodyStructure);
      expect(readImapList(bodyFromBodyStructure(parsed.bodyStructure))).toEqual(withoutExtensions(structure));
      checkOffsets(parsed.root, 0, bytes.length);
      expect(decodeStructure(encodeStructure(parsed.root))).toEqual(parsed.root);
    }),
    RUNS,
  );
});
