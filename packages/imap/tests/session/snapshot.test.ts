import { serialize } from "node:v8";

import { test } from "vitest";

import { LIMITS } from "../../src/limits.ts";
import { AccountId, MailboxId } from "../../src/mailbox/records.ts";
import type { SessionOrigin } from "../../src/session/session-origin.ts";
import { Checkpoint, idleTagOf, sameCheckpoint, SessionSnapshot } from "../../src/session/snapshot.ts";

const origin: SessionOrigin = {
  sessionId: "01890a5d-ac96-774b-bcce-b302099a8057",
  accountId: AccountId.parse("01890a5d-ac96-774b-bcce-b302099a8057"),
  accountName: "\u6f22".repeat(LIMITS.accountName),
  transport: "websocket",
  remoteAddress: "x".repeat(100),
};

/** Every field at its bound. */
const largest: Checkpoint = Checkpoint.parse({
  format: 1,
  enabled: { condstore: true, qresync: true, utf8: true },
  view: {
    mailbox: MailboxId.parse("01890a5d-ac96-774b-bcce-b302099a8057"),
    readOnly: true,
    uidNextSeen: 0xffff_ffff,
    expungedModSeq: Number.MAX_SAFE_INTEGER,
    flagsModSeq: Number.MAX_SAFE_INTEGER,
    keywordsTold: LIMITS.keywordsPerMailbox,
    recent: Array.from({ length: 2 * LIMITS.recentRanges }, (_, at) => 0xffff_ff00 + at),
  },
  idleTag: "\u00ff".repeat(LIMITS.tagLength),
  unsettled: 0xffff_ffff,
});

test("the largest snapshot fits in an attachment, and its checkpoint in a frame", ({ expect }) => {
  const snapshot = SessionSnapshot.parse({ origin, checkpoint: largest });
  expect(serialize({ state: "open", snapshot }).length).toBeLessThan(LIMITS.snapshot / 2);
  expect(new TextEncoder().encode(JSON.stringify(largest)).length).toBeLessThan(LIMITS.linkJson / 2);
});

test("the octets of a tag survive", ({ expect }) => {
  expect(idleTagOf({ ...largest, idleTag: "a\u00ff1" })).toEqual(Uint8Array.of(97, 255, 49));
  expect(idleTagOf(Checkpoint.parse({ ...largest, idleTag: undefined }))).toBeUndefined();
});

test("each difference is a reason to save", ({ expect }) => {
  const { view } = largest;
  if (view === undefined) throw new Error("no view");
  expect(sameCheckpoint(largest, structuredClone(largest))).toBe(true);
  const { idleTag: _idleTag, ...notIdle } = largest;
  const { view: _view, ...notSelected } = largest;
  const others: Checkpoint[] = [
    notIdle,
    notSelected,
    { ...largest, unsettled: 0 },
    { ...largest, enabled: { ...largest.enabled, utf8: false } },
    { ...largest, view: { ...view, uidNextSeen: 1 } },
    { ...largest, view: { ...view, flagsModSeq: 1 } },
    { ...largest, view: { ...view, expungedModSeq: 1 } },
    { ...largest, view: { ...view, keywordsTold: 1 } },
    { ...largest, view: { ...view, readOnly: false } },
    { ...largest, view: { ...view, recent: view.recent.slice(2) } },
    { ...largest, view: { ...view, recent: view.recent.map((uid) => uid - 1) } },
  ];
  for (const other of others) expect(sameCheckpoint(largest, other)).toBe(false);
});
