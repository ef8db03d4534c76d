import * as fc from "fast-check";
import { test } from "vitest";

import { LIMITS } from "../../src/limits.ts";
import type { LiteralHeader } from "../../src/parser/framer.ts";
import { octetsOf, ownSegment, type Segment } from "../../src/parser/segment.ts";
import { ENTRY_SIZE } from "../../src/parser/tape.ts";
import { Checkpoint } from "../../src/session/snapshot.ts";
import {
  encodeCheckpoint,
  encodeClose,
  encodeDecision,
  encodeFrames,
  encodeHello,
  encodeKeptCheckpoint,
  FRAME_HEADER,
  FrameKind,
  LinkError,
  outgoingCost,
  readEdgeFrames,
  readObjectFrames,
  writeFrameHeader,
  writeResponseOpenFrame,
  writeNumberFrame,
  type EdgeFrames,
  type ObjectFrames,
  type OutgoingFrame,
} from "../../src/transport/link-frames.ts";
import type { Hello } from "../../src/transport/link-payloads.ts";
import { tapeOf } from "../parser/recording-sink.ts";
import { ACCOUNT } from "./fakes.ts";

const hello: Hello = {
  sessionId: "01890a5d-ac96-774b-bcce-b302099a8058",
  accountId: ACCOUNT,
  accountName: "user@sluice.test",
  transport: "tcp",
  remoteAddress: "192.0.2.1:40000",
};

type Seen = readonly [string, ...unknown[]];

function readAtObject(message: Uint8Array): Seen[] {
  const seen: Seen[] = [];
  const frames: ObjectFrames = {
    hello: (value) => seen.push(["hello", value]),
    checkpoint: (value) => seen.push(["checkpoint", value]),
    piece: (segment, literal, cost) => seen.push(["piece", readable(segment), literal, cost]),
    literal: (data, cost) => seen.push(["literal", [...data], cost]),
    literalEnd: () => seen.push(["literal-end"]),
    credit: (octets) => seen.push(["credit", octets]),
    closed: (reason) => seen.push(["close", reason]),
  };
  readObjectFrames(message, frames);
  return seen;
}

/** A piece, wherever it lies. */
function readable(segment: Segment): unknown {
  return { octets: [...octetsOf(segment)], tape: [...tapeOf(segment)], continues: segment.continues };
}

function readAtEdge(message: Uint8Array): Seen[] {
  const seen: Seen[] = [];
  const frames: EdgeFrames = {
    decision: (accepted) => seen.push(["decision", accepted]),
    output: (bytes) => seen.push(["output", [...bytes]]),
    credit: (octets) => seen.push(["credit", octets]),
    idle: (pieces) => seen.push(["idle", pieces]),
    settledPieces: (pieces) => seen.push(["settled", pieces]),
    responseOpen: (on) => seen.push(["response-open", on]),
    checkpoint: (json) => seen.push(["checkpoint", new TextDecoder().decode(json)]),
    closed: (reason) => seen.push(["close", reason]),
  };
  readEdgeFrames(message, frames);
  return seen;
}

const octets = (max: number) => fc.uint8Array({ maxLength: max });
const literalHeader: fc.Arbitrary<LiteralHeader | undefined> = fc.option(
  fc.record({ size: fc.integer({ min: 0, max: 2 ** 32 - 1 }), synchronizing: fc.boolean(), binary: fc.boolean() }),
  { nil: undefined },
);
/** A piece between others: what lies around it is not its own. */
const segment: fc.Arbitrary<Segment> = fc
  .tuple(octets(9), octets(90), octets(9), fc.nat(3), fc.nat(3), fc.boolean())
  .chain(([before, own, after, entriesBefore, entriesAfter, continues]) => {
    const offset = fc.integer({ min: 0, max: own.length });
    const entry = fc.tuple(fc.integer(), offset, offset, fc.integer());
    return fc.array(entry, { minLength: 1, maxLength: 20 }).map((entries): Segment => {
      const start = before.length;
      const tapeStart = entriesBefore * ENTRY_SIZE;
      return {
        bytes: Uint8Array.from([...before, ...own, ...after]),
        start,
        end: start + own.length,
        tape: Int32Array.from([
          ...Array.from({ length: tapeStart }, () => -1),
          ...entries.flat(),
          ...Array.from({ length: entriesAfter * ENTRY_SIZE }, () => -1),
        ]),
        tapeStart,
        tapeEnd: tapeStart + entries.length * ENTRY_SIZE,
        continues,
      };
    });
  });
const outgoing: fc.Arbitrary<OutgoingFrame> = fc.oneof(
  fc.record({ kind: fc.constant("piece" as const), segment, literal: literalHeader }),
  fc.record({ kind: fc.constant("chunk" as const), data: fc.uint8Array({ minLength: 1, maxLength: 40 }) }),
  fc.constant({ kind: "literal-end" as const }),
  fc.record({ kind: fc.constant("credit" as const), octets: fc.integer({ min: 0, max: 2 ** 32 - 1 }) }),
);

function jsonFrame(kind: number, value: unknown): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(value));
  const message = new Uint8Array(5 + json.length);
  message.set(json, writeFrameHeader(message, 0, kind, json.length));
  return message;
}

function expected(frame: OutgoingFrame): Seen {
  switch (frame.kind) {
    case "piece":
      return ["piece", readable(frame.segment), frame.literal];
    case "chunk":
      return ["literal", [...frame.data]];
    case "literal-end":
      return ["literal-end"];
    case "credit":
      return ["credit", frame.octets];
    default:
      return frame satisfies never;
  }
}

test("what the edge sends in one message arrives in order and as it was", ({ expect }) => {
  fc.assert(
    fc.property(fc.array(outgoing, { maxLength: 8 }), fc.integer({ min: 0, max: 3 }), (frames, offset) => {
      const message = encodeFrames(frames);
      // A message may lie anywhere in its buffer: tapes need not be aligned there.
      const moved = new Uint8Array(message.length + offset).subarray(offset);
      moved.set(message);
      const seen = readAtObject(moved).map((frame) =>
        frame[0] === "piece" ? frame.slice(0, 3) : frame[0] === "literal" ? frame.slice(0, 2) : frame,
      );
      expect(seen).toEqual(frames.map(expected));
    }),
    { numRuns: 200 },
  );
});

test("both ends count the same for a frame", ({ expect }) => {
  fc.assert(
    fc.property(outgoing, (frame) => {
      const [seen] = readAtObject(encodeFrames([frame]));
      if (seen?.[0] !== "piece" && seen?.[0] !== "literal") return;
      const counted = Number(seen.at(-1));
      // The padding before a tape is counted by the receiver alone, and never less than what was sent.
      expect(counted - outgoingCost(frame)).toBeGreaterThanOrEqual(0);
      expect(counted - outgoingCost(frame)).toBeLessThan(4);
    }),
    { numRuns: 200 },
  );
});

test("hello, decisions, output and what follows it", ({ expect }) => {
  expect(readAtObject(encodeHello(hello))).toEqual([["hello", hello]]);
  expect(readAtObject(encodeClose("client-lost"))).toEqual([["close", "client-lost"]]);
  expect(readAtEdge(encodeClose("finished"))).toEqual([["close", "finished"]]);
  expect([...readAtEdge(encodeDecision(true)), ...readAtEdge(encodeDecision(false))]).toEqual([
    ["decision", true],
    ["decision", false],
  ]);
  const message = new Uint8Array(200);
  let at = writeFrameHeader(message, 0, FrameKind.output, 2);
  message.set([104, 105], at);
  at = writeNumberFrame(message, at + 2, FrameKind.credit, 4_000_000_000);
  at = writeNumberFrame(message, at, FrameKind.settled, 3);
  at = writeResponseOpenFrame(message, at, true);
  expect(readAtEdge(message.subarray(0, at))).toEqual([
    ["output", [104, 105]],
    ["credit", 4_000_000_000],
    ["settled", 3],
    ["response-open", true],
  ]);
});

test("a checkpoint comes back as it was, unread by the edge", ({ expect }) => {
  const checkpoint = Checkpoint.parse({
    format: 1,
    enabled: { condstore: true, qresync: false, utf8: false },
    idleTag: "a\u00ff",
    unsettled: 1,
  });
  const message = encodeCheckpoint(checkpoint);
  expect(readAtEdge(message)).toEqual([["checkpoint", JSON.stringify(checkpoint)]]);
  expect(readAtObject(encodeKeptCheckpoint(message.subarray(FRAME_HEADER)))).toEqual([["checkpoint", checkpoint]]);
  expect(() => readAtObject(jsonFrame(FrameKind.checkpoint, { ...checkpoint, format: 2 }))).toThrow(LinkError);
  expect(() => readAtEdge(jsonFrame(FrameKind.checkpoint, "x".repeat(LIMITS.linkJson)))).toThrow(LinkError);
});

test("a broken frame is refused, whatever is broken", ({ expect }) => {
  const piece = encodeFrames([
    { kind: "piece", segment: ownSegment(Uint8Array.of(1, 2), Int32Array.of(1, 0, 2, 0), false), literal: undefined },
  ]);
  const changed = (at: number, ...values: number[]): Uint8Array => {
    const copy = piece.slice();
    copy.set(values, at);
    return copy;
  };
  const broken: [what: string, message: Uint8Array][] = [
    ["unknown kind", Uint8Array.of(99, 0, 0, 0, 0)],
    ["a kind of the other direction", encodeDecision(true)],
    ["no kind", Uint8Array.of(0, 0, 0, 0, 0)],
    ["truncated header", Uint8Array.of(FrameKind.credit, 0, 0)],
    ["length beyond the message", Uint8Array.of(FrameKind.credit, 0, 0, 0, 4, 1)],
    ["huge length", Uint8Array.of(FrameKind.literal, 255, 255, 255, 255, 1)],
    ["credit of three octets", Uint8Array.of(FrameKind.credit, 0, 0, 0, 3, 1, 2, 3)],
    ["literal end with a payload", Uint8Array.of(FrameKind.literalEnd, 0, 0, 0, 1, 1)],
    ["empty literal", Uint8Array.of(FrameKind.literal, 0, 0, 0, 0)],
    ["piece without its header", Uint8Array.of(FrameKind.piece, 0, 0, 0, 3, 0, 0, 0)],
    ["tape longer than the piece", changed(5 + 9, 0, 0, 1, 0)],
    ["tape of half an entry", changed(5 + 9, 0, 0, 0, 8)],
    ["token behind the bytes", changed(20 + 8, 3)],
    ["token before the bytes", changed(20 + 4, 255, 255, 255, 255)],
    ["literal of a size that is no number", changed(5, 2, 0x7f, 0xf8)],
    ["literal of a negative size", changed(5, 2, 0xbf, 0xf0)],
    ["hello that is no JSON", Uint8Array.of(FrameKind.hello, 0, 0, 0, 1, 0x7b)],
    ["hello of a wrong shape", jsonFrame(FrameKind.hello, { ...hello, transport: "carrier-pigeon" })],
    ["hello that is too long", encodeHello({ ...hello, remoteAddress: "x".repeat(LIMITS.linkJson) })],
    ["close with an unknown reason", jsonFrame(FrameKind.close, { reason: "whim" })],
  ];
  for (const [what, message] of broken) expect(() => readAtObject(message), what).toThrow(LinkError);
  for (const message of [encodeHello(hello), piece, Uint8Array.of(99, 0, 0, 0, 0)]) expect(() => readAtEdge(message)).toThrow(LinkError);
});

test("arbitrary octets are read or refused, and nothing else happens", ({ expect }) => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(octets(30), fc.constant(encodeHello(hello)), fc.array(outgoing, { maxLength: 3 }).map(encodeFrames)), {
        maxLength: 3,
      }),
      (parts) => {
        const message = Uint8Array.from(parts.flatMap((part) => [...part]));
        for (const read of [readAtObject, readAtEdge]) {
          try {
            read(message);
          } catch (error) {
            expect(error).toBeInstanceOf(LinkError);
          }
        }
      },
    ),
    { numRuns: 500 },
  );
});

test("a message that is cut anywhere is refused, or is whole frames", ({ expect }) => {
  const message = encodeFrames([
    { kind: "piece", segment: ownSegment(Uint8Array.of(1, 2), Int32Array.of(1, 0, 2, 0), false), literal: undefined },
    { kind: "chunk", data: Uint8Array.of(1, 2, 3) },
    { kind: "credit", octets: 5 },
  ]);
  const wholeAt = new Set<number>();
  for (let end = 0; end <= message.length; end++) {
    try {
      readAtObject(message.subarray(0, end));
      wholeAt.add(end);
    } catch (error) {
      expect(error).toBeInstanceOf(LinkError);
    }
  }
  expect(wholeAt.size).toBe(4);
});
