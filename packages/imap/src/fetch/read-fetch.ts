import { LIMITS } from "../limits.ts";
import type { ArgumentReader } from "../parser/argument-reader.ts";
import { Atom, ATOM_NAMES, type AtomId } from "../parser/atom-ids.ts";
import type { Section } from "../parser/section-reader.ts";
import { parseSequenceSet, type SequenceSet } from "../protocol/sequence-set.ts";
import { bad } from "../protocol/status-error.ts";
import type { FetchAttribute, SectionAttribute } from "./attributes.ts";
import { putOctets, putText } from "../protocol/put.ts";

export interface FetchArguments {
  readonly set: SequenceSet;
  readonly attributes: readonly FetchAttribute[];
  readonly modifiers: FetchModifiers;
}

export interface FetchModifiers {
  /** Only messages with a mod-sequence above this (RFC 7162 section 3.1.4). */
  readonly changedSince: number | undefined;
  /** And the UIDs of those that are gone (RFC 7162 section 3.2.6). */
  readonly vanished: boolean;
}

/**
 * fetch = "FETCH" SP sequence-set SP ("ALL" / "FULL" / "FAST" / fetch-att / "(" fetch-att *(SP fetch-att) ")") [fetch-modifiers]
 *
 * Macros are taken inside of the parentheses too.
 */
export function readFetch(args: ArgumentReader, what: string): FetchArguments {
  args.space();
  const set = parseSequenceSet(args.sequenceSetText(what));
  args.space();
  const attributes: FetchAttribute[] = [];
  if (args.tryOpen()) {
    do {
      if (attributes.length >= LIMITS.fetchItems) throw bad(`More than ${LIMITS.fetchItems} FETCH items`);
      readAttribute(args, attributes);
    } while (args.trySpace());
    args.close();
  } else readAttribute(args, attributes);
  return { set, attributes, modifiers: readModifiers(args) };
}

/** Reads one item, or a macro for several. */
function readAttribute(args: ArgumentReader, attributes: FetchAttribute[]): void {
  const known = ATTRIBUTES[args.peekAtomId()];
  if (known !== undefined) {
    args.atomId("a FETCH item");
    for (const attribute of known) attributes.push(attribute);
  } else if (args.peekSection()) attributes.push(sectionAttribute(args.section()));
  else throw bad(`Unknown FETCH item ${args.keyword("a FETCH item")}`);
}

function sectionAttribute(section: Section): SectionAttribute {
  const { kind, peek, partPath: path, text, fields = NO_FIELDS, partial } = section;
  if (kind !== "BODY") throw bad(`Unknown FETCH item ${kind}`);
  return { kind: "section", label: labelOf(section), path, text, fields, partial, peek };
}

/**
 * ` BODY[section]<offset> `, as it stands in the answer. The list of fields is the client's octets: Apple Mail finds nothing in an
 * answer that has them in another order or case (tutabridge issue 15).
 */
function labelOf({ partPath, text, rawFields, partial }: Section): Uint8Array {
  const path = partPath.length === 0 ? "" : text === undefined ? partPath.join(".") : `${partPath.join(".")}.`;
  const origin = partial === undefined ? "" : `<${partial.offset}>`;
  const fields = rawFields === undefined ? 0 : rawFields.length + 1;
  const label = new Uint8Array(BODY.length + path.length + (text?.length ?? 0) + fields + 2 + origin.length);
  let at = putText(label, putText(label, 0, BODY), path);
  if (text !== undefined) at = putText(label, at, text);
  if (rawFields !== undefined) {
    label[at++] = 0x20;
    at = putOctets(label, at, rawFields);
  }
  label[at++] = 0x5d;
  label[putText(label, at, origin)] = 0x20;
  return label;
}

/** fetch-modifiers = SP "(" fetch-modifier *(SP fetch-modifier) ")" (RFC 4466), which are CHANGEDSINCE and VANISHED. */
function readModifiers(args: ArgumentReader): FetchModifiers {
  let changedSince: number | undefined;
  let vanished = false;
  if (args.trySpace()) {
    args.open("a list of FETCH modifiers");
    do {
      const name = args.keyword("a FETCH modifier");
      if (name === "CHANGEDSINCE" && changedSince === undefined) {
        args.space();
        // 0 is not in the grammar; iOS 16 sends it.
        changedSince = args.number64("a mod-sequence");
      } else if (name === "VANISHED" && !vanished) vanished = true;
      else throw bad("Unknown FETCH modifier: expected CHANGEDSINCE or VANISHED, once");
    } while (args.trySpace());
    args.close();
  }
  return { changedSince, vanished };
}

function rfc822(label: "RFC822" | "RFC822.HEADER" | "RFC822.TEXT", peek: boolean): SectionAttribute {
  const text = label === "RFC822" ? undefined : label === "RFC822.HEADER" ? "HEADER" : "TEXT";
  return { kind: "section", label: encoder.encode(` ${label} `), path: [], text, fields: [], partial: undefined, peek };
}

const BODY = " BODY[";
const NO_FIELDS: readonly Uint8Array[] = [];
const encoder = new TextEncoder();

const FAST: readonly FetchAttribute[] = [{ kind: "flags" }, { kind: "internal-date" }, { kind: "size" }];
const ALL: readonly FetchAttribute[] = [...FAST, { kind: "envelope" }];

/** By atom id: each name of an item is one that the tokenizer knows. */
const ATTRIBUTES: readonly (readonly FetchAttribute[] | undefined)[] = byId([
  [Atom.UID, [{ kind: "uid" }]],
  [Atom.FLAGS, [{ kind: "flags" }]],
  [Atom.INTERNALDATE, [{ kind: "internal-date" }]],
  [Atom.RFC822_SIZE, [{ kind: "size" }]],
  [Atom.ENVELOPE, [{ kind: "envelope" }]],
  [Atom.BODY, [{ kind: "body" }]],
  [Atom.BODYSTRUCTURE, [{ kind: "body-structure" }]],
  // RFC 7162 section 3.1.5.
  [Atom.MODSEQ, [{ kind: "mod-seq" }]],
  // RFC 8474 section 5.
  [Atom.EMAILID, [{ kind: "email-id" }]],
  [Atom.THREADID, [{ kind: "thread-id" }]],
  [Atom.RFC822, [rfc822("RFC822", false)]],
  [Atom.RFC822_HEADER, [rfc822("RFC822.HEADER", true)]],
  [Atom.RFC822_TEXT, [rfc822("RFC822.TEXT", false)]],
  // In no RFC; classic Outlook reads mail with it (go-imap issue 657).
  [Atom.RFC822_PEEK, [rfc822("RFC822", true)]],
  [Atom.FAST, FAST],
  [Atom.ALL, ALL],
  [Atom.FULL, [...ALL, { kind: "body" }]],
]);

function byId(rows: readonly (readonly [id: AtomId, attributes: readonly FetchAttribute[]])[]): (readonly FetchAttribute[] | undefined)[] {
  const table: (readonly FetchAttribute[] | undefined)[] = Array.from({ length: ATOM_NAMES.length }, () => undefined);
  for (const [id, attributes] of rows) table[id] = attributes;
  return table;
}
