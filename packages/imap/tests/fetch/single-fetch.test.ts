import { test } from "vitest";

import { sameButSet, singleFetch } from "../../src/fetch/single-fetch.ts";
import { bytes } from "./fixture.ts";

test("one number is found behind either name", ({ expect }) => {
  expect(singleFetch(bytes("a1 UID FETCH 4294967295 (FLAGS)"), true)).toEqual({
    nameStart: 3,
    setStart: 13,
    setEnd: 23,
    number: 4_294_967_295,
  });
  expect(singleFetch(bytes("a1 fetch 7 FLAGS\r\n"), false)).toMatchObject({ setStart: 9, setEnd: 10, number: 7 });
  for (const other of [
    "a1 FETCH 1:2 FLAGS",
    "a1 FETCH * FLAGS",
    "a1 FETCH 1,2 FLAGS",
    "a1 FETCH 0 FLAGS",
    "a1 FETCH 12345678901 FLAGS",
    "a1 NOOP\r\n",
    "",
  ])
    expect(singleFetch(bytes(other), false), other).toBeUndefined();
});

test("another is the same when nothing but tag and number differ", ({ expect }) => {
  const own = bytes("a1 UID FETCH 5 (BODY[1] FLAGS)");
  const same = (text: string): boolean => {
    const other = bytes(text);
    const [a, b] = [singleFetch(own, true), singleFetch(other, true)];
    return a !== undefined && b !== undefined && sameButSet(own, a, other, b);
  };
  for (const text of ["b UID FETCH 5 (BODY[1] FLAGS)\r\n", "tag22 UID FETCH 512 (BODY[1] FLAGS)\n"]) expect(same(text), text).toBe(true);
  for (const text of [
    "b uid fetch 5 (BODY[1] FLAGS)\r\n",
    "b UID STORE 5 (BODY[1] FLAGS)\r\n",
    "b UID FETCH 5 (BODY[2] FLAGS)\r\n",
    "b UID FETCH 5 (BODY[1] FLAGS) (CHANGEDSINCE 1)\r\n",
    "b UID FETCH 5 (BODY[1] FLAGS) \r\n",
    "b UID FETCH 5 (BODY[1] FLAGS)",
    "b UID FETCH 5 (BODY[1] FLAG\r\n",
  ])
    expect(same(text), text).toBe(false);
});
