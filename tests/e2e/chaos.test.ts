import { test } from "vitest";

import { chaos } from "../stress/chaos.ts";
import { Ledger, type Box, type Found } from "../stress/ledger.ts";

const SEED = 20_261_126;

test(
  "over bad networks and restarts of the account's object nothing acknowledged is lost or doubled, and every view is what is there",
  { timeout: 300_000 },
  async ({ expect }) => {
    const report = await chaos({ actors: 20, seed: SEED, rounds: 1, millisecondsPerRound: 15_000 }, () => undefined);
    expect(report.violations, `seed ${SEED}`).toEqual([]);
    // Connections have survived restarts, and networks and restarts have ended some.
    expect(report.restarts).toBeGreaterThan(5);
    expect(report.relinked).toBeGreaterThan(report.restarts);
    expect(report.ends.size).toBeGreaterThan(1);
  },
);

/** Two messages were delivered, with UIDs 1 and 2. */
function ledgerOfTwo(): Ledger {
  const ledger = new Ledger();
  for (const uid of [1, 2]) ledger.appended("INBOX", uid, ledger.nextId());
  return ledger;
}

function found(
  inbox: readonly (readonly [uid: number, id: number, ...flags: string[]])[],
  other: readonly (readonly [number, number])[] = [],
) {
  return new Map<Box, Found>([
    [
      "INBOX",
      { ids: new Map(inbox.map(([uid, id]) => [uid, id])), flags: new Map(inbox.map(([uid, , ...flags]) => [uid, new Set(flags)])) },
    ],
    ["Other", { ids: new Map(other), flags: new Map() }],
  ]);
}

test("the ledger sees a message that is lost, doubled, another's, or back again", ({ expect }) => {
  expect(
    ledgerOfTwo().problems(
      found([
        [1, 1],
        [2, 2],
      ]),
    ),
  ).toEqual([]);
  expect(ledgerOfTwo().problems(found([[1, 1]]))).toEqual(["message INBOX 2 is lost"]);
  expect(
    ledgerOfTwo().problems(
      found([
        [1, 2],
        [2, 2],
      ]),
    ),
  ).toEqual(["message INBOX 1 is 2, and was 1"]);
  expect(
    ledgerOfTwo().problems(
      found([
        [1, 1],
        [2, 2],
        [3, 2],
      ]),
    ),
  ).toEqual([
    "message INBOX 3 is 2, and nothing could have put it there",
    "message 2 is 1 times in INBOX beside the acknowledged ones, where 0 may be",
  ]);
  const ledger = ledgerOfTwo();
  expect(() => ledger.expunged("INBOX", 1)).toThrow("message INBOX 1 was expunged");
  ledger.deleting("INBOX", 2);
  ledger.expunged("INBOX", 2);
  expect(
    ledger.problems(
      found([
        [1, 1],
        [2, 2],
      ]),
    ),
  ).toContain("message INBOX 2 was told to be expunged, and is there");
});

test("the ledger lets a command without an answer happen once, and as a whole", ({ expect }) => {
  const copies = (moves: boolean): Ledger => {
    const ledger = ledgerOfTwo();
    ledger.attempt({ ids: [1, 2], to: "Other", sources: ["INBOX 1", "INBOX 2"], moves });
    return ledger;
  };
  const both = [
    [1, 1],
    [2, 2],
  ] as const;
  for (const moves of [false, true]) {
    expect(copies(moves).problems(found(both))).toEqual([]);
    expect(
      copies(moves).problems(
        found(moves ? [] : both, [
          [7, 1],
          [8, 2],
        ]),
      ),
    ).toEqual([]);
    expect(copies(moves).problems(found(moves ? [] : both, [[7, 1]]))).toEqual([
      "message Other 7 is 1, and nothing could have put it there",
    ]);
    expect(
      copies(moves).problems(
        found(moves ? [] : both, [
          [7, 1],
          [8, 2],
          [9, 1],
          [10, 2],
        ]),
      ),
    ).toHaveLength(2);
  }
  expect(
    copies(true).problems(
      found(both, [
        [7, 1],
        [8, 2],
      ]),
    ),
  ).toHaveLength(2);
  const ledger = ledgerOfTwo();
  ledger.attempt({ ids: [ledger.nextId()], to: "INBOX", sources: [], moves: false });
  expect(ledger.problems(found([...both, [3, 3]]))).toEqual([]);
  expect(ledger.problems(found([...both, [3, 3], [4, 3]]))).toEqual([
    "message 3 is 2 times in INBOX beside the acknowledged ones, where 1 may be",
  ]);
});

test("the ledger judges a keyword once its last change was answered", ({ expect }) => {
  const ledger = ledgerOfTwo();
  const plain = found([
    [1, 1],
    [2, 2],
  ]);
  const marked = found([
    [1, 1, "$k"],
    [2, 2],
  ]);
  ledger.changing("INBOX", [1], "$k");
  for (const either of [plain, marked]) expect(ledger.problems(either)).toEqual([]);
  ledger.changed("INBOX", [1], "$k", true);
  expect(ledger.problems(marked)).toEqual([]);
  expect(ledger.problems(plain)).toEqual(["message INBOX 1 has lost $k"]);
  ledger.changing("INBOX", [1], "$k");
  ledger.changed("INBOX", [1], "$k", false);
  expect(ledger.problems(marked)).toEqual(["message INBOX 1 still has $k"]);
});
