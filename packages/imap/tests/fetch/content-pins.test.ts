import { test } from "vitest";

import { pinsOf } from "../../src/fetch/content-pins.ts";
import { createAccount } from "../session/fixture.ts";

test("a content is pinned as long as any response reads it, in its own account", ({ expect }) => {
  const { index } = createAccount();
  const pins = pinsOf(index);
  pins.pin(7);
  pins.pin(7);
  pins.unpin(7);
  expect(pinsOf(index).has(7)).toBe(true);
  expect(pinsOf(createAccount().index).has(7)).toBe(false);
  pins.unpin(7);
  expect(pins.has(7)).toBe(false);
});
