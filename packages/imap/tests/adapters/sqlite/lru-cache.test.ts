import { test } from "vitest";

import { LruCache } from "../../../src/adapters/sqlite/lru-cache.ts";

test("the longest unused go first, only as many as must", ({ expect }) => {
  const dropped: string[] = [];
  const cache = new LruCache<string>(10, (item) => dropped.push(item));
  cache.touch("a", 4);
  cache.touch("b", 4);
  cache.touch("a", 4);
  cache.touch("c", 4);
  expect(dropped).toEqual(["b"]);
  cache.touch("a", 9);
  expect(dropped).toEqual(["b", "c"]);
});

test("what is in use stays, even when it is too heavy alone", ({ expect }) => {
  const dropped: string[] = [];
  const cache = new LruCache<string>(10, (item) => dropped.push(item));
  cache.touch("a", 1);
  cache.touch("giant", 50);
  expect(dropped).toEqual(["a"]);
  cache.touch("giant", 2);
  cache.touch("b", 8);
  expect(dropped).toEqual(["a"]);
});

test("a forgotten item is not dropped, a cleared one is, and both weigh nothing", ({ expect }) => {
  const dropped: string[] = [];
  const cache = new LruCache<string>(10, (item) => dropped.push(item));
  cache.touch("a", 6);
  cache.forget("a");
  cache.touch("b", 6);
  cache.clear();
  cache.touch("c", 10);
  expect(dropped).toEqual(["b"]);
});
