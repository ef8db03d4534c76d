import { test } from "vitest";

import { foldText } from "../../src/search/fold.ts";

test("case and compatibility forms do not matter", ({ expect }) => {
  expect(foldText("HeLLo")).toBe("hello");
  expect(foldText("\uff21\u00c4")).toBe("a\u00e4");
  expect(foldText("A\u0308")).toBe(foldText("\u00c4"));
});

test("a part of a word folds like the whole: sigma at the end of a word", ({ expect }) => {
  expect(foldText("\u039f\u0394\u039f\u03a3")).toBe(foldText("\u03bf\u03b4\u03bf\u03c2"));
  expect(foldText("\u039f\u0394\u039f\u03a3\u03a9")).toContain(foldText("\u039f\u0394\u039f\u03a3"));
});
