import type { FieldFilter } from "@sluice/mime/field-filter";
import type { OctetScanner } from "@sluice/mime/octet-scanner";
import { plainOctetScanner } from "@sluice/mime/plain-octet-scanner";

import type { ContentColumns } from "../mailbox/mailbox-index.ts";
import { text as octetsText } from "../parser/octets.ts";
import type { FetchAttribute, ScalarKind, SectionAttribute, StructureKind } from "./attributes.ts";

/** A short value. `label` is what stands before it, with the space that parts it from what it follows. */
export interface ScalarItem {
  readonly kind: ScalarKind;
  readonly label: Uint8Array;
}

/** A value that was made at delivery. */
export interface StructureItem {
  readonly kind: StructureKind;
  readonly label: Uint8Array;
}

export interface SectionItem {
  readonly kind: "section";
  readonly label: Uint8Array;
  readonly path: readonly number[];
  readonly text: SectionAttribute["text"];
  /** For HEADER.FIELDS and HEADER.FIELDS.NOT. */
  readonly filter: FieldFilter | undefined;
  readonly partial: SectionAttribute["partial"];
}

/** What a FETCH writes for each message, in this order, and what it must read for that. Compiled once a command. */
export interface FetchPlan {
  readonly scalars: readonly ScalarItem[];
  readonly texts: readonly (StructureItem | SectionItem)[];
  /** Columns of the content row; `undefined` when none is needed. */
  readonly columns: ContentColumns | undefined;
  /** Some item is nearly all of a message. */
  readonly readsBodies: boolean;
  /** Some item sets `\Seen`. */
  readonly setsSeen: boolean;
  readonly hasUid: boolean;
  readonly hasFlags: boolean;
  readonly hasModSeq: boolean;
}

/**
 * Compiles what the client asked for; what it asked for twice is answered once.
 *
 * UID stands first, then the short values, then the long ones, each in the client's order: several
 * libraries take what they need to know from the text before the first literal. `uid` and `modSeq` add those items.
 */
export function compilePlan(
  attributes: readonly FetchAttribute[],
  add: { readonly uid: boolean; readonly modSeq: boolean },
  octets: OctetScanner = plainOctetScanner,
): FetchPlan {
  const scalars = new Map<ScalarKind, ScalarItem>();
  const texts = new Map<string, StructureItem | SectionItem>();
  if (add.uid || attributes.some(({ kind }) => kind === "uid")) scalars.set("uid", { kind: "uid", label: LABELS.uid });
  for (const attribute of attributes) {
    const { kind } = attribute;
    if (kind === "section") {
      const { partial } = attribute;
      const label = octetsText(attribute.label);
      const key = partial === undefined ? label : `${label}${partial.count}`;
      if (!texts.has(key)) texts.set(key, sectionItem(attribute, octets));
    } else if (kind === "envelope" || kind === "body" || kind === "body-structure") texts.set(kind, { kind, label: LABELS[kind] });
    else scalars.set(kind, { kind, label: LABELS[kind] });
  }
  if (add.modSeq) scalars.set("mod-seq", { kind: "mod-seq", label: LABELS["mod-seq"] });
  return {
    scalars: [...scalars.values()],
    texts: [...texts.values()],
    columns: columnsFor(attributes),
    readsBodies: attributes.some(
      (attribute) =>
        attribute.kind === "section" &&
        attribute.path.length === 0 &&
        attribute.partial === undefined &&
        (attribute.text === undefined || attribute.text === "TEXT"),
    ),
    setsSeen: attributes.some((attribute) => attribute.kind === "section" && !attribute.peek),
    hasUid: scalars.has("uid"),
    hasFlags: scalars.has("flags"),
    hasModSeq: scalars.has("mod-seq"),
  };
}

function sectionItem(attribute: SectionAttribute, octets: OctetScanner): SectionItem {
  const { label, path, text, fields, partial } = attribute;
  const filtered = text === "HEADER.FIELDS" || text === "HEADER.FIELDS.NOT";
  return {
    kind: "section",
    label,
    path,
    text,
    filter: filtered ? octets.fieldFilter(fields, text === "HEADER.FIELDS.NOT") : undefined,
    partial,
  };
}

function columnsFor(attributes: readonly FetchAttribute[]): ContentColumns | undefined {
  const has = (...kinds: readonly FetchAttribute["kind"][]): boolean => attributes.some(({ kind }) => kinds.includes(kind));
  const columns = {
    ids: has("email-id", "thread-id"),
    envelope: has("envelope"),
    bodyStructure: has("body", "body-structure"),
    head: has("section"),
    body: has("section"),
    // Only then is the tree of parts needed to find the octets.
    structure: attributes.some((attribute) => attribute.kind === "section" && attribute.path.length > 0),
  };
  return Object.values(columns).includes(true) ? columns : undefined;
}

function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** What stands before the value of each item that is no section. */
export const LABELS = {
  uid: latin1(" UID "),
  flags: latin1(" FLAGS ("),
  "internal-date": latin1(" INTERNALDATE "),
  size: latin1(" RFC822.SIZE "),
  "mod-seq": latin1(" MODSEQ ("),
  "email-id": latin1(" EMAILID ("),
  "thread-id": latin1(" THREADID ("),
  envelope: latin1(" ENVELOPE "),
  body: latin1(" BODY "),
  "body-structure": latin1(" BODYSTRUCTURE "),
} as const;
