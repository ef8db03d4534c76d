import { test } from "vitest";

import { Framer } from "../../src/parser/framer.ts";
import { LIMITS } from "../../src/limits.ts";
import { createReferenceTokenizer } from "../../src/parser/reference-tokenizer.ts";
import { encodeFrames, encodeHello, type OutgoingFrame } from "../../src/transport/link-frames.ts";
import { ACCOUNT, FakeAccountObject, settle } from "./fakes.ts";

const EDGES = 10_000;
/** Links that are open at the same time. */
const TOGETHER = 50;

/** What an edge has sent when it vanishes: nothing, commands, an IDLE, half of a message, or a question whose answer nobody takes. */
const SENT = [
  "",
  "a NOOP\r\n",
  "a SELECT INBOX\r\nb IDLE\r\n",
  `a APPEND INBOX {${LIMITS.inlineLiteral + 1000}+}\r\n${"x".repeat(500)}`,
  "a SELECT INBOX\r\nb FETCH 1:* (FLAGS)\r\nc SEARCH BODY nothing\r\n",
];

function frames(text: string): Uint8Array<ArrayBuffer> {
  const sent: OutgoingFrame[] = [];
  const framer = new Framer(createReferenceTokenizer(), LIMITS);
  const sink = {
    command: (segment: OutgoingPiece["segment"]) => void sent.push({ kind: "piece", segment, literal: undefined }),
    literal: (segment: OutgoingPiece["segment"], literal: OutgoingPiece["literal"]) => {
      sent.push({ kind: "piece", segment, literal });
      framer.acceptStream(sink);
    },
    chunk: (data: Uint8Array) => void sent.push({ kind: "chunk", data }),
    literalEnd: () => void sent.push({ kind: "literal-end" }),
    fatal() {},
  };
  framer.push(new TextEncoder().encode(text), sink);
  return encodeFrames(sent);
}

type OutgoingPiece = Extract<OutgoingFrame, { readonly kind: "piece" }>;

test(`${EDGES} edges that vanish without a close frame leave no session`, async ({ expect }) => {
  const object = new FakeAccountObject();
  const messages = SENT.map(frames);
  for (let opened = 0; opened < EDGES; opened += TOGETHER) {
    const links = await Promise.all(
      Array.from({ length: TOGETHER }, async (_, at) => {
        const link = await object.open(ACCOUNT, { message() {}, closed() {} });
        const number = opened + at;
        const sessionId = `01890a5d-ac96-774b-bcce-${number.toString(16).padStart(12, "0")}`;
        link.send(encodeHello({ sessionId, accountId: ACCOUNT, accountName: "user@sluice.test", transport: "tcp", remoteAddress: "" }));
        const message = messages[number % messages.length];
        if (message !== undefined && message.length > 0) link.send(message.slice());
        return link;
      }),
    );
    // Some are gone before the object has worked on what they sent.
    if (opened % (2 * TOGETHER) === 0) {
      await settle();
      expect(object.sessions).toBe(TOGETHER);
      expect(object.working).toBeGreaterThan(0);
    }
    for (const link of links) link.close();
    await settle();
    expect([object.sessions, object.working]).toEqual([0, 0]);
  }
  expect(object.faults).toEqual([]);
  expect(object.account.index.findByName("INBOX")?.messages).toBe(0);
});
