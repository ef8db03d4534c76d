import { test } from "vitest";

import { type Charset, encodeText } from "../../src/demo/charsets.ts";
import { encodedWords, extendedParameter, quotedPrintable } from "../../src/demo/encodings.ts";
import { FOREIGN } from "../../src/demo/texts.ts";

for (const { charset, body, subject } of FOREIGN) {
  test(`${charset}: ${subject.length} characters survive the way there and back`, ({ expect }) => {
    expect(new TextDecoder(charset, { fatal: true }).decode(encodeText(body + subject, charset))).toBe(body + subject);
  });

  test(`${charset}: encoded words are short, whole characters each, and decode to the text`, ({ expect }) => {
    for (const encoding of ["B", "Q"] as const) {
      const long = subject.repeat(4);
      const words = encodedWords(long, charset, encoding).split(" ");
      expect(words.every((word) => word.length <= 75)).toBe(true);
      expect(words.map((word) => decodeWord(word, charset)).join("")).toBe(long);
    }
  });
}

function decodeWord(word: string, charset: Charset): string {
  const [, , encoding, text = ""] = word.split("?");
  const bytes =
    encoding === "B"
      ? Buffer.from(text, "base64")
      : Buffer.from(
          text.replaceAll("_", " ").replaceAll(/=([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16))),
          "latin1",
        );
  return new TextDecoder(charset, { fatal: true }).decode(bytes);
}

test("ISO-2022-JP goes back to ASCII at its end", ({ expect }) => {
  expect(Buffer.from(encodeText("A\u6771B\u4eac", "iso-2022-jp")).toString("latin1")).toBe("A\u001b$BEl\u001b(BB\u001b$B5~\u001b(B");
});

test("a character that the charset lacks is an error, not a question mark", ({ expect }) => {
  expect(() => encodeText("\u6771", "koi8-r")).toThrow(/koi8-r has no/);
});

test("quoted-printable keeps lines short, ends none with a space, and leaves CRLF alone", ({ expect }) => {
  const text = `caf\u00e9 = ok \r\n${"word ".repeat(40)}\r\n\r\n`;
  const encoded = Buffer.from(quotedPrintable(new TextEncoder().encode(text))).toString("latin1");
  expect(encoded.startsWith("caf=C3=A9 =3D ok=20\r\n")).toBe(true);
  const lines = encoded.split("\r\n");
  expect(lines.every((line) => line.length <= 76 && !/[ \t]$/.test(line))).toBe(true);
  const decoded = encoded
    .replaceAll("=\r\n", "")
    .replaceAll(/=([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  expect(Buffer.from(decoded, "latin1").toString("utf8")).toBe(text);
});

test("a long file name is cut into numbered pieces between characters", ({ expect }) => {
  expect(extendedParameter("filename", "\u00fc b.txt", "utf-8")).toEqual(["filename*=utf-8''%C3%BC%20b.txt"]);
  const pieces = extendedParameter("filename", "\u0436".repeat(30), "utf-8");
  expect(pieces.map((piece) => piece.split("=")[0])).toEqual(pieces.map((_, number) => `filename*${number}*`));
  expect(pieces[0]).toMatch(/^filename\*0\*=utf-8''(?:%D0%B6)+$/);
  const joined = pieces.map((piece) => piece.slice(piece.indexOf("=") + 1)).join("");
  expect(decodeURIComponent(joined.slice("utf-8''".length))).toBe("\u0436".repeat(30));
});
