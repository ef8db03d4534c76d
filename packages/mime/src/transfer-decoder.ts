import { Base64Codec } from "./base64.ts";
import { ByteWriter } from "./byte-writer.ts";
import { QuotedPrintableCodec } from "./quoted-printable.ts";
import { UuencodeCodec } from "./uuencode.ts";

/** Decodes one Content-Transfer-Encoding, octet by octet if need be. Appends to `out`. */
export interface TransferCodec {
  push(chunk: Uint8Array, out: ByteWriter): void;
  finish(out: ByteWriter): void;
}

/** What a Content-Transfer-Encoding means. "unknown" cannot be decoded: BINARY answers UNKNOWN-CTE (RFC 3516 section 4.3). */
export type TransferEncoding = "identity" | "base64" | "quoted-printable" | "uuencode" | "unknown";

/** Reads the name of an encoding, in any case. A part without one is "identity". */
export function transferEncoding(encoding: string | undefined): TransferEncoding {
  switch (encoding?.toLowerCase() ?? "7bit") {
    case "7bit":
    case "8bit":
    case "binary":
      return "identity";
    case "base64":
      return "base64";
    case "quoted-printable":
      return "quoted-printable";
    case "uuencode":
    case "x-uuencode":
    case "x-uue":
      return "uuencode";
    default:
      return "unknown";
  }
}

function createCodec(encoding: string | undefined): TransferCodec | undefined {
  switch (transferEncoding(encoding)) {
    case "base64":
      return new Base64Codec();
    case "quoted-printable":
      return new QuotedPrintableCodec();
    case "uuencode":
      return new UuencodeCodec();
    default:
      return undefined;
  }
}

/**
 * Decodes a body that arrives in chunks. Broken input never throws: what can be decoded is, the rest stays or is skipped
 * as the encoding's RFC says. An unknown encoding changes nothing.
 */
export class TransferDecoder {
  readonly #codec: TransferCodec | undefined;

  constructor(encoding: string | undefined) {
    this.#codec = createCodec(encoding);
  }

  /** The octets that `chunk` completes. Without an encoding that is the chunk itself, not a copy. */
  push(chunk: Uint8Array): Uint8Array {
    if (this.#codec === undefined) return chunk;
    const out = new ByteWriter(chunk.length + 4);
    this.#codec.push(chunk, out);
    return out.view();
  }

  /** What was still held back. */
  finish(): Uint8Array {
    const out = new ByteWriter(16);
    this.#codec?.finish(out);
    return out.view();
  }
}

/** Decodes a body that is in memory. Without an encoding that is the same array, not a copy. */
export function decodeTransfer(bytes: Uint8Array, encoding: string | undefined): Uint8Array {
  const codec = createCodec(encoding);
  if (codec === undefined) return bytes;
  const out = new ByteWriter(bytes.length + 4);
  codec.push(bytes, out);
  codec.finish(out);
  return out.view();
}
