import * as fc from "fast-check";
import { test } from "vitest";

import { Fifo } from "../../src/session/fifo.ts";

test("values come out in order, as out of an array", ({ expect }) => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(200), fc.nat(200)), { maxLength: 12 }), (turns) => {
      const fifo = new Fifo<number>();
      const model: number[] = [];
      let next = 0;
      for (const [pushed, taken] of turns) {
        for (let time = 0; time < pushed; time++) {
          fifo.push(next);
          model.push(next++);
        }
        for (let time = 0; time < taken; time++) {
          expect(fifo.peek()).toBe(model[0]);
          expect(fifo.shift()).toBe(model.shift());
        }
        expect([...fifo]).toEqual(model);
        expect(fifo.length).toBe(model.length);
      }
      fifo.clear();
      expect([fifo.length, fifo.shift()]).toEqual([0, undefined]);
    }),
    { numRuns: 100 },
  );
});
