import { test } from "vitest";

import { LIMITS } from "../../src/limits.ts";
import { Framer } from "../../src/parser/framer.ts";
import { octetsOf } from "../../src/parser/segment.ts";
import { KeptPieces } from "../../src/transport/kept-pieces.ts";
import { encodeFrames, type OutgoingFrame } from "../../src/transport/link-frames.ts";
import { RecordingSink } from "../parser/recording-sink.ts";
import { latin1, octets, wasm } from "../parser/tokenizers.ts";

/** A message of these commands, and how many there are. */
function message(text: string, ...more: readonly OutgoingFrame[]): [message: Uint8Array, pieces: number] {
  const sink = new RecordingSink();
  new Framer(wasm, LIMITS).push(octets(text), sink);
  const pieces = sink.segments.map((segment) => ({ kind: "piece", segment, literal: undefined }) as const);
  return [encodeFrames([...pieces, ...more]), pieces.length];
}

function texts(kept: KeptPieces): string[] {
  return kept.read().map(({ segment }) => latin1(octetsOf(segment)));
}

test("pieces are dropped from the front, over the bounds of messages", ({ expect }) => {
  const kept = new KeptPieces();
  expect(kept.add(...message("a NOOP\r\nb NOOP\r\nc NOOP\r\n", { kind: "credit", octets: 7 }))).toBe(true);
  expect(kept.add(...message("d NOOP\r\n"))).toBe(true);
  expect(kept.add(...message("e NOOP\r\nf NOOP\r\n"))).toBe(true);
  kept.drop(2);
  expect([kept.count, texts(kept)]).toEqual([4, ["c NOOP\r\n", "d NOOP\r\n", "e NOOP\r\n", "f NOOP\r\n"]]);
  kept.drop(3);
  expect([kept.count, texts(kept)]).toEqual([1, ["f NOOP\r\n"]]);
  kept.drop(5);
  expect([kept.count, texts(kept)]).toEqual([0, []]);
});

test("a message counts as a whole until the last of its pieces is dropped", ({ expect }) => {
  const [large, pieces] = message("a NOOP\r\n".repeat(100));
  const fit = Math.floor(LIMITS.keptPieces / (large.length + LIMITS.linkFrameOverhead));
  const kept = new KeptPieces();
  for (let time = 0; time < fit; time++) expect(kept.add(large, pieces)).toBe(true);
  kept.drop(pieces - 1);
  expect(kept.add(large, pieces)).toBe(false);

  const freed = new KeptPieces();
  for (let time = 0; time < fit; time++) expect(freed.add(large, pieces)).toBe(true);
  freed.drop(pieces);
  expect(freed.add(large, pieces)).toBe(true);
});
