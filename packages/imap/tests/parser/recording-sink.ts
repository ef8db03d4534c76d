import type { FatalReason, Framer, FramerSink, LiteralHeader } from "../../src/parser/framer.ts";
import { octetsOf, type Segment } from "../../src/parser/segment.ts";
import { ENTRY_SIZE } from "../../src/parser/tape.ts";
import { latin1, words } from "./tokenizers.ts";

export type Decision = "inline" | "stream" | "refuse" | "later";

/** One thing that a framer said. Streamed octets in a row are one event, however they came. */
export type Event =
  | { readonly kind: "command"; readonly text: string; readonly words: readonly string[]; readonly continues: boolean }
  | {
      readonly kind: "literal";
      readonly text: string;
      readonly words: readonly string[];
      readonly continues: boolean;
      readonly literal: LiteralHeader;
    }
  | { kind: "chunk"; text: string }
  | { readonly kind: "end" }
  | { readonly kind: "fatal"; readonly reason: FatalReason; readonly tag: string | undefined };

/** Keeps what a framer says, and decides on literals at once. */
export class RecordingSink implements FramerSink {
  readonly events: Event[] = [];
  readonly segments: Segment[] = [];
  readonly chunks: Uint8Array[] = [];
  framer: Framer | undefined;
  readonly #decide: (literal: LiteralHeader, segment: Segment) => Decision;

  constructor(decide: (literal: LiteralHeader, segment: Segment) => Decision = () => "later") {
    this.#decide = decide;
  }

  command(segment: Segment): void {
    this.segments.push(segment);
    this.events.push({ kind: "command", ...readable(segment) });
  }

  literal(segment: Segment, literal: LiteralHeader): void {
    this.segments.push(segment);
    this.events.push({ kind: "literal", ...readable(segment), literal });
    this.act(this.#decide(literal, segment));
  }

  act(decision: Decision): void {
    if (decision === "inline") this.framer?.acceptInline(this);
    if (decision === "stream") this.framer?.acceptStream(this);
    if (decision === "refuse") this.framer?.refuse(this);
  }

  chunk(data: Uint8Array): void {
    this.chunks.push(data);
    const last = this.events.at(-1);
    if (last?.kind === "chunk") last.text += latin1(data);
    else this.events.push({ kind: "chunk", text: latin1(data) });
  }

  literalEnd(): void {
    this.events.push({ kind: "end" });
  }

  fatal(reason: FatalReason, tag: Uint8Array | undefined): void {
    this.events.push({ kind: "fatal", reason, tag: tag === undefined ? undefined : latin1(tag) });
  }

  /** The events in short: texts of commands, and what happened between them. */
  get story(): string[] {
    return this.events.map((event) => {
      if (event.kind === "command") return `${event.continues ? "..." : ""}${event.text}`;
      if (event.kind === "literal") return `${event.continues ? "..." : ""}${event.text} literal ${event.literal.size}`;
      if (event.kind === "chunk") return `chunk ${event.text}`;
      return event.kind === "end" ? "end" : `fatal ${event.reason} ${event.tag}`;
    });
  }
}

function readable(segment: Segment): { text: string; words: string[]; continues: boolean } {
  const bytes = octetsOf(segment);
  return { text: latin1(bytes), words: words(tapeOf(segment), bytes), continues: segment.continues };
}

/** The tape of one piece, as it is where the piece has its arrays to itself. */
export function tapeOf({ start, end, tape, tapeStart, tapeEnd }: Segment): Int32Array {
  const own = tape.slice(tapeStart, tapeEnd);
  own.set([0, end - start, own.length / ENTRY_SIZE], 1);
  return own;
}
