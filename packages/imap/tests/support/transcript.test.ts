import { describe, test } from "vitest";

import { asOne, byteByByte, failureOf, parseTranscripts, randomSplits } from "./transcript.ts";

function section(lines: string, words = ""): string {
  return `## title\n\n\`\`\`imap${words}\n${lines}\n\`\`\`\n`;
}

async function failure(lines: string): Promise<string | undefined> {
  const [transcript] = parseTranscripts(section(lines));
  if (transcript === undefined) throw new Error("nothing to play");
  return failureOf(transcript, { split: asOne });
}

describe("the runner notices", () => {
  test.for([
    ["a right conversation", "C: a NOOP\nS: a OK NOOP completed", undefined],
    ["a wrong line", "C: a NOOP\nS: a OK DONE", 'line 5: expected "a OK DONE", the server said "a OK NOOP completed"'],
    ["a line that matches in part only", "C: a NOOP\nS: /a OK/", 'line 5: expected /^(?:a OK)$/, the server said "a OK NOOP completed"'],
    ["silence", "C: a NOOP\nS: a OK NOOP completed\nS: more", 'line 6: expected "more", the server said nothing'],
    ["a line too many at the end", "C: a NAMESPACE\nS: /.*/", 'at the end the server said also to C1: "a OK NAMESPACE completed\\r\\n"'],
    ["a line too many before the next command", "C: a NOOP\nS2: x", 'line 5: expected "x", the server said nothing'],
    ["an unread line", "C: a NAMESPACE\nS: /.*/\nC: b NOOP", 'line 6: before this the server said also "a OK NAMESPACE completed\\r\\n"'],
    ["that it is not closed", "C: a NOOP\nS: /.*/\nS: <closed>", "line 6: the server has not closed the connection"],
    ["that it is closed", "C: a LOGOUT\nS: /.*/\nS: /.*/\nC: b NOOP", "line 7: the server has closed the connection"],
  ] as const)("%s", async ([, lines, message], { expect }) => {
    expect(await failure(lines)).toBe(message);
  });
});

describe("the format", () => {
  test("lines without a prefix go on with their speaker, and characters have escapes", ({ expect }) => {
    const [transcript] = parseTranscripts(section("C2: a {1}\n<U+00FC><0xFF>\n\nS: b", " not-authenticated whole"));
    expect(transcript?.authenticated).toBe(false);
    expect(transcript?.whole).toBe(true);
    const sent = transcript?.steps.flatMap((step) => (step.kind === "client" ? [Buffer.from(step.octets).toString("latin1")] : []));
    expect(sent).toEqual(["a {1}\r\n", "\u00c3\u00bc\u00ff\r\n", "\r\n"]);
    expect(transcript?.steps.at(-1)).toEqual({ kind: "server", connection: 1, line: 7, expected: "b" });
  });

  test("fences of other languages and prose are not played", ({ expect }) => {
    expect(parseTranscripts("# T\n\n```sh\nC: x\n```\n\n## a\n\nC: prose\n")).toEqual([]);
  });

  test.for([
    ["```imap\nC: x\n```\n", "a transcript needs a heading"],
    [section("x"), 'expected "C: " or "S: "'],
    [section("C: x", " sometimes"), "unknown word sometimes"],
    ["## a\n```imap\nC: x\n", "not closed"],
  ] as const)("%j is refused", ([markdown, message], { expect }) => {
    expect(() => parseTranscripts(markdown)).toThrow(message);
  });

  test("splits lose nothing", ({ expect }) => {
    const octets = Uint8Array.from({ length: 500 }, (_, at) => at & 255);
    for (const split of [asOne, byteByByte, randomSplits(1), randomSplits(2)])
      expect(Buffer.concat([...split(octets)])).toEqual(Buffer.from(octets));
    expect([...randomSplits(7)(octets)]).toEqual([...randomSplits(7)(octets)]);
  });
});
