import { LIMITS } from "../limits.ts";
import type { ArgumentReader } from "../parser/argument-reader.ts";
import type { Section } from "../parser/section-reader.ts";
import { parseSequenceSet, type SequenceSet } from "../protocol/sequence-set.ts";
import { bad } from "../protocol/status-error.ts";
import type { FetchAttribute, SectionAttribute } from "./attributes.ts";

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
      attributes.push(...readAttribute(args));
    } while (args.trySpace());
    args.close();
  } else attributes.push(...readAttribute(args));
  return { set, attributes, modifiers: readModifiers(args) };
}

function readAttribute(args: ArgumentReader): readonly FetchAttribute[] {
  if (args.peekSection()) return [sectionAttribute(args.section())];
  const name = args.keyword("a FETCH item");
  const attributes = ATTRIBUTES.get(name);
  if (attributes === undefined) throw bad(`Unknown FETCH item ${name}`);
  return attributes;
}

function sectionAttribute({ kind, peek, partPath, text, fields = [], rawFields, partial }: Section): SectionAttribute {
  if (kind !== "BODY") throw bad(`Unknown FETCH item ${kind}`);
  const name = [...partPath, ...(text === undefined ? [] : [text])].join(".");
  // Apple Mail finds nothing in an answer that has the fields in another order or case (tutabridge issue 15).
  const list = rawFields === undefined ? "" : ` ${Array.from(rawFields, (octet) => String.fromCharCode(octet)).join("")}`;
  return { kind: "section", label: `BODY[${name}${list}]`, path: partPath, text, fields, partial, peek };
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
  return { kind: "section", label, path: [], text, fields: [], partial: undefined, peek };
}

const FAST: readonly FetchAttribute[] = [{ kind: "flags" }, { kind: "internal-date" }, { kind: "size" }];
const ALL: readonly FetchAttribute[] = [...FAST, { kind: "envelope" }];

const ATTRIBUTES: ReadonlyMap<string, readonly FetchAttribute[]> = new Map<string, readonly FetchAttribute[]>([
  ["UID", [{ kind: "uid" }]],
  ["FLAGS", [{ kind: "flags" }]],
  ["INTERNALDATE", [{ kind: "internal-date" }]],
  ["RFC822.SIZE", [{ kind: "size" }]],
  ["ENVELOPE", [{ kind: "envelope" }]],
  ["BODY", [{ kind: "body" }]],
  ["BODYSTRUCTURE", [{ kind: "body-structure" }]],
  // RFC 7162 section 3.1.5.
  ["MODSEQ", [{ kind: "mod-seq" }]],
  // RFC 8474 section 5.
  ["EMAILID", [{ kind: "email-id" }]],
  ["THREADID", [{ kind: "thread-id" }]],
  ["RFC822", [rfc822("RFC822", false)]],
  ["RFC822.HEADER", [rfc822("RFC822.HEADER", true)]],
  ["RFC822.TEXT", [rfc822("RFC822.TEXT", false)]],
  // In no RFC; classic Outlook reads mail with it (go-imap issue 657).
  ["RFC822.PEEK", [rfc822("RFC822", true)]],
  ["FAST", FAST],
  ["ALL", ALL],
  ["FULL", [...ALL, { kind: "body" }]],
]);
