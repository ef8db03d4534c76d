import { encodeText, type Charset } from "./charsets.ts";

/** RFC 2047 section 2: an encoded word is at most 75 characters long. */
const ENCODED_WORD = 75;
const QP_LINE = 76;

const ascii = new TextEncoder();

/** Base64 in CRLF lines of 76 characters, RFC 2045 section 6.8. */
export function base64Lines(bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes).toString("base64");
  const lines: string[] = [];
  for (let at = 0; at < text.length; at += 76) lines.push(text.slice(at, at + 76));
  return ascii.encode(lines.length === 0 ? "" : `${lines.join("\r\n")}\r\n`);
}

/** Quoted-printable of text whose lines end with CRLF, RFC 2045 section 6.7. */
export function quotedPrintable(bytes: Uint8Array): Uint8Array {
  let out = "";
  let column = 0;
  for (let at = 0; at < bytes.length; at++) {
    const octet = bytes[at] ?? 0;
    if (octet === 0x0d && bytes[at + 1] === 0x0a) {
      out += "\r\n";
      column = 0;
      at++;
      continue;
    }
    const next = bytes[at + 1];
    const endsLine = next === undefined || next === 0x0d;
    const plain = (octet > 0x20 && octet < 0x7f && octet !== 0x3d) || ((octet === 0x20 || octet === 0x09) && !endsLine);
    const token = plain ? String.fromCharCode(octet) : `=${octet.toString(16).toUpperCase().padStart(2, "0")}`;
    // Room for the soft break's "=" stays on every line.
    if (column + token.length > QP_LINE - 1) {
      out += "=\r\n";
      column = 0;
    }
    out += token;
    column += token.length;
  }
  return ascii.encode(out);
}

/** Text as the encoded words of RFC 2047, joined by one space each. No character is split between two words. */
export function encodedWords(text: string, charset: Charset, encoding: "B" | "Q"): string {
  const head = `=?${charset}?${encoding}?`;
  const room = ENCODED_WORD - head.length - 2;
  const words: string[] = [];
  let collected = "";
  let code = "";
  for (const character of text) {
    // From the charset's first state each time: a word of ISO-2022-JP must begin and end in ASCII.
    const longer = wordCode(collected + character, charset, encoding);
    if (longer.length > room && collected !== "") {
      words.push(code);
      collected = "";
    }
    collected += character;
    code = collected === character ? wordCode(collected, charset, encoding) : longer;
  }
  if (code !== "") words.push(code);
  return words.map((word) => `${head}${word}?=`).join(" ");
}

function wordCode(text: string, charset: Charset, encoding: "B" | "Q"): string {
  const bytes = encodeText(text, charset);
  if (encoding === "B") return Buffer.from(bytes).toString("base64");
  let out = "";
  for (const octet of bytes) {
    const character = String.fromCharCode(octet);
    // The strictest set, RFC 2047 section 5 rule 3: allowed everywhere an encoded word is.
    if (/[A-Za-z0-9!*+/-]/.test(character)) out += character;
    else out += octet === 0x20 ? "_" : `=${octet.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return out;
}

/** A parameter that needs RFC 2231: language tag, percent encoding, and numbered pieces where one line would be too long. */
export function extendedParameter(name: string, value: string, charset: Charset): readonly string[] {
  const codes: string[] = [];
  for (const character of value) {
    let code = "";
    for (const octet of encodeText(character, charset)) {
      const plain = String.fromCharCode(octet);
      code += /[A-Za-z0-9._-]/.test(plain) ? plain : `%${octet.toString(16).toUpperCase().padStart(2, "0")}`;
    }
    codes.push(code);
  }
  const whole = codes.join("");
  if (whole.length <= 50) return [`${name}*=${charset}''${whole}`];
  const pieces: string[] = [""];
  for (const code of codes) {
    const last = pieces.length - 1;
    if ((pieces[last] ?? "").length + code.length > 45) pieces.push(code);
    else pieces[last] += code;
  }
  return pieces.map((piece, number) => `${name}*${number}*=${number === 0 ? `${charset}''` : ""}${piece}`);
}
