import type { FieldFilter } from "@sluice/mime/field-filter";
import type { OctetScanner } from "@sluice/mime/octet-scanner";

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
  octets: OctetScanner,
): FetchPlan {
  const scalars: ScalarItem[] = [];
  const texts: (StructureItem | SectionItem)[] = [];
  const sections = new Sections();
  const columns = { ids: false, envelope: false, bodyStructure: false, head: false, body: false, structure: false };
  let readsBodies = false;
  let setsSeen = false;
  if (add.uid || attributes.some(({ kind }) => kind === "uid")) scalars.push(SCALARS.uid);
  for (const attribute of attributes) {
    switch (attribute.kind) {
      case "section":
        columns.head = true;
        columns.body = true;
        // Only then is the tree of parts needed to find the octets.
        columns.structure ||= attribute.path.length > 0;
        readsBodies ||= isNearlyAll(attribute);
        setsSeen ||= !attribute.peek;
        if (sections.add(attribute)) texts.push(sectionItem(attribute, octets));
        break;
      case "envelope":
        columns.envelope = true;
        addOnce(texts, STRUCTURES.envelope);
        break;
      case "body":
      case "body-structure":
        columns.bodyStructure = true;
        addOnce(texts, STRUCTURES[attribute.kind]);
        break;
      case "email-id":
      case "thread-id":
        columns.ids = true;
        addOnce(scalars, SCALARS[attribute.kind]);
        break;
      default:
        addOnce(scalars, SCALARS[attribute.kind]);
    }
  }
  if (add.modSeq) addOnce(scalars, SCALARS["mod-seq"]);
  return {
    scalars,
    texts,
    columns: columns.ids || columns.envelope || columns.bodyStructure || columns.head ? columns : undefined,
    readsBodies,
    setsSeen,
    hasUid: scalars.includes(SCALARS.uid),
    hasFlags: scalars.includes(SCALARS.flags),
    hasModSeq: scalars.includes(SCALARS["mod-seq"]),
  };
}

function addOnce<T>(items: T[], item: T): void {
  if (!items.includes(item)) items.push(item);
}

/** The sections of a command. Most have one: only the second makes keys to compare by. */
class Sections {
  #first: SectionAttribute | undefined;
  #keys: Set<string> | undefined;

  /** False for a section that is there already. */
  add(attribute: SectionAttribute): boolean {
    if (this.#first === undefined) {
      this.#first = attribute;
      return true;
    }
    this.#keys ??= new Set([keyOf(this.#first)]);
    const before = this.#keys.size;
    return this.#keys.add(keyOf(attribute)).size > before;
  }
}

function keyOf({ label, partial }: SectionAttribute): string {
  const text = octetsText(label);
  return partial === undefined ? text : `${text}${partial.count}`;
}

function isNearlyAll({ path, text, partial }: SectionAttribute): boolean {
  return path.length === 0 && partial === undefined && (text === undefined || text === "TEXT");
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

const SCALARS: { readonly [Kind in ScalarKind]: ScalarItem } = {
  uid: { kind: "uid", label: LABELS.uid },
  flags: { kind: "flags", label: LABELS.flags },
  "internal-date": { kind: "internal-date", label: LABELS["internal-date"] },
  size: { kind: "size", label: LABELS.size },
  "mod-seq": { kind: "mod-seq", label: LABELS["mod-seq"] },
  "email-id": { kind: "email-id", label: LABELS["email-id"] },
  "thread-id": { kind: "thread-id", label: LABELS["thread-id"] },
};
const STRUCTURES: { readonly [Kind in StructureKind]: StructureItem } = {
  envelope: { kind: "envelope", label: LABELS.envelope },
  body: { kind: "body", label: LABELS.body },
  "body-structure": { kind: "body-structure", label: LABELS["body-structure"] },
};
