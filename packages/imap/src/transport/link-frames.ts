import type { LiteralHeader } from "../parser/framer.ts";
import type { Segment } from "../parser/segment.ts";
import { LIMITS } from "../limits.ts";
import type { Input } from "../session/dispatcher-port.ts";
import { Checkpoint } from "../session/snapshot.ts";
import { Close, Hello, type CloseReason } from "./link-payloads.ts";

/**
 * Frames of the link between the edge and the account object.
 *
 * A WebSocket message is one or many frames: `kind u8, length u32 (big-endian), payload`. A frame never
 * spans two messages. What breaks these rules throws {@link LinkError}, and the link is closed.
 */
export const FrameKind = {
  /** Edge to object, first: {@link Hello} as JSON. */
  hello: 1,
  /** Edge to object: one piece of a command with its token tape. */
  piece: 2,
  /** Edge to object: octets of a streamed literal. */
  literal: 3,
  /** Edge to object: the streamed literal is complete. */
  literalEnd: 4,
  /** Object to edge: the literal that the last piece ended with is wanted. */
  accept: 5,
  /** Object to edge: it is not. */
  refuse: 6,
  /** Object to edge: response octets, ready for the socket. */
  output: 7,
  /** Both: u32, octets that the receiver has passed on. */
  credit: 8,
  /** Object to edge: u32, 0 or, while the session waits in IDLE and has nothing else to do, how many pieces it has taken that are not settled. */
  idle: 9,
  /** Object to edge: u32, that many more pieces have been answered: with them all that was received is. */
  settled: 10,
  /** Object to edge: u8, 1 while the output so far ends inside of a response. */
  responseOpen: 11,
  /** Both, last: {@link Close} as JSON. */
  close: 12,
  /** Object to edge: a {@link Checkpoint} as JSON, which the edge keeps unread. Edge to object, right behind hello: the session goes on from it. */
  checkpoint: 13,
} as const;

/** Octets before a frame's payload. */
export const FRAME_HEADER = 5;
/** Octets of a credit, settled or idle frame. */
export const NUMBER_FRAME = FRAME_HEADER + 4;
/** Octets of a response-open frame. */
export const FLAG_FRAME = FRAME_HEADER + 1;

/** Flags u8, size of the literal f64, octets of the tape u32. */
const PIECE_HEADER = 13;
/** Up to this length a loop copies faster than a view and a `set`. */
const LOOP_COPY = 64;
const PieceFlag = { continues: 1, literal: 2, synchronizing: 4, binary: 8 } as const;

/** A frame that breaks the rules of the link. */
export class LinkError extends Error {
  override readonly name = "LinkError";
}

/** What the edge sends. */
export interface ObjectFrames {
  hello(hello: Hello): void;
  checkpoint(checkpoint: Checkpoint): void;
  /** `cost` counts against the window, see {@link frameCost}. The pieces of one message share its memory. */
  piece(segment: Segment, literal: LiteralHeader | undefined, cost: number): void;
  literal(data: Uint8Array, cost: number): void;
  literalEnd(): void;
  credit(octets: number): void;
  closed(reason: CloseReason): void;
}

/** What the account object sends. */
export interface EdgeFrames {
  decision(accepted: boolean): void;
  /** A view of the message. */
  output(bytes: Uint8Array): void;
  credit(octets: number): void;
  /** 0: the session does not wait in IDLE. */
  idle(pieces: number): void;
  settledPieces(pieces: number): void;
  responseOpen(on: boolean): void;
  /** JSON, to be presented as it is; a view of the message. */
  checkpoint(json: Uint8Array): void;
  closed(reason: CloseReason): void;
}

/** What a frame with this payload counts against LIMITS.linkWindow. */
function frameCost(payload: number): number {
  return payload + LIMITS.linkFrameOverhead;
}

/** Reads a message from the edge. @throws LinkError; frames before the broken one have been delivered. */
export function readObjectFrames(message: Uint8Array, to: ObjectFrames): void {
  const pieces = new PieceReader(message);
  forEachFrame(message, (kind, start, end) => {
    switch (kind) {
      case FrameKind.hello:
        to.hello(readJson(message, start, end, Hello));
        return;
      case FrameKind.checkpoint:
        to.checkpoint(readJson(message, start, end, Checkpoint));
        return;
      case FrameKind.piece:
        pieces.read(start, end, to);
        return;
      case FrameKind.literal:
        if (start === end) throw new LinkError("Empty literal frame");
        to.literal(message.subarray(start, end), frameCost(end - start));
        return;
      case FrameKind.literalEnd:
        expectLength(start, end, 0);
        to.literalEnd();
        return;
      case FrameKind.credit:
        to.credit(readNumber(message, start, end));
        return;
      case FrameKind.close:
        to.closed(readJson(message, start, end, Close).reason);
        return;
      default:
        throw new LinkError(`Unknown frame ${kind} from the edge`);
    }
  });
}

/** Reads a message from the account object. @throws LinkError; frames before the broken one have been delivered. */
export function readEdgeFrames(message: Uint8Array, to: EdgeFrames): void {
  forEachFrame(message, (kind, start, end) => {
    switch (kind) {
      case FrameKind.accept:
      case FrameKind.refuse:
        expectLength(start, end, 0);
        to.decision(kind === FrameKind.accept);
        return;
      case FrameKind.output:
        to.output(message.subarray(start, end));
        return;
      case FrameKind.credit:
        to.credit(readNumber(message, start, end));
        return;
      case FrameKind.idle:
        to.idle(readNumber(message, start, end));
        return;
      case FrameKind.settled:
        to.settledPieces(readNumber(message, start, end));
        return;
      case FrameKind.responseOpen:
        expectLength(start, end, 1);
        to.responseOpen(message[start] === 1);
        return;
      case FrameKind.checkpoint:
        if (end - start > LIMITS.linkJson) throw new LinkError("JSON payload too long");
        to.checkpoint(message.subarray(start, end));
        return;
      case FrameKind.close:
        to.closed(readJson(message, start, end, Close).reason);
        return;
      default:
        throw new LinkError(`Unknown frame ${kind} from the account object`);
    }
  });
}

/** The pieces of a message that was sent to an account object. They share its memory. */
export function readPieces(message: Uint8Array): OutgoingPiece[] {
  const pieces: OutgoingPiece[] = [];
  const reader = new PieceReader(message);
  const to = { piece: (segment: Segment, literal: LiteralHeader | undefined) => void pieces.push({ kind: "piece", segment, literal }) };
  forEachFrame(message, (kind, start, end) => {
    if (kind === FrameKind.piece) reader.read(start, end, to);
  });
  return pieces;
}

function forEachFrame(message: Uint8Array, take: (kind: number, start: number, end: number) => void): void {
  const view = viewOf(message);
  let at = 0;
  while (at < message.length) {
    if (message.length - at < FRAME_HEADER) throw new LinkError("Truncated frame header");
    const start = at + FRAME_HEADER;
    const length = view.getUint32(at + 1);
    if (length > message.length - start) throw new LinkError("Truncated frame");
    take(message[at] ?? 0, start, start + length);
    at = start + length;
  }
}

/** Reads the pieces of one message: the views are made once for all of them. */
class PieceReader {
  readonly #message: Uint8Array;
  #bytes: Uint8Array | undefined;
  #view: DataView = NO_VIEW;
  #tape: Int32Array = NO_TAPE;

  constructor(message: Uint8Array) {
    this.#message = message;
  }

  read(start: number, end: number, to: Pick<ObjectFrames, "piece">): void {
    if (end - start < PIECE_HEADER) throw new LinkError("Truncated piece");
    const bytes = (this.#bytes ??= this.#open());
    const flags = bytes[start] ?? 0;
    const tapeOctets = this.#view.getUint32(start + 9);
    const tapeStart = align(start + PIECE_HEADER);
    const tapeEnd = tapeStart + tapeOctets;
    // A tape is entries of four 32-bit integers.
    if (tapeOctets % 16 !== 0 || tapeEnd > end) throw new LinkError("Tape out of bounds");
    const tape = this.#tape;
    checkTape(tape, tapeStart >> 2, tapeEnd >> 2, end - tapeEnd);
    const continues = (flags & PieceFlag.continues) !== 0;
    const segment: Segment = { bytes, start: tapeEnd, end, tape, tapeStart: tapeStart >> 2, tapeEnd: tapeEnd >> 2, continues };
    to.piece(
      segment,
      (flags & PieceFlag.literal) === 0 ? undefined : readLiteral(flags, this.#view.getFloat64(start + 1)),
      frameCost(end - start),
    );
  }

  /** Both ends run on little-endian machines, as does WebAssembly, so a tape is read where it lies: on a multiple of four in its message. */
  #open(): Uint8Array {
    const bytes = this.#message.byteOffset % 4 === 0 ? this.#message : this.#message.slice();
    this.#view = viewOf(bytes);
    this.#tape = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
    return bytes;
  }
}

function readLiteral(flags: number, size: number): LiteralHeader {
  if (!Number.isSafeInteger(size) || size < 0) throw new LinkError("Literal size out of bounds");
  return { size, synchronizing: (flags & PieceFlag.synchronizing) !== 0, binary: (flags & PieceFlag.binary) !== 0 };
}

/** No token may lie outside of the piece: readers take starts and ends on trust. */
function checkTape(tape: Int32Array, from: number, to: number, length: number): void {
  for (let at = from; at < to; at += 4) {
    // As unsigned numbers, so that what is negative is too large.
    if ((tape[at + 1] ?? 0) >>> 0 > length || (tape[at + 2] ?? 0) >>> 0 > length) throw new LinkError("Token out of bounds");
  }
}

function readNumber(message: Uint8Array, start: number, end: number): number {
  expectLength(start, end, 4);
  return viewOf(message).getUint32(start);
}

function expectLength(start: number, end: number, length: number): void {
  if (end - start !== length) throw new LinkError("Frame of a wrong length");
}

function readJson<T>(
  message: Uint8Array,
  start: number,
  end: number,
  schema: { safeParse(value: unknown): { success: true; data: T } | { success: false; error: Error } },
): T {
  if (end - start > LIMITS.linkJson) throw new LinkError("JSON payload too long");
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(message.subarray(start, end)));
  } catch (error) {
    throw new LinkError("JSON payload cannot be read", { cause: error });
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new LinkError("JSON payload of a wrong shape", { cause: parsed.error });
  return parsed.data;
}

/** Frames that wait to be sent as one message. */
export type OutgoingFrame = Input | { readonly kind: "credit"; readonly octets: number };

/** A piece of a command on its way. */
export type OutgoingPiece = Extract<OutgoingFrame, { readonly kind: "piece" }>;

/** What a frame counts against the window. */
export function outgoingCost(frame: OutgoingFrame): number {
  if (frame.kind === "piece") return frameCost(PIECE_HEADER + segmentOctets(frame.segment));
  return frame.kind === "chunk" ? frameCost(frame.data.length) : 0;
}

/** Encodes frames from the edge as one message of exactly their size: each octet is copied once. */
export function encodeFrames(frames: readonly OutgoingFrame[]): Uint8Array<ArrayBuffer> {
  let size = 0;
  for (const frame of frames) size = frameEnd(frame, size);
  const message = new Uint8Array(size);
  const writer = { message, view: viewOf(message), tape: new Int32Array(message.buffer, 0, size >> 2) };
  let at = 0;
  // Not for-of, which puts its body into a try block for the iterator's sake. V8 inlines writeFrame here or not, by which of the two
  // it happens to optimize first, and in such a block the inlined copy is a fifth slower.
  for (let next = 0; next < frames.length; next++) {
    const frame = frames[next];
    if (frame !== undefined) at = writeFrame(writer, frame, at);
  }
  return message;
}

/** Octets of a piece and of its tape. */
function segmentOctets({ start, end, tapeStart, tapeEnd }: Segment): number {
  return (tapeEnd - tapeStart) * 4 + end - start;
}

function frameEnd(frame: OutgoingFrame, at: number): number {
  switch (frame.kind) {
    case "piece":
      return align(at + FRAME_HEADER + PIECE_HEADER) + segmentOctets(frame.segment);
    case "chunk":
      return at + FRAME_HEADER + frame.data.length;
    case "literal-end":
      return at + FRAME_HEADER;
    case "credit":
      return at + NUMBER_FRAME;
    default:
      return frame satisfies never;
  }
}

/** A message that is written, and its views. */
interface MessageWriter {
  readonly message: Uint8Array;
  readonly view: DataView;
  readonly tape: Int32Array;
}

function writeFrame({ message, view, tape }: MessageWriter, frame: OutgoingFrame, at: number): number {
  const end = frameEnd(frame, at);
  const start = at + FRAME_HEADER;
  view.setUint32(at + 1, end - start);
  switch (frame.kind) {
    case "piece": {
      const { segment, literal } = frame;
      message[at] = FrameKind.piece;
      message[start] = pieceFlags(segment, literal);
      if (literal !== undefined) view.setFloat64(start + 1, literal.size);
      const integers = segment.tapeEnd - segment.tapeStart;
      view.setUint32(start + 9, integers * 4);
      const tapeStart = align(start + PIECE_HEADER);
      copyTape(segment, tape, tapeStart >> 2);
      if (integers > 0) {
        // The COMMAND entry is of the array that it comes from.
        tape[(tapeStart >> 2) + 1] = 0;
        tape[(tapeStart >> 2) + 2] = segment.end - segment.start;
        tape[(tapeStart >> 2) + 3] = integers >> 2;
      }
      copyOctets(segment, message, tapeStart + integers * 4);
      return end;
    }
    case "chunk":
      view.setUint8(at, FrameKind.literal);
      message.set(frame.data, start);
      return end;
    case "literal-end":
      view.setUint8(at, FrameKind.literalEnd);
      return end;
    case "credit":
      return writeNumberFrame(message, at, FrameKind.credit, frame.octets);
    default:
      return frame satisfies never;
  }
}

/** Copies a piece's tape. Short ones in a loop, which is then of one kind of array: a view and a `set` take longer. */
function copyTape({ tape, tapeStart, tapeEnd }: Segment, target: Int32Array, at: number): void {
  if (tapeEnd - tapeStart > LOOP_COPY) target.set(tape.subarray(tapeStart, tapeEnd), at);
  else for (let next = tapeStart; next < tapeEnd; next++) target[at + next - tapeStart] = tape[next] ?? 0;
}

/** The same for its octets. */
function copyOctets({ bytes, start, end }: Segment, target: Uint8Array, at: number): void {
  if (end - start > LOOP_COPY) target.set(bytes.subarray(start, end), at);
  else for (let next = start; next < end; next++) target[at + next - start] = bytes[next] ?? 0;
}

function pieceFlags(segment: Segment, literal: LiteralHeader | undefined): number {
  let flags = segment.continues ? PieceFlag.continues : 0;
  if (literal !== undefined)
    flags |= PieceFlag.literal | (literal.synchronizing ? PieceFlag.synchronizing : 0) | (literal.binary ? PieceFlag.binary : 0);
  return flags;
}

/** Writes the header of a frame whose payload of `length` octets follows it. Returns where the payload starts. */
export function writeFrameHeader(message: Uint8Array, at: number, kind: number, length: number): number {
  message[at] = kind;
  viewOf(message).setUint32(at + 1, length);
  return at + FRAME_HEADER;
}

/** Writes a credit, settled or idle frame. Returns where it ends. */
export function writeNumberFrame(
  message: Uint8Array,
  at: number,
  kind: typeof FrameKind.credit | typeof FrameKind.settled | typeof FrameKind.idle,
  value: number,
): number {
  const start = writeFrameHeader(message, at, kind, 4);
  viewOf(message).setUint32(start, value);
  return start + 4;
}

/** Writes a response-open frame. Returns where it ends. */
export function writeResponseOpenFrame(message: Uint8Array, at: number, on: boolean): number {
  const start = writeFrameHeader(message, at, FrameKind.responseOpen, 1);
  message[start] = on ? 1 : 0;
  return start + 1;
}

export function encodeHello(hello: Hello): Uint8Array<ArrayBuffer> {
  return encodeJson(FrameKind.hello, hello);
}

export function encodeCheckpoint(checkpoint: Checkpoint): Uint8Array<ArrayBuffer> {
  return encodeJson(FrameKind.checkpoint, checkpoint);
}

/** A checkpoint frame of JSON that an account object has sent. */
export function encodeKeptCheckpoint(json: Uint8Array): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array(FRAME_HEADER + json.length);
  message.set(json, writeFrameHeader(message, 0, FrameKind.checkpoint, json.length));
  return message;
}

export function encodeClose(reason: CloseReason): Uint8Array<ArrayBuffer> {
  return encodeJson(FrameKind.close, { reason } satisfies Close);
}

export function encodeDecision(accepted: boolean): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array(FRAME_HEADER);
  message[0] = accepted ? FrameKind.accept : FrameKind.refuse;
  return message;
}

function encodeJson(kind: number, value: object): Uint8Array<ArrayBuffer> {
  const json = encoder.encode(JSON.stringify(value));
  const message = new Uint8Array(FRAME_HEADER + json.length);
  message.set(json, writeFrameHeader(message, 0, kind, json.length));
  return message;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function align(offset: number): number {
  return (offset + 3) & ~3;
}

const NO_VIEW = new DataView(new ArrayBuffer(0));
const NO_TAPE = new Int32Array(0);
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
