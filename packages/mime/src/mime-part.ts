/** What every part of a message has. Offsets and sizes are octets from the start of the message. */
interface PartBase {
  /** The first octet of the part's header. */
  readonly headerStart: number;
  /** The first octet after the header and its empty line. */
  readonly bodyStart: number;
  /** The octet after the body. The line end before a boundary line belongs to the boundary (RFC 2046 section 5.1.1). */
  readonly bodyEnd: number;
  /** Line ends (LF) in the header, with its empty line. */
  readonly headerLines: number;
  /** Line ends (LF) in the body: the line count of BODYSTRUCTURE. */
  readonly lines: number;
  /** In lower case. Both are "" when the Content-Type field cannot be read. */
  readonly type: string;
  readonly subtype: string;
  /** Content-Transfer-Encoding in lower case, "7bit" when there is none. */
  readonly encoding: string;
  /** The charset parameter as given. */
  readonly charset: string | undefined;
  /** The kind of disposition in lower case: "attachment", "inline" ... */
  readonly disposition: string | undefined;
}

/** A part without parts. */
export interface LeafPart extends PartBase {
  readonly kind: "leaf";
}

/** A multipart. It has no children when its boundary is missing or never occurs. */
export interface MultipartPart extends PartBase {
  readonly kind: "multipart";
  readonly children: readonly MimePart[];
}

/** message/rfc822: its body is a whole message. */
export interface MessagePart extends PartBase {
  readonly kind: "message";
  readonly message: MimePart;
}

/** A node of the MIME tree. */
export type MimePart = LeafPart | MultipartPart | MessagePart;

/** The parts directly inside a part, however they are held. */
export function childrenOf(part: MimePart): readonly MimePart[] {
  switch (part.kind) {
    case "leaf":
      return [];
    case "multipart":
      return part.children;
    case "message":
      return [part.message];
    default:
      return part satisfies never;
  }
}
