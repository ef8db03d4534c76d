import { test } from "vitest";

import { binarySection } from "../src/binary-section.ts";
import { parseMessage } from "./support/parse-message.ts";
import { message } from "./support/message.ts";

function binary(bytes: Uint8Array): string | undefined {
  const decoded = binarySection(bytes, parseMessage(bytes).root);
  return decoded && String.fromCharCode(...decoded);
}

test("a leaf is decoded", ({ expect }) => {
  expect(binary(message("Content-Type: a/b", "Content-Transfer-Encoding: base64", "", "AAEC"))).toBe("\0\x01\x02");
});

test("an unknown encoding is not decoded", ({ expect }) => {
  expect(binary(message("Content-Type: a/b", "Content-Transfer-Encoding: x-uuencode", "", "x"))).toBeUndefined();
  const lines = ["Content-Type: multipart/mixed; boundary=b", "", "--b", "Content-Transfer-Encoding: odd", "", "x", "--b--"];
  expect(binary(message(...lines))).toBeUndefined();
});

test("the parts of a multipart are decoded under a header that says so", ({ expect }) => {
  const bytes = message(
    "Content-Type: multipart/mixed; boundary=b",
    "",
    "preamble",
    "--b",
    "Content-Transfer-Encoding: base64",
    "X: y",
    "",
    "QUJD",
    "--b",
    "Content-Transfer-Encoding: 8bit",
    "",
    "plain",
    "--b--",
    "epilogue",
  );
  const expected = message(
    "preamble",
    "--b",
    "X: y",
    "Content-Transfer-Encoding: binary",
    "",
    "ABC",
    "--b",
    "Content-Transfer-Encoding: 8bit",
    "",
    "plain",
    "--b--",
    "epilogue",
  );
  expect(binary(bytes)).toBe(String.fromCharCode(...expected));
});

test("a stretch of the message is enough", ({ expect }) => {
  const bytes = message("Content-Type: a/b", "Content-Transfer-Encoding: base64", "", "QUJD");
  const { root } = parseMessage(bytes);
  const body = bytes.subarray(root.bodyStart);
  expect(String.fromCharCode(...(binarySection(body, root, root.bodyStart) ?? []))).toBe("ABC");
});
