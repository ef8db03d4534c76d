import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { test } from "vitest";

import { uidFetch } from "../../src/commands/fetch.ts";
import { idle } from "../../src/commands/idle.ts";
import { noop } from "../../src/commands/noop.ts";
import { LIMITS } from "../../src/limits.ts";
import { Framer } from "../../src/parser/framer.ts";
import { View } from "../../src/session/view.ts";
import { encodeFrames, readPieces } from "../../src/transport/link-frames.ts";
import { deliver } from "../fetch/fixture.ts";
import { RecordingSink } from "../parser/recording-sink.ts";
import { octets, wasm } from "../parser/tokenizers.ts";
import { Harness } from "./dispatcher-harness.ts";
import { createAccount, openMailbox } from "./fixture.ts";

setFlagsFromString("--expose-gc");
const collect: unknown = runInNewContext("gc");

/** Takes the pieces of one message of the link, whose octets nothing else refers to. */
function take(harness: Harness, text: string): WeakRef<ArrayBuffer> {
  const sink = new RecordingSink();
  new Framer(wasm, LIMITS).push(octets(text), sink);
  const message = encodeFrames(sink.segments.map((segment) => ({ kind: "piece", segment, literal: undefined }) as const));
  for (const piece of readPieces(message)) harness.dispatcher.push(piece);
  return new WeakRef(message.buffer);
}

for (const command of ["a IDLE", "a UID FETCH 1:2 (BODY.PEEK[])", "a UID FETCH 1 (BODY.PEEK[])"]) {
  test(`while ${command} waits for its client, the message that it came in is let go`, async ({ expect }) => {
    const account = createAccount();
    const inbox = openMailbox(account);
    for (const lines of [30_000, 1]) await deliver(account, inbox, `Subject: m\n\n${`${"x".repeat(98)}\n`.repeat(lines)}`);
    const harness = new Harness(account, [idle, noop, uidFetch], {
      name: "selected",
      account,
      view: new View(openMailbox(account), false),
    });
    const message = take(harness, `${"n NOOP\r\n".repeat(1000)}${command}\r\n`);
    await harness.dispatcher.run();
    // What was on the stack of the turn that ended is not collected before the next one.
    for (let turn = 0; turn < 3; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      if (typeof collect === "function") collect();
    }
    expect(message.deref()).toBeUndefined();
    expect(harness.dispatcher.quiescent).toBe(command === "a IDLE");
  });
}
