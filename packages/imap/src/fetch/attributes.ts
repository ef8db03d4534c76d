import type { SectionText } from "../parser/section-reader.ts";

/** `BODY[section]<partial>` and the older RFC822 names: octets of the message (RFC 9051 section 6.4.5). */
export interface SectionAttribute {
  readonly kind: "section";
  /** As it stands in the answer, between two spaces: ` BODY[1.TEXT]<0> `, ` RFC822.HEADER `. */
  readonly label: Uint8Array;
  readonly path: readonly number[];
  readonly text: SectionText | undefined;
  /** Field names of HEADER.FIELDS and HEADER.FIELDS.NOT; otherwise empty. */
  readonly fields: readonly Uint8Array[];
  readonly partial: { readonly offset: number; readonly count: number } | undefined;
  /** Leaves `\Seen` as it is. */
  readonly peek: boolean;
}

/** Values of the message's index row. */
export type ScalarKind = "uid" | "flags" | "internal-date" | "size" | "mod-seq" | "email-id" | "thread-id";

/** Values that were made at delivery. */
export type StructureKind = "envelope" | "body" | "body-structure";

export interface SimpleAttribute {
  readonly kind: ScalarKind | StructureKind;
}

/** What a client asks of each message, `fetch-att` of RFC 9051 section 9 with the extensions. */
export type FetchAttribute = SimpleAttribute | SectionAttribute;
