import { decodeUtf7 } from "./utf7.ts";

type Decoder = InstanceType<typeof TextDecoder>;

/** Decoders made so far. Bounded, because a message can name any label. */
const decoders = new Map<string, Decoder | undefined>();
const MAX_DECODERS = 64;

const ESCAPE = 0x1b;
const SHIFT_OUT = 0x0e;
const SHIFT_IN = 0x0f;
const TILDE = 0x7e;

/**
 * Decodes text for searching and previews. Never throws: octets that do not fit become U+FFFD.
 *
 * Knows the labels of the WHATWG Encoding Standard, and UTF-7, ISO-2022-KR and HZ-GB-2312, which mail uses and that
 * standard dropped. An unknown charset, and us-ascii with octets above ASCII in it, is read as UTF-8 where it is that, else as
 * windows-1252.
 */
export function decodeCharset(bytes: Uint8Array, charset: string | undefined): string {
  if (charset === "utf-8") return utf8.decode(bytes);
  // RFC 2231 section 5: a language may follow the charset.
  const label = (charset ?? "us-ascii").split("*", 1)[0]?.trim().toLowerCase() ?? "";
  switch (label) {
    case "utf-8":
    case "utf8":
      return utf8.decode(bytes);
    case "":
    case "us-ascii":
    case "ascii":
    case "ansi_x3.4-1968":
    case "unknown-8bit":
    case "8bit":
      return decodeUnlabelled(bytes);
    case "utf-7":
    case "unicode-1-1-utf-7":
    case "utf7":
      return decodeUtf7(bytes);
    case "iso-2022-kr":
    case "csiso2022kr":
      return decodeWith("euc-kr", shiftedToHigh(bytes));
    case "hz-gb-2312":
      return decodeWith("gbk", hzToHigh(bytes));
    default:
      return decodeWith(label, bytes);
  }
}

/** Whether octets that are all ASCII are that text in this charset. Of those of which this is so, the ones that nearly all mail has. */
export function isAsciiCompatible(charset: string | undefined): boolean {
  return charset === undefined || /^(?:us-ascii|utf-?8|iso-8859-\d{1,2}|windows-125\d)$/i.test(charset);
}

const utf8 = new TextDecoder("utf-8", { fatal: false, ignoreBOM: false });
const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });
const windows1252 = new TextDecoder("windows-1252", { fatal: false, ignoreBOM: true });

/** Text of which nothing is known: UTF-8 if it is well-formed, else windows-1252. */
export function decodeUnlabelled(bytes: Uint8Array): string {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    // Not UTF-8: the only thing that a strict decoder throws for.
    return windows1252.decode(bytes);
  }
}

function decodeWith(label: string, bytes: Uint8Array): string {
  const decoder = decoderFor(label);
  return decoder === undefined ? decodeUnlabelled(bytes) : decoder.decode(bytes);
}

function decoderFor(label: string): Decoder | undefined {
  if (decoders.has(label)) return decoders.get(label);
  if (decoders.size >= MAX_DECODERS) decoders.clear();
  const decoder = createDecoder(label) ?? createDecoder(label.replace(/^(?:cp|x-cp|ms|ibm)-?(?=125\d$|874$)/, "windows-"));
  decoders.set(label, decoder);
  return decoder;
}

function createDecoder(label: string): Decoder | undefined {
  try {
    const decoder = new TextDecoder(label, { fatal: false, ignoreBOM: false });
    // The replacement encoding turns any text into one U+FFFD.
    return decoder.encoding === "replacement" ? undefined : decoder;
  } catch {
    // The label is unknown: the only thing that the constructor throws for.
    return undefined;
  }
}

/** ISO-2022-KR (RFC 1557): between SO and SI two octets make a KS C 5601 character, which EUC-KR writes with the high bit. */
function shiftedToHigh(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length);
  let length = 0;
  let high = 0;
  for (let i = 0; i < bytes.length; i++) {
    const octet = bytes[i] ?? 0;
    // The designator ESC $ ) C has no text.
    if (octet === ESCAPE && bytes[i + 1] === 0x24 && bytes[i + 2] === 0x29) i += 3;
    else if (octet === SHIFT_OUT) high = 0x80;
    else if (octet === SHIFT_IN) high = 0;
    else out[length++] = octet > 0x20 ? octet | high : octet;
  }
  return out.subarray(0, length);
}

/** HZ (RFC 1843): between `~{` and `~}` two octets make a GB 2312 character. */
function hzToHigh(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length);
  let length = 0;
  let high = 0;
  for (let i = 0; i < bytes.length; i++) {
    const octet = bytes[i] ?? 0;
    if (octet === TILDE) {
      const next = bytes[++i];
      if (next === 0x7b) high = 0x80;
      else if (next === 0x7d) high = 0;
      else if (next === TILDE) out[length++] = TILDE;
    } else out[length++] = octet > 0x20 ? octet | high : octet;
  }
  return out.subarray(0, length);
}
