import { AddressListWriter } from "./address-list.ts";
import { LEFT_PAREN, RIGHT_PAREN, SPACE } from "./ascii.ts";
import type { ByteWriter } from "./byte-writer.ts";
import type { FieldName } from "./field-names.ts";
import { NIL, writeDisplayText, writeUnfolded } from "./imap-string.ts";
import type { MimeLimits } from "./limits.ts";

/** Start and end offsets of field values, in pairs. */
export type Ranges = number[];

/** Where the fields of an ENVELOPE are in a header. */
export class EnvelopeFields {
  /** Unstructured fields: of a repeated one the last counts. */
  date: Ranges = [];
  subject: Ranges = [];
  inReplyTo: Ranges = [];
  messageId: Ranges = [];
  references: Ranges = [];
  /** Address fields: repeated ones are one list, so that no address hides behind another. */
  readonly from: Ranges = [];
  readonly sender: Ranges = [];
  readonly replyTo: Ranges = [];
  readonly to: Ranges = [];
  readonly cc: Ranges = [];
  readonly bcc: Ranges = [];

  /** Notes a field; fields that an ENVELOPE does not have are ignored. */
  add(name: FieldName, start: number, end: number): void {
    switch (name) {
      case "date":
        this.date = [start, end];
        break;
      case "subject":
        this.subject = [start, end];
        break;
      case "in-reply-to":
        this.inReplyTo = [start, end];
        break;
      case "message-id":
        this.messageId = [start, end];
        break;
      case "references":
        this.references = [start, end];
        break;
      case "from":
        this.from.push(start, end);
        break;
      case "sender":
        this.sender.push(start, end);
        break;
      case "reply-to":
        this.replyTo.push(start, end);
        break;
      case "to":
        this.to.push(start, end);
        break;
      case "cc":
        this.cc.push(start, end);
        break;
      case "bcc":
        this.bcc.push(start, end);
        break;
      default:
        break;
    }
  }
}

const addresses = new AddressListWriter();

/**
 * Appends the ENVELOPE of a header (RFC 9051 section 7.5.2), parentheses included.
 *
 * Sender and Reply-To default to From, as the RFC requires. Encoded words stay encoded.
 */
export function writeEnvelope(out: ByteWriter, header: Uint8Array, fields: EnvelopeFields, limits: MimeLimits): void {
  out.byte(LEFT_PAREN);
  writeText(out, header, fields.date, writeUnfolded);
  out.byte(SPACE);
  writeText(out, header, fields.subject, writeDisplayText);
  out.byte(SPACE);
  const fromStart = out.length;
  addresses.write(out, header, fields.from, limits.addresses);
  const fromEnd = out.length;
  for (const ranges of [fields.sender, fields.replyTo]) {
    out.byte(SPACE);
    const start = out.length;
    addresses.write(out, header, ranges, limits.addresses);
    if (out.length - start !== NIL.length) continue;
    out.truncate(start);
    out.reserve(fromEnd - fromStart);
    out.bytes(out.buffer, fromStart, fromEnd);
  }
  for (const ranges of [fields.to, fields.cc, fields.bcc]) {
    out.byte(SPACE);
    addresses.write(out, header, ranges, limits.addresses);
  }
  out.byte(SPACE);
  writeText(out, header, fields.inReplyTo, writeUnfolded);
  out.byte(SPACE);
  writeText(out, header, fields.messageId, writeUnfolded);
  out.byte(RIGHT_PAREN);
}

type WriteValue = (out: ByteWriter, bytes: Uint8Array, start: number, end: number) => void;

function writeText(out: ByteWriter, header: Uint8Array, range: Ranges, write: WriteValue): void {
  const [start, end] = range;
  if (start === undefined || end === undefined) out.bytes(NIL);
  else write(out, header, start, end);
}
