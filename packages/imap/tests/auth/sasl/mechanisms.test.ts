import * as fc from "fast-check";
import { describe, test } from "vitest";

import { decodeBase64Line } from "../../../src/auth/sasl/base64.ts";
import { login } from "../../../src/auth/sasl/login.ts";
import type { SaslStep } from "../../../src/auth/sasl/mechanism.ts";
import { plain } from "../../../src/auth/sasl/plain.ts";
import { LIMITS } from "../../../src/limits.ts";
import { StatusError } from "../../../src/protocol/status-error.ts";

const octets = (text: string) => Uint8Array.from(Buffer.from(text));

function credentialsOf(step: SaslStep): readonly [string, string] | string {
  return step.kind === "credentials" ? [step.credentials.username, step.credentials.password.reveal()] : step.kind;
}

describe("PLAIN", () => {
  test("asks with an empty challenge when there is no initial response", ({ expect }) => {
    expect(plain.start().respond(undefined)).toEqual({ kind: "challenge", text: "" });
  });

  test.for([
    ["\0user\0pass", ["user", "pass"]],
    ["user\0user\0pass", ["user", "pass"]],
    ["\0us\u00e9r\0p\u00e4ss w\u00f6rd", ["us\u00e9r", "p\u00e4ss w\u00f6rd"]],
    ["\0user\0", ["user", ""]],
    ["admin\0user\0pass", "refused"],
    ["\0\0pass", "refused"],
  ] as const)("%j", ([message, result], { expect }) => {
    expect(credentialsOf(plain.start().respond(octets(message)))).toEqual(result);
  });

  test("octets that are no UTF-8 are refused like a wrong password", ({ expect }) => {
    expect(plain.start().respond(Uint8Array.from([0, 0xff, 0, 0x61]))).toEqual({ kind: "refused" });
    expect(plain.start().respond(Uint8Array.from([0xff, 0, 0x61, 0, 0x61]))).toEqual({ kind: "refused" });
  });

  test.for(["", "user", "user\0pass", "a\0b\0c\0d"])("%j is no message", (message, { expect }) => {
    expect(() => plain.start().respond(octets(message))).toThrow(StatusError);
  });

  test("a password does not show", ({ expect }) => {
    expect(JSON.stringify(plain.start().respond(octets("\0user\0hunter2")))).not.toContain("hunter2");
  });
});

describe("LOGIN", () => {
  test("asks for the name, then for the password", ({ expect }) => {
    const exchange = login.start();
    expect(exchange.respond(undefined)).toEqual({ kind: "challenge", text: "Username:" });
    expect(exchange.respond(octets("user"))).toEqual({ kind: "challenge", text: "Password:" });
    expect(credentialsOf(exchange.respond(octets("pass")))).toEqual(["user", "pass"]);
  });

  test("takes the name as initial response, also an empty one", ({ expect }) => {
    const exchange = login.start();
    expect(exchange.respond(octets(""))).toEqual({ kind: "challenge", text: "Password:" });
    expect(exchange.respond(octets("pass"))).toEqual({ kind: "refused" });
  });
});

describe("base64 lines", () => {
  test("decode what was encoded", ({ expect }) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (data) => {
        expect(decodeBase64Line(octets(Buffer.from(data).toString("base64")))).toEqual(Uint8Array.from(data));
      }),
    );
  });

  test.for(["A", "AA", "AAA", "A===", "====", "AA=A", "AA AA=", "QUJD ", "QU\nJ", "Q_-A", "\u00e4\u00e4"])(
    "%j is none",
    (line, { expect }) => {
      expect(() => decodeBase64Line(octets(line))).toThrow(StatusError);
    },
  );

  test("are bounded", ({ expect }) => {
    expect(decodeBase64Line(octets("A".repeat(LIMITS.saslLine)))).toHaveLength((LIMITS.saslLine / 4) * 3);
    expect(() => decodeBase64Line(octets("A".repeat(LIMITS.saslLine + 4)))).toThrow("octets at most");
  });
});
