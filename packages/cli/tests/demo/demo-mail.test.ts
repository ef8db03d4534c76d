import { inflateSync } from "node:zlib";

import { describe, test } from "vitest";

import { type DemoMessage, demoMail } from "../../src/demo/demo-mail.ts";
import { DEMO_MAILBOXES, planDemoMail } from "../../src/demo/plan.ts";

const UNTIL = new Date("2026-11-22T12:00:00Z");
const MAIL: readonly DemoMessage[] = [...demoMail(7, UNTIL)];

/** A MIME entity as a strict reader sees it. Throws on anything that does not fit together. */
interface Parsed {
  readonly fields: ReadonlyMap<string, string>;
  readonly type: string;
  readonly parts: readonly Parsed[];
  readonly body: Buffer;
}

function parse(bytes: Buffer): Parsed {
  const end = bytes.indexOf("\r\n\r\n");
  const empty = bytes.indexOf("\r\n") === 0;
  if (end < 0 && !empty) throw new Error("the header has no end");
  const header = empty ? "" : bytes.toString("latin1", 0, end);
  const body = bytes.subarray(empty ? 2 : end + 4);
  const fields = new Map<string, string>();
  for (const field of header.replaceAll(/\r\n[ \t]/g, " ").split("\r\n")) {
    if (field === "") continue;
    const match = /^([!-9;-~]+): ?([\x20-\x7e\t]*)$/.exec(field);
    if (match === null) throw new Error(`not a header field: ${field}`);
    const name = (match[1] ?? "").toLowerCase();
    if (fields.has(name)) throw new Error(`${name} is there twice`);
    fields.set(name, match[2] ?? "");
  }
  const contentType = fields.get("content-type") ?? "text/plain";
  const type = (contentType.split(";")[0] ?? "").toLowerCase();
  return { fields, type, parts: partsOf(type, contentType, body), body };
}

function partsOf(type: string, contentType: string, body: Buffer): readonly Parsed[] {
  if (type === "message/rfc822") return [parse(body)];
  if (!type.startsWith("multipart/")) return [];
  const boundary = /boundary="([^"]+)"/.exec(contentType)?.[1];
  if (boundary === undefined) throw new Error("a multipart without a boundary");
  const text = body.toString("latin1");
  if (!text.startsWith(`--${boundary}\r\n`) || !text.endsWith(`\r\n--${boundary}--\r\n`))
    throw new Error("boundaries do not enclose the parts");
  const inner = text.slice(boundary.length + 4, -(boundary.length + 8));
  return inner.split(`\r\n--${boundary}\r\n`).map((part) => parse(Buffer.from(part, "latin1")));
}

function* leaves(entity: Parsed): Generator<Parsed> {
  if (entity.parts.length === 0) yield entity;
  for (const part of entity.parts) yield* leaves(part);
}

function all(entity: Parsed): readonly Parsed[] {
  return [entity, ...entity.parts.flatMap(all)];
}

const PARSED = MAIL.map(({ bytes }) => parse(Buffer.from(bytes)));
const ENTITIES = PARSED.flatMap(all);

test("the same seed and date give the same mail, another seed another", ({ expect }) => {
  const again = [...demoMail(7, UNTIL)];
  expect(again).toHaveLength(MAIL.length);
  expect(again.every((message, at) => Buffer.compare(message.bytes, MAIL[at]?.bytes ?? new Uint8Array()) === 0)).toBe(true);
  expect(again.map(({ mailbox, flags, internalDate }) => [mailbox, flags, internalDate])).toEqual(
    MAIL.map(({ mailbox, flags, internalDate }) => [mailbox, flags, internalDate]),
  );
  expect(planDemoMail(8, UNTIL).map(({ messageId }) => messageId)).not.toEqual(planDemoMail(7, UNTIL).map(({ messageId }) => messageId));
});

test("there are at least 500 messages, whatever the seed, in every mailbox of the account", ({ expect }) => {
  for (let seed = 0; seed < 50; seed++) expect(planDemoMail(seed, UNTIL).length).toBeGreaterThanOrEqual(500);
  expect(new Set(MAIL.map(({ mailbox }) => mailbox))).toEqual(new Set(DEMO_MAILBOXES));
});

test("mailboxes come one after the other, each from its oldest message, all within two years", ({ expect }) => {
  const plan = planDemoMail(7, UNTIL);
  const order = plan.map(({ mailbox, date }) => DEMO_MAILBOXES.indexOf(mailbox) * 1e15 + date.getTime());
  expect(order).toEqual(order.toSorted((one, other) => one - other));
  const dates = plan.map(({ date }) => date.getTime());
  expect(Math.max(...dates)).toBeLessThanOrEqual(UNTIL.getTime());
  expect(Math.min(...dates)).toBeGreaterThanOrEqual(UNTIL.getTime() - 730 * 24 * 3_600_000);
});

test("what is there already is left out, and the rest is the same", ({ expect }) => {
  const skip = new Map([
    ["INBOX", 100],
    ["Drafts", 1_000],
    ["Lists/dev", 3],
  ]);
  const rest = [...demoMail(7, UNTIL, skip)];
  const expected = DEMO_MAILBOXES.flatMap((mailbox) => MAIL.filter((message) => message.mailbox === mailbox).slice(skip.get(mailbox) ?? 0));
  expect(rest.map(({ bytes }) => Buffer.from(bytes).toString("base64"))).toEqual(
    expected.map(({ bytes }) => Buffer.from(bytes).toString("base64")),
  );
});

test("lines end with CRLF, are at most 998 octets, and hold no NUL; headers are ASCII", ({ expect }) => {
  for (const { bytes } of MAIL) {
    const text = Buffer.from(bytes).toString("latin1");
    expect(/\r(?!\n)|(?<!\r)\n|\0/.test(text)).toBe(false);
    expect(Math.max(...text.split("\r\n").map((line) => line.length))).toBeLessThanOrEqual(998);
    expect(text).toMatch(/^(?:[\x20-\x7e\t]+\r\n)+\r\n/);
  }
});

test("every leaf decodes: its encoding is kept, its charset knows every octet", ({ expect }) => {
  for (const leaf of PARSED.flatMap((message) => [...leaves(message)])) {
    const encoding = leaf.fields.get("content-transfer-encoding") ?? "7bit";
    const text = leaf.body.toString("latin1");
    if (encoding === "7bit" || encoding === "quoted-printable") expect(/[\x80-\xff]/.test(text)).toBe(false);
    if (encoding === "base64") expect(text).toMatch(/^(?:[A-Za-z0-9+/]{1,76}={0,2}\r\n)*$/);
    const charset = /charset=([\w-]+)/.exec(leaf.fields.get("content-type") ?? "")?.[1];
    if (charset === undefined || encoding === "quoted-printable") continue;
    const octets = encoding === "base64" ? Buffer.from(text, "base64") : leaf.body;
    expect(() => new TextDecoder(charset, { fatal: true }).decode(octets)).not.toThrow();
  }
});

test("conversations hang together: every reply names a message that is there, and comes later", ({ expect }) => {
  const plan = planDemoMail(7, UNTIL);
  const dates = new Map(plan.map(({ messageId, date }) => [messageId, date.getTime()]));
  expect(dates.size).toBe(plan.length);
  const replies = plan.filter(({ references }) => references.length > 0);
  expect(replies.length).toBeGreaterThan(100);
  for (const { references, date } of replies) expect(dates.get(references.at(-1) ?? "") ?? Infinity).toBeLessThan(date.getTime());
  const inReplyTo = PARSED.filter(({ fields }) => fields.has("in-reply-to"));
  expect(inReplyTo).toHaveLength(replies.length);
  for (const { fields } of inReplyTo) expect(fields.get("references")?.endsWith(fields.get("in-reply-to") ?? "?")).toBe(true);
});

function field(entity: Parsed, name: string): string {
  return entity.fields.get(name) ?? "";
}

describe("the mail is varied", () => {
  for (const type of [
    "text/plain",
    "text/html",
    "text/calendar",
    "text/csv",
    "image/png",
    "application/pdf",
    "message/rfc822",
    "message/delivery-status",
    "multipart/alternative",
    "multipart/mixed",
    "multipart/related",
    "multipart/report",
    "multipart/signed",
  ]) {
    test(`type ${type}`, ({ expect }) => {
      expect(ENTITIES.some((entity) => entity.type === type)).toBe(true);
    });
  }
  for (const charset of [
    "us-ascii",
    "utf-8",
    "iso-8859-1",
    "iso-8859-2",
    "windows-1252",
    "koi8-r",
    "gb18030",
    "big5",
    "shift_jis",
    "euc-kr",
    "iso-2022-jp",
  ]) {
    test(`charset ${charset}`, ({ expect }) => {
      expect(ENTITIES.some((entity) => field(entity, "content-type").includes(`charset=${charset}`))).toBe(true);
    });
  }
  for (const [name, has] of [
    ["format=flowed", (entity: Parsed) => field(entity, "content-type").includes("format=flowed")],
    ["encoded words B", (entity: Parsed) => /=\?[\w-]+\?B\?/.test(field(entity, "subject"))],
    ["encoded words Q", (entity: Parsed) => /=\?[\w-]+\?Q\?/.test(field(entity, "from"))],
    ["RFC 2231 file names", (entity: Parsed) => field(entity, "content-disposition").includes("filename*=utf-8''")],
    ["RFC 2231 continuations", (entity: Parsed) => field(entity, "content-disposition").includes("filename*1*=")],
    ["mailing lists", (entity: Parsed) => field(entity, "list-id") !== "" && field(entity, "list-post") !== ""],
    ["no subject", (entity: Parsed) => field(entity, "from") !== "" && !entity.fields.has("subject")],
    ["8bit bodies", (entity: Parsed) => field(entity, "content-transfer-encoding") === "8bit"],
    ["an empty body", (entity: Parsed) => field(entity, "from") !== "" && entity.body.length === 0],
  ] as const) {
    test(`has ${name}`, ({ expect }) => {
      expect(ENTITIES.some(has)).toBe(true);
    });
  }

  test("system flags and keywords", ({ expect }) => {
    const flags = new Set(MAIL.flatMap((message) => message.flags));
    expect([...flags]).toEqual(expect.arrayContaining(["\\Seen", "\\Answered", "\\Flagged", "\\Draft", "$Label1", "$Forwarded", "$Junk"]));
    expect(MAIL.some((message) => message.flags.length === 0)).toBe(true);
  });

  test("a few of more than a megabyte", ({ expect }) => {
    const sizes = MAIL.map(({ bytes }) => bytes.length).filter((size) => size > 1_000_000);
    expect(sizes.length).toBeGreaterThanOrEqual(3);
    expect(Math.max(...sizes)).toBeLessThan(3_200_000);
  });

  test("images that HTML names by their Content-ID are there", ({ expect }) => {
    for (const related of ENTITIES.filter(({ type }) => type === "multipart/related")) {
      const [page, ...images] = related.parts;
      const markup = (page?.body.toString("latin1") ?? "").replaceAll("=\r\n", "");
      for (const image of images) expect(markup).toContain(`cid:${field(image, "content-id").slice(1, -1)}`);
      expect(images).toHaveLength(2);
    }
  });
});

test("attached images and documents are whole", ({ expect }) => {
  for (const { type, body } of ENTITIES) {
    const octets = Buffer.from(body.toString("latin1"), "base64");
    if (type === "image/png") {
      const [width, height] = [octets.readUInt32BE(16), octets.readUInt32BE(20)];
      const pixels = inflateSync(octets.subarray(41, 41 + octets.readUInt32BE(33)));
      expect(pixels.length).toBe(height * (1 + 3 * width));
    }
    if (type === "application/pdf") {
      const text = octets.toString("latin1");
      const table = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(text)?.[1]);
      expect(text.slice(table, table + 5)).toBe("xref\n");
    }
  }
});
