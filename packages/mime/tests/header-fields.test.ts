import { test } from "vitest";

import { toBytes } from "../src/ascii.ts";
import { headerFieldValues } from "../src/header-fields.ts";
import { message } from "./support/message.ts";

function values(header: Uint8Array, name: string): string[] {
  return headerFieldValues(header, name).map((value) => String.fromCharCode(...value));
}

test("every field of the name, in any case, folding inside", ({ expect }) => {
  const header = message("Received: one", "RECEIVED :  two", "\tmore", "X-Received: no", "received:", "", "Received: body");
  expect(values(header, "Received")).toEqual(["one", "two\r\n\tmore", ""]);
});

test("a value that begins on the next line", ({ expect }) => {
  expect(values(message("Subject:", " x", ""), "subject")).toEqual(["\r\n x"]);
});

test("lines that are no fields have no name", ({ expect }) => {
  expect(values(message("just text", ": value", "a: b", ""), "")).toEqual([]);
});

test("a name longer than a line can be is none", ({ expect }) => {
  const name = "n".repeat(1_500);
  expect(values(message(`${name}: x`, ""), name)).toEqual([]);
});

test("a header that ends without a line end, or with bare line feeds", ({ expect }) => {
  expect(values(toBytes("A: 1\nB: 2"), "b")).toEqual(["2"]);
  expect(values(toBytes("A: 1\n 2\n\nA: 3"), "a")).toEqual(["1\n 2"]);
  expect(values(toBytes("A"), "a")).toEqual([]);
});
