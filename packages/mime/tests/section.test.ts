import { test } from "vitest";

import { parseMessage } from "./support/parse-message.ts";
import { type SectionText, resolveSection } from "../src/section.ts";
import { message } from "./support/message.ts";

/** RFC 9051 section 6.4.5 shows the numbering with such a message. */
const NESTED = message(
  "Subject: top",
  "Content-Type: multipart/mixed; boundary=a",
  "",
  "--a",
  "X: 1",
  "",
  "one",
  "--a",
  "Content-Type: message/rfc822",
  "",
  "Subject: in",
  "Content-Type: multipart/mixed; boundary=b",
  "",
  "--b",
  "X: 2.1",
  "",
  "two one",
  "--b",
  "X: 2.2",
  "",
  "two two",
  "--b--",
  "--a",
  "Content-Type: message/rfc822",
  "",
  "Subject: plain",
  "",
  "text of 3",
  "--a--",
);
const PLAIN = message("Subject: plain", "", "body");

function section(bytes: Uint8Array, path: number[], text?: SectionText): string | undefined {
  const range = resolveSection(parseMessage(bytes).root, path, text);
  return range && String.fromCharCode(...bytes.subarray(range.start, range.end));
}

test("sections of the message itself", ({ expect }) => {
  expect(section(PLAIN, [])).toBe("Subject: plain\r\n\r\nbody\r\n");
  expect(section(PLAIN, [], "HEADER")).toBe("Subject: plain\r\n\r\n");
  expect(section(PLAIN, [], "HEADER.FIELDS")).toBe("Subject: plain\r\n\r\n");
  expect(section(PLAIN, [], "TEXT")).toBe("body\r\n");
  expect(section(PLAIN, [], "MIME")).toBeUndefined();
});

test("a message that is no multipart is its own part 1", ({ expect }) => {
  expect(section(PLAIN, [1])).toBe("body\r\n");
  expect(section(PLAIN, [1], "MIME")).toBe("Subject: plain\r\n\r\n");
  for (const path of [[2], [0], [1, 1]]) expect(section(PLAIN, path)).toBeUndefined();
  expect(section(PLAIN, [1], "TEXT")).toBeUndefined();
});

test("parts, and parts of the message inside a part", ({ expect }) => {
  expect(section(NESTED, [1])).toBe("one");
  expect(section(NESTED, [1], "MIME")).toBe("X: 1\r\n\r\n");
  expect(section(NESTED, [2, 1])).toBe("two one");
  expect(section(NESTED, [2, 2], "MIME")).toBe("X: 2.2\r\n\r\n");
  expect(section(NESTED, [2], "HEADER")).toBe("Subject: in\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n");
  expect(section(NESTED, [2], "MIME")).toBe("Content-Type: message/rfc822\r\n\r\n");
  expect(section(NESTED, [2])).toBe(`${section(NESTED, [2], "HEADER")}${section(NESTED, [2], "TEXT")}`);
  expect(section(NESTED, [3, 1])).toBe("text of 3");
  expect(section(NESTED, [3], "TEXT")).toBe("text of 3");
});

test("parts that are not there", ({ expect }) => {
  for (const path of [[4], [1, 1], [2, 3], [2, 1, 1], [3, 2], [0]]) expect(section(NESTED, path)).toBeUndefined();
  expect(section(NESTED, [1], "HEADER")).toBeUndefined();
  expect(section(NESTED, [2, 1], "HEADER.FIELDS")).toBeUndefined();
});
