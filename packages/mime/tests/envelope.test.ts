import { test } from "vitest";

import { parseMessage } from "./support/parse-message.ts";
import { envelopeOf, message } from "./support/message.ts";

function withSubject(subject: string): string {
  return String.fromCharCode(...parseMessage(message(`Subject: ${subject}`, "", "")).envelope);
}

test("Sender and Reply-To default to From", ({ expect }) => {
  const from = [[null, null, "a", "b"]];
  expect(envelopeOf("From: a@b")).toEqual([null, null, from, from, from, null, null, null, null, null]);
  expect(envelopeOf("From: a@b", "Sender:", "Reply-To: c@d").slice(2, 5)).toEqual([from, from, [[null, null, "c", "d"]]]);
});

test("repeated address fields are one list, of other repeated fields the last counts", ({ expect }) => {
  const envelope = envelopeOf("Subject: one", "To: a@b", "SUBJECT : two", "to: c@d");
  expect(envelope[1]).toBe("two");
  expect(envelope[5]).toEqual([
    [null, null, "a", "b"],
    [null, null, "c", "d"],
  ]);
});

test("a subject is unfolded and its white space collapsed, encoded words stay", ({ expect }) => {
  expect(envelopeOf("Subject:  =?utf-8?q?=C3=BC?= \t and", "\t more ")[1]).toBe("=?utf-8?q?=C3=BC?= and more");
  expect(envelopeOf("Subject:")[1]).toBe("");
  expect(envelopeOf("Subject:   ")[1]).toBe("");
  expect(envelopeOf("X: y")[1]).toBeNull();
});

test("date and message ids keep their blanks, but no line end", ({ expect }) => {
  expect(envelopeOf("Date: Mon,  1 Jan", "\t2024 ")[0]).toBe("Mon,  1 Jan\t2024 ");
  expect(envelopeOf("Message-ID:", " <a@b>", "In-Reply-To: <c@d> (x)").slice(8)).toEqual(["<c@d> (x)", " <a@b>"]);
});

test("octets above ASCII travel in literals, quotes and backslashes are escaped", ({ expect }) => {
  expect(withSubject("Gr\xfc\xdfe")).toContain("NIL {5}\r\nGr\xfc\xdfe NIL");
  expect(withSubject('a "b" \\')).toContain('NIL "a \\"b\\" \\\\" NIL');
});
