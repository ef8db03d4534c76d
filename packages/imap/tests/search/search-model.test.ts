import * as fc from "fast-check";
import { test } from "vitest";

import { Flag } from "../../src/protocol/flags.ts";
import { createAccount, createSession, openMailbox } from "../session/fixture.ts";
import { deliver } from "../fetch/fixture.ts";
import { found, searchTask } from "./fixture.ts";

interface Message {
  readonly uid: number;
  readonly subject: string | undefined;
  readonly body: string;
  readonly system: number;
  readonly keyword: boolean;
  readonly day: number;
}

/** A key, as text and as what it means. */
interface Key {
  readonly text: string;
  readonly holds: (message: Message, last: number) => boolean;
}

const words = ["alpha", "Beta", "gamma"] as const;
const word = fc.constantFrom(...words);
const has = (text: string, wanted: string): boolean => text.toLowerCase().includes(wanted.toLowerCase());

const leaf: fc.Arbitrary<Key> = fc.oneof(
  fc.constantFrom<Key>(
    { text: "ALL", holds: () => true },
    { text: "SEEN", holds: ({ system }) => (system & Flag.seen) !== 0 },
    { text: "UNSEEN", holds: ({ system }) => (system & Flag.seen) === 0 },
    { text: "FLAGGED", holds: ({ system }) => (system & Flag.flagged) !== 0 },
    { text: "NEW", holds: ({ system }) => (system & Flag.seen) === 0 },
    { text: "OLD", holds: () => false },
    { text: "KEYWORD $Work", holds: ({ keyword }) => keyword },
    { text: "UNKEYWORD $work", holds: ({ keyword }) => !keyword },
    { text: "KEYWORD $Never", holds: () => false },
    { text: 'HEADER Subject ""', holds: ({ subject }) => subject !== undefined },
    { text: 'BODY ""', holds: () => true },
  ),
  word.map((text) => ({ text: `SUBJECT ${text}`, holds: ({ subject }: Message) => has(subject ?? "", text) })),
  word.map((text) => ({ text: `BODY ${text}`, holds: ({ body }: Message) => has(body, text) })),
  word.map((text) => ({ text: `TEXT ${text}`, holds: ({ body, subject }: Message) => has(body, text) || has(subject ?? "", text) })),
  fc
    .integer({ min: 1, max: 9 })
    .map((from) => ({ text: `UID ${from}:*`, holds: ({ uid }: Message, last: number) => uid >= Math.min(from, last) })),
  fc.integer({ min: 1, max: 5 }).map((day) => ({ text: `SENTSINCE ${day}-Mar-2024`, holds: ({ day: sent }: Message) => sent >= day })),
  fc.integer({ min: 1, max: 5 }).map((day) => ({ text: `SENTBEFORE ${day}-Mar-2024`, holds: ({ day: sent }: Message) => sent < day })),
  fc.integer({ min: 1, max: 5 }).map((day) => ({ text: `SENTON ${day}-Mar-2024`, holds: ({ day: sent }: Message) => sent === day })),
);

const { key } = fc.letrec<{ key: Key }>((tie) => ({
  key: fc.oneof(
    { maxDepth: 4 },
    leaf,
    tie("key").map((operand) => ({
      text: `NOT ${operand.text}`,
      holds: (message: Message, last: number) => !operand.holds(message, last),
    })),
    fc.tuple(tie("key"), tie("key")).map(([a, b]) => ({
      text: `OR ${a.text} ${b.text}`,
      holds: (message: Message, last: number) => a.holds(message, last) || b.holds(message, last),
    })),
    fc.array(tie("key"), { minLength: 1, maxLength: 3 }).map((keys) => ({
      text: `(${keys.map(({ text }) => text).join(" ")})`,
      holds: (message: Message, last: number) => keys.every(({ holds }) => holds(message, last)),
    })),
  ),
}));

const message = fc.record({
  subject: fc.option(word, { nil: undefined }),
  body: fc.array(word, { maxLength: 2 }).map((found) => found.join(" ")),
  system: fc.constantFrom(0, Flag.seen, Flag.flagged, Flag.seen | Flag.flagged),
  keyword: fc.boolean(),
  day: fc.integer({ min: 1, max: 5 }),
});

test("a search finds what its keys say of each message", async ({ expect }) => {
  await fc.assert(
    fc.asyncProperty(fc.array(message, { maxLength: 6 }), fc.array(key, { minLength: 1, maxLength: 3 }), async (messages, keys) => {
      const account = createAccount();
      const mailbox = openMailbox(account);
      const kept: Message[] = [];
      for (const [at, fields] of messages.entries()) {
        const { subject, body, system, keyword, day } = fields;
        const header = `${subject === undefined ? "" : `Subject: ${subject}\n`}Date: ${day} Mar 2024 10:00:00 +0000\n`;
        await deliver(account, mailbox, `${header}\n${body}\n`, { system, keywords: keyword ? ["$Work"] : [] });
        kept.push({ uid: at + 1, ...fields });
      }
      const client = createSession(account, mailbox);
      const text = keys.map((part) => part.text).join(" ");
      const wanted = kept.filter((one) => keys.every(({ holds }) => holds(one, kept.length))).map(({ uid }) => ` ${uid}`);
      expect(await found(client, searchTask(client, account, text)), text).toBe(`* SEARCH${wanted.join("")}`);
    }),
    { numRuns: 300 },
  );
});
