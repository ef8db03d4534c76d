import * as fc from "fast-check";
import { describe, test } from "vitest";

import { LIMITS } from "../../src/limits.ts";
import {
  decodeMailboxName,
  decodeMailboxText,
  decodeNewMailboxName,
  encodeMailboxName,
  isMailboxName,
  parentsOf,
} from "../../src/protocol/mailbox-name.ts";
import { decodeModifiedUtf7, encodeModifiedUtf7 } from "../../src/protocol/modified-utf7.ts";
import { StatusError } from "../../src/protocol/status-error.ts";

const octets = (text: string) => Uint8Array.from(Buffer.from(text));

function refusalOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof StatusError) return `${error.status} ${error.code ?? "-"}`;
    throw error;
  }
  return "accepted";
}

/** The octets of a response's mailbox name, as a client reads them. */
function readBack(encoded: string): Uint8Array {
  return octets(encoded.startsWith('"') ? encoded.slice(1, -1).replaceAll(/\\(.)/g, "$1") : encoded);
}

const printable = /^[^\p{Cc}\u2028\u2029]+$/u;
const level = fc
  .string({ unit: "binary", minLength: 1, maxLength: 12 })
  .map((text) => text.replaceAll("/", "").normalize("NFC"))
  .filter((text) => printable.test(text));
const anyName = fc.array(level, { minLength: 1, maxLength: 5 }).map((levels) => levels.join("/"));

describe("round trips", () => {
  test("a name that was encoded is decoded to itself", ({ expect }) => {
    fc.assert(
      fc.property(anyName, fc.boolean(), (name, utf8) => {
        if (!isMailboxName(name) || /^inbox(\/|$)/i.test(name)) return;
        expect(decodeMailboxName(readBack(encodeMailboxName(name, utf8)), utf8)).toBe(name);
      }),
      { numRuns: 500 },
    );
  });

  test("what is decoded has no other encoding", ({ expect }) => {
    const alphabet = fc.constantFrom(..."&-,+/AEIQUYgwa019 ".split(""));
    fc.assert(
      fc.property(fc.string({ unit: alphabet, maxLength: 20 }), (text) => {
        let decoded: string;
        try {
          decoded = decodeModifiedUtf7(octets(text));
        } catch (error) {
          expect(error).toBeInstanceOf(StatusError);
          return;
        }
        expect(encodeModifiedUtf7(decoded)).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });

  test("any octets are decoded or refused", ({ expect }) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.boolean(), (name, utf8) => {
        expect(refusalOf(() => decodeMailboxName(name, utf8))).toMatch(/^(accepted|BAD -|NO CANNOT|NO LIMIT)$/);
      }),
    );
  });
});

describe("modified UTF-7", () => {
  test.for([
    ["INBOX", "INBOX"],
    ["&-", "&"],
    ["R&-D", "R&D"],
    ["Entw&APw-rfe", "Entw\u00fcrfe"],
    // The examples of RFC 3501 section 5.1.3, put together anew.
    ["~peter/&U,BTFw-/&ZeVnLIqe-", "~peter/\u53f0\u5317/\u65e5\u672c\u8a9e"],
    ["&2D3c7A-", "\u{1f4ec}"],
    ["&AOQ-&-&AOQ-", "\u00e4&\u00e4"],
  ] as const)("%s", ([encoded, text], { expect }) => {
    expect(decodeModifiedUtf7(octets(encoded))).toBe(text);
    expect(encodeModifiedUtf7(text)).toBe(encoded);
  });

  test.for([
    ["a shift that does not end", "&AOQ"],
    ["an ampersand alone", "R&D"],
    ["printable ASCII in base64", "&AGE-"],
    ["an ampersand in base64", "&ACY-"],
    ["two shifts for one text", "&AOQ-&AOQ-"],
    ["half a character", "&AO-"],
    ["bits left over that are not zero", "&AOR-"],
    ["a group left over", "&AOQA-"],
    ["a high surrogate alone", "&2D0-"],
    ["a low surrogate alone", "&3Ow-"],
    ["a slash in base64", "&A/Q-"],
    ["padding", "&AOQ=-"],
  ] as const)("refuses %s", ([, encoded], { expect }) => {
    expect(refusalOf(() => decodeModifiedUtf7(octets(encoded)))).toBe("NO CANNOT");
  });

  test("refuses 8-bit octets as a client's error", ({ expect }) => {
    expect(refusalOf(() => decodeModifiedUtf7(octets("\u00e4")))).toBe("BAD -");
  });
});

describe("names", () => {
  test.for([
    ["inbox", "INBOX"],
    ["InBoX/Sub", "INBOX/Sub"],
    ["inboxes", "inboxes"],
    ["a/inbox", "a/inbox"],
  ] as const)("%s is %s", ([written, name], { expect }) => {
    expect(decodeMailboxName(octets(written), false)).toBe(name);
  });

  test("are in NFC, whatever the client sends", ({ expect }) => {
    expect(decodeMailboxName(octets("u\u0308"), true)).toBe("\u00fc");
    expect(decodeMailboxName(octets("u&Awg-"), false)).toBe("\u00fc");
  });

  test.for([
    ["", "NO CANNOT"],
    ["/", "NO CANNOT"],
    ["/a", "NO CANNOT"],
    ["a/", "NO CANNOT"],
    ["a//b", "NO CANNOT"],
    ["a\tb", "NO CANNOT"],
    ["a\u0085b", "NO CANNOT"],
    ["a\u2028b", "NO CANNOT"],
    ["a\u0000b", "NO CANNOT"],
    ["x".repeat(LIMITS.mailboxName + 1), "NO LIMIT"],
    ["\u00e4".repeat(LIMITS.mailboxName / 2 + 1), "NO LIMIT"],
    [Array.from({ length: LIMITS.mailboxLevels + 1 }, () => "x").join("/"), "NO LIMIT"],
    ["x".repeat(LIMITS.mailboxName), "accepted"],
    [Array.from({ length: LIMITS.mailboxLevels }, () => "x").join("/"), "accepted"],
    ["R&D", "accepted"],
  ] as const)("%j is %s with UTF8=ACCEPT", ([name, answer], { expect }) => {
    expect(refusalOf(() => decodeMailboxName(octets(name), true))).toBe(answer);
  });

  test("invalid UTF-8 is a client's error", ({ expect }) => {
    for (const bytes of [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xc0, 0x80]]) {
      expect(refusalOf(() => decodeMailboxName(Uint8Array.from(bytes), true))).toBe("BAD -");
    }
  });

  test("a new name may end with one delimiter", ({ expect }) => {
    expect(decodeNewMailboxName(octets("a/b/"), false)).toBe("a/b");
    expect(refusalOf(() => decodeNewMailboxName(octets("a//"), false))).toBe("NO CANNOT");
    expect(refusalOf(() => decodeNewMailboxName(octets("/"), false))).toBe("NO CANNOT");
  });

  test("patterns keep wildcards, case and empty levels", ({ expect }) => {
    expect(decodeMailboxText(octets("inbox/%*/&APw-*/"), false)).toBe("inbox/%*/\u00fc*/");
    expect(decodeMailboxText(octets(""), false)).toBe("");
  });

  test("parents come from the top", ({ expect }) => {
    expect(parentsOf("a/b/c")).toEqual(["a", "a/b"]);
    expect(parentsOf("a")).toEqual([]);
  });
});

describe("encoding in responses", () => {
  test.for([
    ["INBOX", "INBOX"],
    ["a/b.c-d_e", "a/b.c-d_e"],
    ["with space", '"with space"'],
    ['a"b\\c', '"a\\"b\\\\c"'],
    ["100%", '"100%"'],
    ["[x]", '"[x]"'],
    ["(x)", '"(x)"'],
    ["{5}", '"{5}"'],
    ["nil", '"nil"'],
    ["R&D", "R&-D"],
  ] as const)("%s", ([name, encoded], { expect }) => {
    expect(encodeMailboxName(name, false)).toBe(encoded);
  });

  test("is quoted UTF-8 once that is enabled", ({ expect }) => {
    expect(encodeMailboxName("Entw\u00fcrfe", true)).toBe('"Entw\u00fcrfe"');
    expect(encodeMailboxName("Entw\u00fcrfe", false)).toBe("Entw&APw-rfe");
  });
});
