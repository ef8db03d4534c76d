import { LIMITS } from "../limits.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { NUMBER_OCTETS, putNumber, putOctets, putText, putWords, SLACK, wordsOf, type Words } from "./put.ts";
import type { ResponseCode } from "./response-code.ts";

/**
 * Responses as data; {@link writeResponse} is the one writer. Hot responses (FETCH, SEARCH) are written
 * into the {@link ByteWriter} by their own rooms in the same form.
 */
export type Response =
  | {
      readonly kind: "status";
      /** undefined: untagged */ readonly tag: Uint8Array | undefined;
      readonly status: "OK" | "NO" | "BAD" | "BYE" | "PREAUTH";
      readonly code?: ResponseCode | undefined;
      readonly text: string;
    }
  /** A command continuation request (RFC 9051 section 7.6). */
  | { readonly kind: "continue"; readonly text: string }
  | { readonly kind: "exists"; readonly count: number }
  | { readonly kind: "recent"; readonly count: number }
  | { readonly kind: "expunge"; readonly sequence: number }
  /** RFC 7162 section 3.2.10; `uids` is a sequence set in text. */
  | { readonly kind: "vanished"; readonly earlier: boolean; readonly uids: string }
  | { readonly kind: "flags"; readonly flags: readonly string[] }
  /** Any other untagged response, its text after `* ` ready as ASCII. */
  | { readonly kind: "data"; readonly text: string };

/** Writes one response as the bytes that go on the wire, CRLF included. */
export function writeResponse(out: ByteWriter, response: Response): void {
  switch (response.kind) {
    case "status":
      writeStatus(out, response);
      return;
    case "continue":
      out.ascii(`+ ${response.text}\r\n`);
      return;
    case "exists":
      writeCount(out, response.count, EXISTS);
      return;
    case "recent":
      writeCount(out, response.count, RECENT);
      return;
    case "expunge":
      writeCount(out, response.sequence, EXPUNGE);
      return;
    case "vanished":
      out.ascii(`* VANISHED ${response.earlier ? "(EARLIER) " : ""}${response.uids}\r\n`);
      return;
    case "flags":
      out.ascii(`* FLAGS (${response.flags.join(" ")})\r\n`);
      return;
    case "data":
      out.utf8(`* ${response.text}\r\n`);
      return;
    default:
      return response satisfies never;
  }
}

type StatusResponse = Extract<Response, { readonly kind: "status" }>;

/** One for each command, and for a SELECT half a dozen: of what is the same each time no character is looked at. */
function writeStatus(out: ByteWriter, { tag, status, code, text }: StatusResponse): void {
  const begin = STATUS[status];
  const end = lineEnd(text);
  out.reserve((tag?.length ?? 1) + begin.length + (code?.length ?? 0) + CODE_OCTETS + end.length + SLACK);
  const { bytes, view } = out;
  let at = out.length;
  if (tag === undefined) bytes[at++] = STAR;
  else at = putOctets(bytes, at, tag);
  at = putWords(view, at, begin);
  if (code !== undefined) {
    bytes[at] = OPEN;
    at = putText(bytes, at + 1, code);
    view.setUint16(at, CLOSE_SPACE, true);
    at += 2;
  }
  out.length = putWords(view, at, end);
}

function writeCount(out: ByteWriter, count: number, after: Words): void {
  out.reserve(2 + NUMBER_OCTETS + after.length + SLACK);
  const { view } = out;
  view.setUint16(out.length, STAR_SPACE, true);
  out.length = putWords(view, putNumber(view, out.length + 2, count), after);
}

/** The octets of a text and the line end behind it. Most texts are said again and again. */
function lineEnd(text: string): Words {
  let words = lineEnds.get(text);
  if (words === undefined) {
    words = wordsOfText(`${text}\r\n`);
    if (text.length > LIMITS.responseText) return words;
    if (lineEnds.size >= LIMITS.responseTexts) lineEnds.clear();
    lineEnds.set(text, words);
  }
  return words;
}

function wordsOfText(text: string): Words {
  const octets = new Uint8Array(text.length);
  putText(octets, 0, text);
  return wordsOf(octets);
}

const lineEnds = new Map<string, Words>();
const STATUS: Readonly<Record<StatusResponse["status"], Words>> = {
  OK: wordsOfText(" OK "),
  NO: wordsOfText(" NO "),
  BAD: wordsOfText(" BAD "),
  BYE: wordsOfText(" BYE "),
  PREAUTH: wordsOfText(" PREAUTH "),
};
const EXISTS = wordsOfText(" EXISTS\r\n");
const RECENT = wordsOfText(" RECENT\r\n");
const EXPUNGE = wordsOfText(" EXPUNGE\r\n");
/** Around a response code: a bracket, a bracket and a space. */
const CODE_OCTETS = 3;
const STAR = 0x2a;
const OPEN = 0x5b;
const STAR_SPACE = 0x202a;
const CLOSE_SPACE = 0x205d;
