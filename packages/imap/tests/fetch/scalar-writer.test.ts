import { test } from "vitest";

import { LABELS, type ScalarItem } from "../../src/fetch/plan.ts";
import { ScalarWriter } from "../../src/fetch/scalar-writer.ts";
import type { ContentRow } from "../../src/mailbox/mailbox-index.ts";
import { MessagePage } from "../../src/mailbox/message-page.ts";
import { EmailId, ThreadId } from "../../src/mailbox/records.ts";
import { ByteWriter } from "../../src/protocol/byte-writer.ts";
import { Flag } from "../../src/protocol/flags.ts";
import { View } from "../../src/session/view.ts";
import { createAccount, openMailbox } from "../session/fixture.ts";

const EMAIL = "01890a5d-ac96-774b-bcce-b302099a8057";
const THREAD = "01890a5d-ac96-774b-bcce-b302099a8058";
const KINDS = ["uid", "flags", "size", "internal-date", "mod-seq", "email-id", "thread-id"] as const;

/** Two messages with everything that a short item can say. */
function page(): MessagePage {
  const rows = new MessagePage(2);
  rows.count = 2;
  rows.uid.set([7, 4_294_967_295]);
  rows.flags.set([Flag.seen | Flag.answered, 0]);
  rows.size.set([0, 12_345]);
  rows.modSeq.set([9_007_199_254_740_991, 100]);
  rows.zoneMinutes.set([0, 60]);
  return rows;
}

const VALUES: readonly Readonly<Record<(typeof KINDS)[number], string>>[] = [
  {
    uid: "UID 7",
    flags: "FLAGS (\\Answered \\Seen)",
    size: "RFC822.SIZE 0",
    "internal-date": 'INTERNALDATE " 1-Jan-1970 00:00:00 +0000"',
    "mod-seq": "MODSEQ (9007199254740991)",
    "email-id": `EMAILID (${EMAIL})`,
    "thread-id": `THREADID (${THREAD})`,
  },
  {
    uid: "UID 4294967295",
    flags: "FLAGS ()",
    size: "RFC822.SIZE 12345",
    "internal-date": 'INTERNALDATE " 1-Jan-1970 01:00:00 +0100"',
    "mod-seq": "MODSEQ (100)",
    "email-id": `EMAILID (${EMAIL})`,
    "thread-id": `THREADID (${THREAD})`,
  },
];

const CONTENT: ContentRow = {
  key: 1,
  emailId: EmailId.parse(EMAIL),
  threadId: ThreadId.parse(THREAD),
  envelope: undefined,
  bodyStructure: undefined,
  structure: undefined,
  head: undefined,
  headerSize: undefined,
  body: undefined,
};

test("short items in any order, alone, and none at all", ({ expect }) => {
  const account = createAccount();
  const view = new View(openMailbox(account), false);
  const lists: readonly (readonly (typeof KINDS)[number][])[] = [
    [],
    ...KINDS.map((kind) => [kind]),
    ...KINDS.map((_, at) => [...KINDS.slice(at), ...KINDS.slice(0, at)]),
    KINDS.toReversed(),
  ];
  for (const kinds of lists) {
    // So small that it grows in the middle of a line.
    const out = new ByteWriter(16);
    const items: ScalarItem[] = kinds.map((kind) => ({ kind, label: LABELS[kind] }));
    const writer = new ScalarWriter(out, view, items);
    for (const row of [0, 1, 0]) {
      writer.begin(row + 99, page(), row, CONTENT);
      const expected = kinds.map((kind) => VALUES[row]?.[kind]).join(" ");
      expect(Buffer.from(out.take()).toString("latin1")).toBe(`* ${row + 99} FETCH (${expected}`);
    }
  }
});
