import * as fc from "fast-check";
import { afterEach, beforeEach, describe, test, vi } from "vitest";

import { LIMITS } from "../../src/limits.ts";
import { fuzzRuns } from "./fuzz-runs.ts";
import { play, type Outcome } from "./relink-play.ts";
import { scripts, type LiteralSizes } from "./relink-script.ts";
import { TINY } from "./tiny-limits.ts";

// The pauses before new links have a random part, which would make a failure another one when it is played again.
beforeEach(() => void vi.spyOn(Math, "random").mockReturnValue(0.5));
afterEach(() => void vi.restoreAllMocks());

const { timeout, parameters } = fuzzRuns(200);
/** Clients that have to survive a loss: usually more than a third do. With fewer hardly anything was tried. */
const enough = Math.floor(parameters.numRuns / 10);

/** Plays random scripts. Answers how each of them has ended. */
async function playAll(sizes: LiteralSizes): Promise<Record<Outcome, number>> {
  const outcomes: Record<Outcome, number> = { calm: 0, survived: 0, ended: 0 };
  await fc.assert(
    fc.asyncProperty(scripts(sizes), async (script) => {
      outcomes[await play(script)]++;
    }),
    parameters,
  );
  return outcomes;
}

test("a client is told the truth, and each command is done once, however links are lost", { timeout }, async ({ expect }) => {
  const { survived } = await playAll({ inline: 60, streamed: LIMITS.inlineLiteral + 1 });
  expect(survived).toBeGreaterThanOrEqual(enough);
});

describe("with tiny windows", () => {
  const usual = { ...LIMITS };
  beforeEach(() => void Object.assign(LIMITS, TINY));
  afterEach(() => void Object.assign(LIMITS, usual));

  test("a client is told the truth, and each command is done once, however links are lost", { timeout }, async ({ expect }) => {
    const { survived } = await playAll({ inline: 60, streamed: TINY.inlineLiteral + 50 });
    expect(survived).toBeGreaterThanOrEqual(enough);
  });
});
