import { type Charset, encodeText } from "./charsets.ts";
import { base64Lines, encodedWords, extendedParameter, quotedPrintable } from "./encodings.ts";
import type { Random } from "./random.ts";

/** A MIME entity: its header fields in order, not yet folded, and its body in octets with CRLF lines. */
export interface Entity {
  readonly headers: readonly Header[];
  readonly body: Uint8Array;
}
export type Header = readonly [name: string, value: string];

/** Lines are folded where they would pass this column (RFC 5322 section 2.1.1 recommends 78). */
const FOLD_AT = 76;

const ascii = new TextEncoder();

/** An entity, or a message, as octets. */
export function serialize({ headers, body }: Entity): Uint8Array {
  return concat(ascii.encode(`${headers.map(fold).join("")}\r\n`), body);
}

/** One header field with its CRLF, folded at spaces. A word too long for any line gets its own. */
function fold([name, value]: Header): string {
  let line = `${name}:`;
  const lines: string[] = [];
  for (const word of value.split(" ")) {
    if (line.length + 1 + word.length > FOLD_AT && line.trim() !== "" && line !== `${name}:`) {
      lines.push(line);
      line = "";
    }
    line += ` ${word}`;
  }
  return `${[...lines, line].join("\r\n")}\r\n`;
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

export type Encoding = "7bit" | "8bit" | "quoted-printable" | "base64";

/** A text part. `text` has LF lines; `parameters` follow the charset, such as `format=flowed`. */
export function textPart(subtype: string, text: string, charset: Charset, encoding: Encoding, parameters: readonly string[] = []): Entity {
  const octets = encodeText(text.replaceAll("\n", "\r\n"), charset);
  const type = [`text/${subtype}; charset=${charset}`, ...parameters].join("; ");
  return {
    headers: [
      ["Content-Type", type],
      ["Content-Transfer-Encoding", encoding],
    ],
    body: transfer(octets, encoding),
  };
}

function transfer(octets: Uint8Array, encoding: Encoding): Uint8Array {
  if (encoding === "base64") return base64Lines(octets);
  return encoding === "quoted-printable" ? quotedPrintable(octets) : octets;
}

/** How a file name that is not ASCII is written: by RFC 2231, or as the encoded word that RFC 2047 forbids there and many programs send. */
export type NameStyle = "rfc2231" | "encoded-word";

/** A file in base64. With `contentId` it is an inline part of a related group. */
export function filePart(
  type: string,
  fileName: string,
  bytes: Uint8Array,
  options: { readonly style?: NameStyle; readonly contentId?: string } = {},
): Entity {
  const { style = "rfc2231", contentId } = options;
  const disposition = contentId === undefined ? "attachment" : "inline";
  const headers: Header[] = [
    ["Content-Type", [type, ...nameParameter("name", fileName, "encoded-word")].join("; ")],
    ["Content-Transfer-Encoding", "base64"],
    ["Content-Disposition", [disposition, ...nameParameter("filename", fileName, style)].join("; ")],
  ];
  if (contentId !== undefined) headers.push(["Content-ID", `<${contentId}>`]);
  return { headers, body: base64Lines(bytes) };
}

function nameParameter(name: string, value: string, style: NameStyle): readonly string[] {
  if (/^[\x20-\x7e]*$/.test(value)) return [`${name}="${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`];
  return style === "rfc2231" ? extendedParameter(name, value, "utf-8") : [`${name}="${encodedWords(value, "utf-8", "B")}"`];
}

/** A multipart entity. The boundary cannot occur in a part: no part has a line that starts with two hyphens and this many random digits. */
export function multipart(subtype: string, parts: readonly Entity[], random: Random, parameters: readonly string[] = []): Entity {
  const boundary = `=_${random.hex(24)}`;
  const pieces: Uint8Array[] = [];
  for (const part of parts) {
    const octets = serialize(part);
    pieces.push(ascii.encode(`--${boundary}\r\n`), octets);
    // The CRLF before a boundary belongs to the boundary (RFC 2046 section 5.1.1).
    pieces.push(ascii.encode("\r\n"));
  }
  pieces.push(ascii.encode(`--${boundary}--\r\n`));
  const type = [`multipart/${subtype}`, ...parameters, `boundary="${boundary}"`].join("; ");
  return { headers: [["Content-Type", type]], body: concat(...pieces) };
}

/** A whole message inside another one, RFC 2046 section 5.2.1. */
export function messagePart(message: Uint8Array): Entity {
  const encoding = message.some((octet) => octet >= 0x80) ? "8bit" : "7bit";
  return {
    headers: [
      ["Content-Type", "message/rfc822"],
      ["Content-Transfer-Encoding", encoding],
      ["Content-Disposition", "attachment"],
    ],
    body: message,
  };
}

/** A person, as in a From or To field. */
export interface Person {
  readonly name: string;
  readonly address: string;
}

/** Unstructured text for a header: as it is when ASCII, else in encoded words. */
export function headerText(text: string, charset: Charset = "utf-8", encoding: "B" | "Q" = "Q"): string {
  return /^[\x20-\x7e]*$/.test(text) ? text : encodedWords(text, charset, encoding);
}

/** RFC 5322 `mailbox`. A name with special characters is quoted, one that is not ASCII encoded. */
export function mailbox({ name, address }: Person, charset: Charset = "utf-8", encoding: "B" | "Q" = "Q"): string {
  if (name === "") return address;
  if (!/^[\x20-\x7e]*$/.test(name)) return `${encodedWords(name, charset, encoding)} <${address}>`;
  return /^[A-Za-z0-9 ]+$/.test(name) ? `${name} <${address}>` : `"${name.replaceAll(/["\\]/g, String.raw`\$&`)}" <${address}>`;
}

export function mailboxes(people: readonly Person[]): string {
  return people.map((person) => mailbox(person)).join(", ");
}

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] as const;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

/** RFC 5322 `date-time`, in the local time of a zone `offset` minutes east of UTC. */
export function dateText(date: Date, offset: number): string {
  const local = new Date(date.getTime() + offset * 60_000);
  const minutes = Math.abs(offset);
  const zone = `${offset < 0 ? "-" : "+"}${String(Math.floor(minutes / 60)).padStart(2, "0")}${String(minutes % 60).padStart(2, "0")}`;
  const day = DAYS[local.getUTCDay()] ?? "Sun";
  const month = MONTHS[local.getUTCMonth()] ?? "Jan";
  return `${day}, ${local.getUTCDate()} ${month} ${local.getUTCFullYear()} ${local.toISOString().slice(11, 19)} ${zone}`;
}
