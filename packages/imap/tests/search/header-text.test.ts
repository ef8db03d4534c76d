import type { OctetScanner } from "@sluice/mime/octet-scanner";
import octetsModule from "@sluice/mime/octets.wasm";
import { plainOctetScanner } from "@sluice/mime/plain-octet-scanner";
import { createWasmOctetScanner } from "@sluice/mime/wasm-octet-scanner";
import { array, assert, constantFrom, property, tuple } from "fast-check";
import { test } from "vitest";

import { foldText } from "../../src/search/fold.ts";
import { HeaderText } from "../../src/search/header-text.ts";

const encoder = new TextEncoder();

const SCANNERS = [
  ["without a module", plainOctetScanner],
  ["with the module", createWasmOctetScanner(octetsModule)],
] as const;

function headerOf(text: string, octets: OctetScanner = plainOctetScanner): HeaderText {
  return new HeaderText(encoder.encode(text.replaceAll("\n", "\r\n")), octets);
}

test.for(SCANNERS)("a field holds a text in any case, folded, encoded or in UTF-8, %s", ([, octets], { expect }) => {
  const header = [
    "Received: from subject: tokyo",
    "sUBJECT : Minutes of the MEETING",
    "X-Subject: kyoto",
    "Subject: of a\n long\n line",
    "Subject: =?utf-8?q?caf=C3=A9?= B\u00c4R",
    "no field",
    "",
    "Subject: body",
    "",
  ].join("\n");
  const found = ["minutes", "the meeting", "of a long line", "caf\u00e9 b\u00e4r", ""];
  const missing = ["tokyo", "kyoto", "meetings", "body", "=?utf-8", "no field"];
  for (const text of found) expect(headerOf(header, octets).holds("subject", text), text).toBe(true);
  for (const text of missing) expect(headerOf(header, octets).holds("subject", text), text).toBe(false);
  expect(headerOf(header, octets).holds("from", "")).toBe(false);
});

test.for(SCANNERS)("text is found anywhere in a header, not across two fields nor behind its end, %s", ([, octets], { expect }) => {
  const plain = "Subject: one\n two\nFrom: B@C\nno field\n\nbody\n";
  for (const header of [plain, plain.replace("B@C", "=?utf-8?q?B=40C?="), plain.replace("B@C", "B@C \u00e4")]) {
    const found = ["subject: one two", "b@c", "no field", ""];
    const missing = ["two\nfrom: x", "twofrom", "body", "=?utf-8"];
    for (const text of found) expect(headerOf(header, octets).holdsAnywhere(text), text).toBe(true);
    for (const text of missing) expect(headerOf(header, octets).holdsAnywhere(text), text).toBe(false);
  }
});

test.for(SCANNERS)(
  "looking through the octets finds what the decoded values hold, however often it is asked, %s",
  ([, octets], { expect }) => {
    const piece = constantFrom(
      "a",
      "A",
      "b",
      "B",
      " ",
      ":",
      "=",
      "=?",
      "?=",
      "=?utf-8?q?ab?=",
      "\n ",
      "\n",
      "\r",
      "\t",
      "\u0000",
      "\u00e4",
      "Z",
      "[",
      "z",
    );
    const text = array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""));
    const line = tuple(constantFrom("Subject", "SUBJECT ", "Subjec", "To", ""), text).map(([name, value]) => `${name}:${value}\n`);
    assert(
      property(array(line, { maxLength: 4 }), array(text, { minLength: 1, maxLength: 12 }), (lines, texts) => {
        const header = headerOf(lines.join(""), octets);
        for (const wanted of texts.map(foldText)) {
          const decoded = headerOf(lines.join(""))
            .values("subject")
            .some((value) => value.includes(wanted));
          expect(header.holds("subject", wanted)).toBe(decoded);
        }
      }),
      { numRuns: 500 },
    );
  },
);
