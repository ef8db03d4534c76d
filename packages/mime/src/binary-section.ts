import { matches, toBytes } from "./ascii.ts";
import { ByteWriter } from "./byte-writer.ts";
import { FieldReader } from "./field-reader.ts";
import { type MimePart, childrenOf } from "./mime-part.ts";
import { decodeTransfer, transferEncoding } from "./transfer-decoder.ts";

const ENCODING_FIELD = toBytes("content-transfer-encoding");
const BINARY_FIELD = "Content-Transfer-Encoding: binary\r\n";

/**
 * The body of a part as BINARY answers it (RFC 3516 section 4.2): decoded.
 *
 * A part with parts in it has no encoding of its own. RFC 9051 section 6.4.5 leaves BINARY of such a part out; who asks for it
 * gets every part in it decoded, under a header that says so.
 *
 * @param message the whole message, or any stretch of it that holds the part
 * @param base the offset of `message[0]` in the message
 * @returns undefined when a part has an encoding that nobody knows: the answer is NO with UNKNOWN-CTE
 */
export function binarySection(message: Uint8Array, part: MimePart, base = 0): Uint8Array | undefined {
  if (childrenOf(part).length === 0) return decodeBody(message, part, base);
  const out = new ByteWriter(part.bodyEnd - part.bodyStart);
  return writeBody(out, message, part, base) ? out.view() : undefined;
}

function decodeBody(message: Uint8Array, part: MimePart, base: number): Uint8Array | undefined {
  if (!isKnown(part)) return undefined;
  return decodeTransfer(message.subarray(part.bodyStart - base, part.bodyEnd - base), part.encoding);
}

/** Encodings outside RFC 2045 are not decoded here: the client is told, and can fetch the part as it is. */
function isKnown(part: MimePart): boolean {
  const encoding = transferEncoding(part.encoding);
  return encoding !== "unknown" && encoding !== "uuencode";
}

function writeBody(out: ByteWriter, message: Uint8Array, part: MimePart, base: number): boolean {
  const children = childrenOf(part);
  if (children.length === 0) {
    const decoded = decodeBody(message, part, base);
    if (decoded !== undefined) out.bytes(decoded);
    return decoded !== undefined;
  }
  if (!isKnown(part)) return false;
  let at = part.bodyStart;
  for (const child of children) {
    out.bytes(message, at - base, child.headerStart - base);
    writeHeader(out, message.subarray(child.headerStart - base, child.bodyStart - base), child);
    if (!writeBody(out, message, child, base)) return false;
    at = child.bodyEnd;
  }
  out.bytes(message, at - base, part.bodyEnd - base);
  return true;
}

function writeHeader(out: ByteWriter, header: Uint8Array, part: MimePart): void {
  if (transferEncoding(part.encoding) === "identity") {
    out.bytes(header);
    return;
  }
  const fields = new FieldReader(header);
  while (fields.next()) {
    if (!matches(header, fields.nameStart, fields.nameEnd, ENCODING_FIELD)) out.bytes(header, fields.start, fields.end);
  }
  out.ascii(BINARY_FIELD);
  out.bytes(header, fields.end);
}
