import { lower, matches, toBytes } from "./ascii.ts";

/** The fields that ENVELOPE, BODYSTRUCTURE and threading are made of. */
export const FIELD_NAMES = [
  "date",
  "subject",
  "from",
  "sender",
  "reply-to",
  "to",
  "cc",
  "bcc",
  "in-reply-to",
  "message-id",
  "references",
  "mime-version",
  "content-type",
  "content-transfer-encoding",
  "content-id",
  "content-description",
  "content-disposition",
  "content-language",
  "content-location",
  "content-md5",
] as const;
export type FieldName = (typeof FIELD_NAMES)[number];

/** The names by length: two comparisons settle nearly every field. */
const BY_LENGTH: readonly (readonly { name: FieldName; bytes: Uint8Array }[])[] = buildTable();

function buildTable(): { name: FieldName; bytes: Uint8Array }[][] {
  const table: { name: FieldName; bytes: Uint8Array }[][] = [];
  for (const name of FIELD_NAMES) (table[name.length] ??= []).push({ name, bytes: toBytes(name) });
  return table;
}

/** Which of the known fields the octets name, in any case. */
export function knownField(bytes: Uint8Array, start: number, end: number): FieldName | undefined {
  const candidates = BY_LENGTH[end - start];
  if (candidates === undefined) return undefined;
  for (const candidate of candidates) {
    if (candidate.bytes[0] === lower(bytes[start] ?? 0) && matches(bytes, start, end, candidate.bytes)) return candidate.name;
  }
  return undefined;
}
