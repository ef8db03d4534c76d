import * as fc from "fast-check";
import { test } from "vitest";

import { LIMITS } from "../../src/limits.ts";
import { ByteWriter } from "../../src/protocol/byte-writer.ts";
import { writeResponse, type Response } from "../../src/protocol/response.ts";
import { bytes } from "../fetch/fixture.ts";

const count = fc.oneof(fc.nat(), fc.constantFrom(0, 9, 10, 999_999_999, 1_000_000_000, 0xffff_ffff, 2 ** 53));
const text = fc.oneof(
  fc.string({ maxLength: 20 }).filter((text) => /^[ -~]*$/.test(text)),
  fc.constantFrom("", "NOOP completed", "caf\u00e9", "x".repeat(LIMITS.responseText), "x".repeat(LIMITS.responseText + 1)),
);
const responses = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant("status" as const),
      tag: fc.option(fc.constantFrom("a", "a1042", "x".repeat(50)).map(bytes), { nil: undefined }),
      status: fc.constantFrom("OK" as const, "NO" as const, "BAD" as const, "BYE" as const, "PREAUTH" as const),
      code: fc.constantFrom(undefined, "TRYCREATE", "UIDNEXT 4392", `COPYUID 1 ${"1,3:4,".repeat(20)}9 7`),
      text,
    }),
    fc.record({ kind: fc.constantFrom("exists" as const, "recent" as const), count }),
    fc.record({ kind: fc.constant("expunge" as const), sequence: count }),
    fc.record({ kind: fc.constantFrom("continue" as const), text }),
    fc.record({
      kind: fc.constantFrom("data" as const),
      text: fc.constantFrom("LIST () NIL abc", 'LIST () NIL "gr\u00fc\u00dfe \u{1f4e7}"'),
    }),
  ),
  { maxLength: 8 },
);

/** The same line as text, and the octets of it. */
function expected(response: Response): number[] {
  const latin1 = (line: string): number[] => [...Buffer.from(line, "latin1")];
  switch (response.kind) {
    case "status": {
      const tag = response.tag === undefined ? "*" : String.fromCharCode(...response.tag);
      const code = response.code === undefined ? "" : `[${response.code}] `;
      return latin1(`${tag} ${response.status} ${code}${response.text}\r\n`);
    }
    case "continue":
      return latin1(`+ ${response.text}\r\n`);
    case "exists":
    case "recent":
      return latin1(`* ${response.count} ${response.kind.toUpperCase()}\r\n`);
    case "expunge":
      return latin1(`* ${response.sequence} EXPUNGE\r\n`);
    case "data":
      return [...Buffer.from(`* ${response.text}\r\n`, "utf8")];
    default:
      throw new TypeError(`No ${response.kind} here`);
  }
}

test("each response is the line that its data say, whatever stands before it and however small the buffer is", ({ expect }) => {
  fc.assert(
    fc.property(responses, fc.integer({ min: 1, max: 200 }), (said, capacity) => {
      const writer = new ByteWriter(capacity);
      for (const response of said) writeResponse(writer, response);
      expect([...writer.take()]).toEqual(said.flatMap(expected));
    }),
  );
});

test("more texts than are kept, and longer ones, are written as they are", ({ expect }) => {
  const writer = new ByteWriter();
  const texts = Array.from(
    { length: 3 * LIMITS.responseTexts },
    (_, at) => `Text ${at} ${"x".repeat(at % 3 === 0 ? LIMITS.responseText : 0)}`,
  );
  const said = [...texts, ...texts.toReversed()].map((text) => ({ kind: "status", tag: undefined, status: "NO", text }) as const);
  for (const response of said) writeResponse(writer, response);
  expect([...writer.take()]).toEqual(said.flatMap(expected));
});

test("the other lines", ({ expect }) => {
  const writer = new ByteWriter(1);
  writeResponse(writer, { kind: "vanished", earlier: true, uids: "1:3,5" });
  writeResponse(writer, { kind: "vanished", earlier: false, uids: "7" });
  writeResponse(writer, { kind: "flags", flags: ["\\Seen", "$Junk"] });
  expect(new TextDecoder().decode(writer.take())).toBe("* VANISHED (EARLIER) 1:3,5\r\n* VANISHED 7\r\n* FLAGS (\\Seen $Junk)\r\n");
});
