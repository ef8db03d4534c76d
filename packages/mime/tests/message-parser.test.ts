import { test } from "vitest";

import { toBytes } from "../src/ascii.ts";
import { MIME_LIMITS } from "../src/limits.ts";
import type { MessageParser, ParsedMessage } from "../src/message-parser.ts";
import { plainOctetScanner } from "../src/plain-octet-scanner.ts";
import { parseMessage, plainParser } from "./support/parse-message.ts";
import { type MimePart, childrenOf } from "../src/mime-part.ts";
import { readImapList } from "./support/imap-value.ts";
import { message, nth, repeat, structureOf } from "./support/message.ts";

const DEFAULT_PART = ["text", "plain", ["charset", "us-ascii"], null, null, "7bit"];
const NO_EXTENSIONS = [null, null, null, null];

function feed(bytes: Uint8Array, step: number): { parser: MessageParser; parsed: ParsedMessage } {
  const parser = plainParser();
  for (let at = 0; at < bytes.length; at += step) parser.push(bytes.slice(at, at + step));
  return { parser, parsed: parser.finish() };
}

function text(bytes: Uint8Array, start: number, end: number): string {
  return String.fromCharCode(...bytes.subarray(start, end));
}

function countParts(part: MimePart): number {
  return childrenOf(part).reduce((sum, child) => sum + countParts(child), 1);
}

function depthOf(part: MimePart): number {
  return 1 + Math.max(0, ...childrenOf(part).map(depthOf));
}

/** Multiparts inside one another, then many lines that begin like their boundaries. */
function nested(levels: number): Uint8Array {
  const lines = ["Content-Type: multipart/mixed; boundary=same-0", ""];
  for (let level = 1; level < levels; level++)
    lines.push(`--same-${level - 1}`, `Content-Type: multipart/mixed; boundary=same-${level}`, "");
  return message(...lines, ...Array(2_000).fill("--same but not a boundary that is open"));
}

test("a message without MIME is text/plain in us-ascii", ({ expect }) => {
  const bytes = message("Subject: x", "", "one", "two");
  const parsed = parseMessage(bytes);
  expect(parsed).toMatchObject({ size: 24, headerSize: 14 });
  expect(parsed.root).toEqual({
    kind: "leaf",
    headerStart: 0,
    bodyStart: 14,
    bodyEnd: 24,
    headerLines: 2,
    lines: 2,
    type: "text",
    subtype: "plain",
    encoding: "7bit",
    charset: "us-ascii",
    disposition: undefined,
  });
  expect(readImapList(parsed.bodyStructure)).toEqual([...DEFAULT_PART, 10, 2, ...NO_EXTENSIONS]);
});

test("no octets at all are a message too", ({ expect }) => {
  const parsed = plainParser().finish();
  expect(parsed).toMatchObject({ size: 0, headerSize: 0, messageId: undefined, references: [] });
  expect(readImapList(parsed.envelope)).toEqual(Array(10).fill(null));
  expect(readImapList(parsed.bodyStructure)).toEqual([...DEFAULT_PART, 0, 0, ...NO_EXTENSIONS]);
});

test("Content fields without Content-Type and MIME-Version mean nothing", ({ expect }) => {
  expect(structureOf("Content-Transfer-Encoding: base64", "", "x")[5]).toBe("7bit");
  expect(structureOf("Content-Transfer-Encoding: base64", "MIME-Version: 1.0", "", "x")[5]).toBe("base64");
});

test("the line end before a boundary line belongs to the boundary", ({ expect }) => {
  const bytes = message("Content-Type: multipart/mixed; boundary=b", "", "preamble", "--b", "A: 1", "", "body", "", "--b--", "epilogue");
  const child = nth(childrenOf(parseMessage(bytes).root), 0);
  expect(text(bytes, child.headerStart, child.bodyStart)).toBe("A: 1\r\n\r\n");
  expect(text(bytes, child.bodyStart, child.bodyEnd)).toBe("body\r\n");
  expect(child.lines).toBe(1);
});

test("an empty line right before a boundary line is that boundary's line end", ({ expect }) => {
  const bytes = message("Content-Type: multipart/mixed; boundary=b", "", "--b", "A: 1", "", "--b", "", "", "--b", "--b--");
  const parts = childrenOf(parseMessage(bytes).root);
  const header = (part: MimePart): string => text(bytes, part.headerStart, part.bodyStart);
  expect(parts.map(header)).toEqual(["A: 1\r\n", "\r\n", ""]);
  expect(parts.map((part) => [part.headerLines, part.lines, part.bodyEnd - part.bodyStart])).toEqual([
    [1, 0, 0],
    [1, 0, 0],
    [0, 0, 0],
  ]);
});

test("a boundary line ends a header", ({ expect }) => {
  const bytes = message("Content-Type: multipart/mixed; boundary=b", "", "--b", "Content-Type: message/rfc822", "--b", "X: y", "--b--");
  const parts = childrenOf(parseMessage(bytes).root);
  const first = nth(parts, 0);
  const second = nth(parts, 1);
  expect(first).toMatchObject({ kind: "message", lines: 0 });
  expect(first.bodyEnd).toBe(first.bodyStart);
  expect(text(bytes, first.headerStart, first.bodyStart)).toBe("Content-Type: message/rfc822");
  expect(text(bytes, second.headerStart, second.bodyEnd)).toBe("X: y");
});

test("a boundary of an outer multipart ends the inner ones, a missing end ends with the message", ({ expect }) => {
  const lines = [
    "Content-Type: multipart/mixed; boundary=a",
    "",
    "--a",
    "Content-Type: multipart/mixed; boundary=b",
    "",
    "--b",
    "",
    "in",
    "--a",
    "",
    "out",
  ];
  const bytes = message(...lines);
  const { root } = parseMessage(bytes);
  expect(childrenOf(root).map((part) => part.kind)).toEqual(["multipart", "leaf"]);
  const last = nth(childrenOf(root), 1);
  expect(text(bytes, last.bodyStart, last.bodyEnd)).toBe("out\r\n");
  expect(root.bodyEnd).toBe(bytes.length);
});

test("the parts of a digest are messages unless they say otherwise", ({ expect }) => {
  const bytes = message(
    "Content-Type: multipart/digest; boundary=b",
    "",
    "--b",
    "",
    "Subject: in",
    "",
    "x",
    "--b",
    "Content-Type: text/plain",
    "",
    "y",
    "--b--",
  );
  const structure = readImapList(parseMessage(bytes).bodyStructure);
  expect(structure[0]).toEqual([
    "message",
    "rfc822",
    null,
    null,
    null,
    "7bit",
    16,
    [null, "in", ...Array(8).fill(null)],
    [...DEFAULT_PART, 1, 0, ...NO_EXTENSIONS],
    2,
    ...NO_EXTENSIONS,
  ]);
  expect(structure[1]).toEqual([...DEFAULT_PART, 1, 0, ...NO_EXTENSIONS]);
});

test("a multipart without parts answers an empty text part, but has none", ({ expect }) => {
  const bytes = message("Content-Type: multipart/mixed; boundary=b", "", "nothing");
  const parsed = parseMessage(bytes);
  expect(parsed.root).toMatchObject({ kind: "multipart", children: [] });
  expect(readImapList(parsed.bodyStructure)).toEqual([
    [...DEFAULT_PART, 0, 0, ...NO_EXTENSIONS],
    "mixed",
    ["boundary", "b"],
    null,
    null,
    null,
  ]);
});

test("a Content-Type that breaks the grammar gives a part of no type", ({ expect }) => {
  expect(structureOf("Content-Type: text/plain charset=x", "", "a").slice(0, 3)).toEqual(["", "", null]);
  expect(structureOf("Content-Type: text", "", "a").slice(0, 3)).toEqual(["text", "", ["charset", "us-ascii"]]);
  expect(structureOf("Content-Type: multipart", "", "a").slice(0, 3)).toEqual(["application", "octet-stream", null]);
});

test("bare line feeds and NULs stay octets of the message", ({ expect }) => {
  const bytes = toBytes("Subject: a\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nx\0y\n--b--\n");
  const parsed = parseMessage(bytes);
  const child = nth(childrenOf(parsed.root), 0);
  expect(parsed.size).toBe(bytes.length);
  expect(text(bytes, child.bodyStart, child.bodyEnd)).toBe("x\0y");
  expect(readImapList(parsed.envelope)[1]).toBe("a");
});

test("message ids come without brackets", ({ expect }) => {
  const parsed = parseMessage(message("Message-ID: <a@b>", "In-Reply-To: text <c@d>", "References: <1@x>", " <2@x>", "", "x"));
  expect(parsed).toMatchObject({ messageId: "a@b", inReplyTo: "c@d", references: ["1@x", "2@x"] });
});

test("how the message is cut changes nothing", ({ expect }) => {
  const bytes = message(
    "From: a@b",
    'Content-Type: multipart/mixed; boundary="b--"',
    "",
    "--b--",
    "Content-Type: message/rfc822",
    "",
    "Subject: in",
    "Content-Type: multipart/alternative; boundary=b",
    "",
    "--b",
    "",
    "-",
    "--",
    "--b",
    "A: b",
    "--b--",
    "--b----",
    "end",
  );
  const whole = parseMessage(bytes);
  for (let step = 1; step <= bytes.length; step++) expect(feed(bytes, step).parsed).toEqual(whole);
});

test("nesting beyond the limit ends in opaque parts", ({ expect }) => {
  const lines = ["Content-Type: multipart/mixed; boundary=b0", ""];
  for (let level = 1; level <= 10_000; level++) lines.push(`--b${level - 1}`, `Content-Type: multipart/mixed; boundary=b${level}`, "");
  const parsed = parseMessage(message(...lines));
  expect(depthOf(parsed.root)).toBe(MIME_LIMITS.depth);
  expect(new TextDecoder().decode(parsed.bodyStructure)).toContain('"application" "octet-stream"');
});

test("embedded messages nest no deeper either", ({ expect }) => {
  const parsed = parseMessage(message(...repeat(5_000, "Content-Type: message/rfc822", "")));
  expect(depthOf(parsed.root)).toBe(MIME_LIMITS.depth);
});

test("after the last allowed part boundary lines are text", ({ expect }) => {
  const parsed = parseMessage(message("Content-Type: multipart/mixed; boundary=b", "", ...repeat(12_000, "--b", "", "x")));
  expect(countParts(parsed.root)).toBe(MIME_LIMITS.parts);
  expect(parsed.bodyStructure.length).toBeLessThan(2_000_000);
});

test("matching boundaries costs the same however many are open", ({ expect }) => {
  const [few, many] = [nested(5), nested(95)].map((bytes) => feed(bytes, 4096).parser.matchSteps);
  // 90 more boundary lines of at most 7 octets, and not one step more for each of the 2,000 others.
  expect((many ?? Infinity) - (few ?? 0)).toBeLessThanOrEqual(90 * 7);
  expect(few).toBeLessThan(2_000 * MIME_LIMITS.boundary);
});

test("endless headers are passed over, not kept", ({ expect }) => {
  const parser = plainParser();
  const line = message(`X-Long: ${"a".repeat(990)}`);
  parser.push(message("Subject: first"));
  for (let i = 0; i < 4_000; i++) parser.push(line);
  parser.push(message("From: late@example.org", "", "body"));
  const parsed = parser.finish();
  expect(parsed.headerSize).toBe(16 + 4_000 * line.length + 26);
  const envelope = readImapList(parsed.envelope);
  expect(envelope[1]).toBe("first");
  expect(envelope[2]).toBeNull();
  expect(parsed.root).toMatchObject({ headerLines: 4_003, lines: 1 });
});

test("a header that is cut at the limit ends with a whole line", ({ expect }) => {
  const limits = { ...MIME_LIMITS, topHeader: 30 };
  const bytes = message("Subject: first", "From: somebody@example.org", "", "x");
  expect(readImapList(parseMessage(bytes, plainOctetScanner, limits).envelope).slice(1, 3)).toEqual(["first", null]);
  expect(parseMessage(bytes, plainOctetScanner, limits).headerSize).toBe(46);
});

test("one line of ten million octets is a body like any other", ({ expect }) => {
  const parser = plainParser();
  parser.push(message("Content-Type: multipart/mixed; boundary=b", "", "--b", ""));
  const chunk = new Uint8Array(65_536).fill(0x2d);
  for (let i = 0; i < 160; i++) parser.push(chunk);
  const parsed = parser.finish();
  expect(parsed.size).toBe(52 + 160 * 65_536);
  expect(parser.matchSteps).toBeLessThan(1_000);
  expect(countParts(parsed.root)).toBe(2);
});

test("the kept fields of all parts are bounded together", ({ expect }) => {
  const name = "n".repeat(900);
  const part = ["--b", `Content-Type: text/plain; name=${name}`, "", "x"];
  const parsed = parseMessage(message("Content-Type: multipart/mixed; boundary=b", "", ...repeat(5_000, ...part)));
  expect(countParts(parsed.root)).toBe(5_001);
  expect(parsed.bodyStructure.length).toBeLessThan(2_000_000);
  expect(readImapList(parsed.bodyStructure)[0]).toContainEqual(["name", name, "charset", "us-ascii"]);
});

test("the answer to a field of addresses is bounded", ({ expect }) => {
  const envelope = readImapList(parseMessage(message(`To: ${"a,".repeat(20_000)}`, "", "x")).envelope);
  expect(envelope[5]).toHaveLength(MIME_LIMITS.addresses);
});
