import { toBytes } from "./ascii.ts";
import { type TypeName, writeCommonBack, writeLeafBack, writeLeafFront, writeMultipartFront } from "./body-structure.ts";
import { ByteWriter } from "./byte-writer.ts";
import { writeEnvelope, type Ranges } from "./envelope.ts";
import type { MimeLimits } from "./limits.ts";
import { messageIds } from "./message-id.ts";
import type { PartDraft } from "./part-draft.ts";
import { type PartHeader, charsetOf, lowerText } from "./part-header.ts";

const BOUNDARY = toBytes("boundary");
const MESSAGE = toBytes("message");
const MULTIPART = toBytes("multipart");
const RFC822 = toBytes("rfc822");
const TEXT = toBytes("text");
/** Holds an ENVELOPE while it is written; its content never outlives a call. */
const output = new ByteWriter(4096);
const EMPTY_ENVELOPE = "(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)";
const DEFAULT_CHARSET = "us-ascii";

/** Normalized message ids, without angle brackets. */
export interface ThreadIds {
  readonly messageId: string | undefined;
  readonly inReplyTo: string | undefined;
  /** From the References field; the root of the thread first. */
  readonly references: readonly string[];
}

/** Decides from its header what a part is, and writes what ENVELOPE and BODYSTRUCTURE say about it. */
export class PartDescriber {
  /** The ENVELOPE of the message itself. */
  envelope: Uint8Array = new Uint8Array(0);
  thread: ThreadIds = { messageId: undefined, inReplyTo: undefined, references: [] };
  readonly #limits: MimeLimits;
  readonly #fragments = new ByteWriter(512);

  constructor(limits: MimeLimits) {
    this.#limits = limits;
  }

  /** The octets that the fragments of the parts point into. */
  get fragments(): Uint8Array {
    return this.#fragments.buffer;
  }

  /**
   * Completes `part` from its header.
   *
   * @param complete whether the header ended with an empty line, so that parts can follow
   * @param mayAdd whether the message may have one more part
   * @returns the boundary to look for, when the part is a multipart that has one
   */
  describe(part: PartDraft, header: PartHeader, complete: boolean, mayAdd: boolean): Uint8Array | undefined {
    const boundary = complete && header.isType(MULTIPART) ? header.parameter(BOUNDARY) : undefined;
    const isFull = part.depth + 1 >= this.#limits.depth;
    const name = this.#decide(part, header, boundary !== undefined, isFull, mayAdd);
    this.#setWords(part, header, name);
    this.#writeFragment(part, header, name);
    if (part.parent === undefined) this.#readTop(header);
    return part.kind === "multipart" ? boundary?.slice(0, this.#limits.boundary) : undefined;
  }

  /** Sets the kind; where the limits do not let a part have parts it is opaque data. */
  #decide(part: PartDraft, header: PartHeader, hasBoundary: boolean, isFull: boolean, mayAdd: boolean): TypeName {
    if (header.isType(MULTIPART)) {
      if ((hasBoundary && isFull) || header.contentType?.subtype.length === 0) return "application/octet-stream";
      part.kind = "multipart";
      return "given";
    }
    if (header.isType(MESSAGE, RFC822) || (header.contentType === undefined && part.parent?.isDigest === true)) {
      if (isFull || !mayAdd) return "application/octet-stream";
      part.kind = "message";
      return "message/rfc822";
    }
    part.isText = header.contentType === undefined || header.isType(TEXT);
    return header.contentType === undefined ? "text/plain" : "given";
  }

  #setWords(part: PartDraft, header: PartHeader, name: TypeName): void {
    const limits = this.#limits;
    if (name === "given" && header.contentType !== undefined) {
      part.type = lowerText(header.contentType.type, limits);
      part.subtype = lowerText(header.contentType.subtype, limits);
    } else {
      const slash = name.indexOf("/");
      part.type = name.slice(0, slash);
      part.subtype = name.slice(slash + 1);
    }
    part.isDigest = part.kind === "multipart" && part.subtype === "digest";
    part.charset = charsetOf(header, limits) ?? (part.isText ? DEFAULT_CHARSET : undefined);
    if (header.encoding !== undefined) part.encoding = lowerText(header.encoding, limits);
    if (header.disposition !== undefined) part.disposition = lowerText(header.disposition.type, limits);
  }

  #writeFragment(part: PartDraft, header: PartHeader, name: TypeName): void {
    const out = this.#fragments;
    const front = out.length;
    const brief = front > this.#limits.keptFields;
    if (part.kind === "multipart") writeMultipartFront(out, header, brief);
    else writeLeafFront(out, header, name, part.isText, brief);
    const middle = out.length;
    if (part.kind === "multipart") writeCommonBack(out, header, brief);
    else writeLeafBack(out, header, brief);
    const back = out.length;
    if (part.parent?.kind === "message") {
      if (brief) out.ascii(EMPTY_ENVELOPE);
      else writeEnvelope(out, header.header, header.envelope, this.#limits);
    }
    part.fragment = { front, middle, back, end: out.length };
  }

  #readTop(header: PartHeader): void {
    output.truncate();
    writeEnvelope(output, header.header, header.envelope, this.#limits);
    this.envelope = output.release();
    const { inReplyTo, messageId, references } = header.envelope;
    this.thread = {
      messageId: this.#ids(header, messageId, 1)[0],
      inReplyTo: this.#ids(header, inReplyTo, 1)[0],
      references: this.#ids(header, references, this.#limits.references),
    };
  }

  #ids(header: PartHeader, [start, end]: Ranges, limit: number): string[] {
    return start === undefined || end === undefined ? [] : messageIds(header.header, start, end, limit);
  }
}
