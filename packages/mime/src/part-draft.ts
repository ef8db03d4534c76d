import type { Fragment, StructurePart } from "./body-structure.ts";
import type { MimePart } from "./mime-part.ts";

const NO_FRAGMENT: Fragment = { front: 0, middle: 0, back: 0, end: 0 };

/** A part while its message is being read. */
export class PartDraft implements StructurePart {
  readonly parent: PartDraft | undefined;
  readonly depth: number;
  readonly children: PartDraft[] = [];
  headerStart: number;
  /** Line ends of the message before the header, and before the body. */
  linesBefore: number;
  #linesBeforeBody = 0;
  kind: "leaf" | "multipart" | "message" = "leaf";
  /** Whether its children are messages unless they say otherwise: RFC 2046 section 5.1.5. */
  isDigest = false;
  isText = false;
  type = "";
  subtype = "";
  encoding = "7bit";
  charset: string | undefined;
  disposition: string | undefined;
  fragment: Fragment = NO_FRAGMENT;
  bodyStart = 0;
  bodyEnd = -1;
  lines = 0;

  constructor(parent: PartDraft | undefined, headerStart: number, linesBefore: number) {
    this.parent = parent;
    this.depth = parent === undefined ? 0 : parent.depth + 1;
    this.headerStart = headerStart;
    this.linesBefore = linesBefore;
  }

  /** @param lines line ends of the message so far */
  startBody(at: number, lines: number): void {
    this.bodyStart = at;
    this.#linesBeforeBody = lines;
  }

  /** Ends the body, once: a part that was ended earlier stays as it was. */
  endBody(at: number, lines: number): void {
    if (this.bodyEnd >= 0) return;
    this.bodyEnd = at;
    this.lines = lines - this.#linesBeforeBody;
  }

  /** Ends the part without a body, and without the empty line, of `length` octets, that its header seemed to end with. */
  takeBackEmptyLine(length: number): void {
    this.bodyStart -= length;
    this.#linesBeforeBody--;
    this.endBody(this.bodyStart, this.#linesBeforeBody);
    const message = this.children[0];
    if (message === undefined) return;
    message.headerStart = this.bodyStart;
    message.linesBefore = this.#linesBeforeBody;
  }

  toPart(): MimePart {
    const { bodyEnd, bodyStart, charset, disposition, encoding, headerStart, lines, subtype, type } = this;
    const headerLines = this.#linesBeforeBody - this.linesBefore;
    const base = { headerStart, bodyStart, bodyEnd, headerLines, lines, type, subtype, encoding, charset, disposition };
    const message = this.children[0];
    if (this.kind === "message" && message !== undefined) return { kind: "message", ...base, message: message.toPart() };
    if (this.kind === "multipart") return { kind: "multipart", ...base, children: this.children.map((child) => child.toPart()) };
    return { kind: "leaf", ...base };
  }
}
