import { octetsOf } from "../parser/segment.ts";
import type { Input } from "./dispatcher-port.ts";

/** The octets of each piece of a queue, up to what is part of a streamed literal. */
export function* octetsOfPieces(queue: Iterable<Input>): Generator<Uint8Array> {
  for (const input of queue) {
    if (input.kind !== "piece") return;
    yield octetsOf(input.segment);
  }
}
