import { plainOctetScanner } from "@sluice/mime/plain-octet-scanner";
import { array, assert, constantFrom, property, tuple } from "fast-check";
import { test } from "vitest";

import { LIMITS } from "../../src/limits.ts";
import { foldText } from "../../src/search/fold.ts";
import { HeaderText } from "../../src/search/header-text.ts";
import { isSubjectQuery, subjectText } from "../../src/search/subject-text.ts";

const encoder = new TextEncoder();

function subjectOf(header: string): string | undefined {
  return subjectText(encoder.encode(header));
}

test("a Subject is kept decoded and folded, several a line each", ({ expect }) => {
  expect(subjectOf("From: a@x\r\nSubject: Minutes of\r\n the MEETING\r\nsubject: =?utf-8?q?Caf=C3=89?=\r\n\r\nSubject: body\r\n")).toBe(
    "minutes of the meeting\ncaf\u00e9",
  );
  expect(subjectOf("From: a@x\r\n\r\n")).toBe("");
});

test("what a database might not give back as it was is not kept, nor looked for", ({ expect }) => {
  expect(subjectOf(`Subject: ${"x".repeat(LIMITS.indexedSubject)}\r\n\r\n`)).toHaveLength(LIMITS.indexedSubject);
  expect(subjectOf(`Subject: ${"x".repeat(LIMITS.indexedSubject + 1)}\r\n\r\n`)).toBeUndefined();
  expect(subjectOf("Subject: a\0b\r\n\r\n")).toBeUndefined();
  for (const text of ["", "two\nlines", "\0", "\ud800", "x".repeat(LIMITS.indexedSubject + 1)])
    expect(isSubjectQuery(text), text).toBe(false);
  expect(isSubjectQuery("word")).toBe(true);
});

test("what is kept answers as the header does", ({ expect }) => {
  const piece = constantFrom("a", "A", "b", " ", "\t", "\r\n ", "=?utf-8?q?a=0Ab?=", "=?utf-8?b?w4k=?=", "\u00c9", "\u03a3", "\0", "?");
  const field = tuple(constantFrom("Subject: ", "subject :", "Subject:", "X-Subject: ", "From: "), array(piece, { maxLength: 6 }));
  const query = array(constantFrom("a", "b", " ", "\u00e9", "\u03c3", "\n", "?"), { maxLength: 3 });
  let kept = 0;
  assert(
    property(array(field, { maxLength: 4 }), query, (fields, parts) => {
      const head = encoder.encode(`${fields.map(([name, value]) => `${name}${value.join("")}\r\n`).join("")}\r\n`);
      const text = foldText(parts.join(""));
      const subject = subjectText(head);
      if (subject === undefined || !isSubjectQuery(text)) return;
      kept++;
      expect(subject.includes(text)).toBe(new HeaderText(head, plainOctetScanner).holds("subject", text));
    }),
    { numRuns: 2000 },
  );
  expect(kept).toBeGreaterThan(500);
});
