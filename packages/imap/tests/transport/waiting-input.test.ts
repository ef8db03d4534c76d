import { test } from "vitest";

import { WaitingInput } from "../../src/transport/waiting-input.ts";

test("messages come out in the order in which they came in, whatever the turns", ({ expect }) => {
  const waiting = new WaitingInput();
  const taken: (number | undefined)[] = [];
  let next = 0;
  for (const [pushes, shifts] of [
    [5, 2],
    [1, 3],
    [0, 2],
    [100, 49],
    [3, 60],
  ] as const) {
    for (let at = 0; at < pushes; at++) waiting.push(Uint8Array.of(next++));
    for (let at = 0; at < shifts; at++) taken.push(waiting.shift()?.[0]);
  }
  const all = Array.from({ length: next }, (_, at) => at);
  expect(taken.filter((octet) => octet !== undefined)).toEqual(all);
  expect(taken.filter((octet) => octet === undefined)).toHaveLength(116 - next);
  expect(waiting.weight).toBe(0);
});

test("a message weighs its octets and its own cost until it is taken", ({ expect }) => {
  const waiting = new WaitingInput();
  for (const size of [1, 1000]) waiting.push(new Uint8Array(size));
  expect(waiting.weight).toBe(1001 + 2 * 256);
  waiting.shift();
  expect(waiting.weight).toBe(1000 + 256);
  waiting.clear();
  expect([waiting.weight, waiting.shift()]).toEqual([0, undefined]);
});
