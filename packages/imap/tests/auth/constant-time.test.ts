import * as fc from "fast-check";
import { test } from "vitest";

import { constantTimeEqual } from "../../src/auth/constant-time.ts";

test("octets are equal when they are", ({ expect }) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 8 }), fc.uint8Array({ maxLength: 8 }), (a, b) => {
      expect(constantTimeEqual(a, b)).toBe(Buffer.compare(a, b) === 0);
      expect(constantTimeEqual(a, a.slice())).toBe(true);
    }),
  );
  expect(constantTimeEqual(Uint8Array.of(1, 1), Uint8Array.of(1))).toBe(false);
  expect(constantTimeEqual(new Uint8Array(0), Uint8Array.of(0))).toBe(false);
});
