import { LIMITS } from "../limits.ts";
import type { ArgumentReader } from "../parser/argument-reader.ts";
import { Kind } from "../parser/tape.ts";
import { Flag } from "../protocol/flags.ts";
import { parseSequenceSet } from "../protocol/sequence-set.ts";
import { bad, no } from "../protocol/status-error.ts";
import type { View } from "../session/view.ts";
import type { Criterion } from "./criteria.ts";
import { foldText } from "./fold.ts";
import type { ReturnOption } from "./results.ts";

const FLAG_KEYS: Readonly<Record<string, Criterion>> = {
  ANSWERED: { kind: "flag", bit: Flag.answered, set: true },
  DELETED: { kind: "flag", bit: Flag.deleted, set: true },
  DRAFT: { kind: "flag", bit: Flag.draft, set: true },
  FLAGGED: { kind: "flag", bit: Flag.flagged, set: true },
  SEEN: { kind: "flag", bit: Flag.seen, set: true },
  UNANSWERED: { kind: "flag", bit: Flag.answered, set: false },
  UNDELETED: { kind: "flag", bit: Flag.deleted, set: false },
  UNDRAFT: { kind: "flag", bit: Flag.draft, set: false },
  UNFLAGGED: { kind: "flag", bit: Flag.flagged, set: false },
  UNSEEN: { kind: "flag", bit: Flag.seen, set: false },
  ALL: { kind: "all" },
  RECENT: { kind: "recent" },
  OLD: { kind: "not", operand: { kind: "recent" } },
  NEW: { kind: "and", operands: [{ kind: "recent" }, { kind: "flag", bit: Flag.seen, set: false }] },
};

const RETURN_OPTIONS: ReadonlySet<string> = new Set<ReturnOption>(["MIN", "MAX", "ALL", "COUNT"]);

/** No INTERNALDATE or Date field lies outside of these days. */
const FIRST_DAY = -1_000_000;
const LAST_DAY = 4_000_000;

export interface SearchArguments {
  readonly returns: ReadonlySet<ReturnOption> | undefined;
  readonly criterion: Criterion;
}

/**
 * Reads the arguments of SEARCH (RFC 9051 section 6.4.4, RFC 4731, RFC 7162 section 3.1.5, RFC 8474 section 5.3).
 *
 * search = "SEARCH" [search-return-opts] SP search-program;
 * search-program = ["CHARSET" SP charset SP] search-key *(SP search-key)
 * @throws NO [BADCHARSET] for a charset other than US-ASCII and UTF-8, BAD for what breaks the grammar.
 */
export function parseSearch(args: ArgumentReader, view: View): SearchArguments {
  return new SearchParser(args, view).parse();
}

class SearchParser {
  readonly #args: ArgumentReader;
  readonly #view: View;
  #keys = 0;

  constructor(args: ArgumentReader, view: View) {
    this.#args = args;
    this.#view = view;
  }

  parse(): SearchArguments {
    const args = this.#args;
    args.space();
    let word = this.#word();
    let returns: Set<ReturnOption> | undefined;
    if (word === "RETURN") {
      returns = this.#returnOptions();
      args.space();
      word = this.#word();
    }
    if (word === "CHARSET") {
      args.space();
      const charset = args.astringText("a charset").toUpperCase();
      if (charset !== "UTF-8" && charset !== "US-ASCII") throw no("The charset is not supported", "BADCHARSET (US-ASCII UTF-8)");
      args.space();
      word = this.#word();
    }
    const operands = [this.#key(word, 0)];
    while (args.trySpace()) operands.push(this.#key(this.#word(), 0));
    return { returns, criterion: operands.length === 1 ? (operands[0] ?? { kind: "all" }) : { kind: "and", operands } };
  }

  /** The next key's name, or `undefined` where a parenthesis or a sequence set begins. */
  #word(): string | undefined {
    const kind = this.#args.peekKind();
    if (kind === Kind.open || kind === Kind.number || kind === Kind.set) return undefined;
    return this.#args.keyword("a search key");
  }

  #returnOptions(): Set<ReturnOption> {
    const args = this.#args;
    const options = new Set<ReturnOption>();
    args.space();
    args.open();
    while (!args.tryClose()) {
      if (options.size > 0) args.space();
      const option = args.keyword("a return option");
      if (!isReturnOption(option)) throw bad(`Unknown return option ${option}`);
      if (options.has(option)) throw bad(`Return option ${option} is there twice`);
      options.add(option);
    }
    // RFC 4731 section 3.1: an empty list means ALL.
    return options.size === 0 ? new Set<ReturnOption>(["ALL"]) : options;
  }

  #key(word: string | undefined, depth: number): Criterion {
    if (++this.#keys > LIMITS.searchKeys) throw no(`A search has at most ${LIMITS.searchKeys} keys`, "LIMIT");
    if (depth > LIMITS.searchDepth) throw no(`Search keys are nested at most ${LIMITS.searchDepth} deep`, "LIMIT");
    const args = this.#args;
    if (word === undefined) return args.tryOpen() ? this.#list(depth) : { kind: "uids", ranges: this.#set(false) };
    const flag = FLAG_KEYS[word];
    if (flag !== undefined) return flag;
    switch (word) {
      case "NOT":
        return { kind: "not", operand: this.#operand(depth) };
      case "OR":
        return { kind: "or", operands: [this.#operand(depth), this.#operand(depth)] };
      case "UID":
        args.space();
        return { kind: "uids", ranges: this.#set(true) };
      case "KEYWORD":
        return this.#keyword();
      case "UNKEYWORD":
        return { kind: "not", operand: this.#keyword() };
      case "LARGER":
        return { kind: "size", above: this.#number(), below: Number.POSITIVE_INFINITY };
      case "SMALLER":
        return { kind: "size", above: -1, below: this.#number() };
      case "BEFORE":
      case "ON":
      case "SINCE":
        return { kind: "internal-day", ...this.#days(word) };
      case "SENTBEFORE":
      case "SENTON":
      case "SENTSINCE":
        return { kind: "sent-day", ...this.#days(word.slice(4)) };
      case "BCC":
      case "CC":
      case "FROM":
      case "SUBJECT":
      case "TO":
        return { kind: "header", field: word.toLowerCase(), text: this.#text() };
      case "HEADER": {
        args.space();
        const field = args.astringText("a header field name", "latin1").toLowerCase();
        return { kind: "header", field, text: this.#text() };
      }
      case "BODY":
        return { kind: "body", text: this.#text() };
      case "TEXT":
        return { kind: "text", text: this.#text() };
      case "MODSEQ":
        return this.#modSeq();
      case "EMAILID":
      case "THREADID":
        args.space();
        return { kind: "object-id", of: word === "EMAILID" ? "email" : "thread", id: args.astringText("an object id", "latin1") };
      default:
        throw bad(`Unknown search key ${word}`);
    }
  }

  #list(depth: number): Criterion {
    const operands: Criterion[] = [];
    do operands.push(this.#key(this.#word(), depth + 1));
    while (this.#args.trySpace());
    this.#args.close();
    return { kind: "and", operands };
  }

  #operand(depth: number): Criterion {
    this.#args.space();
    return this.#key(this.#word(), depth + 1);
  }

  #set(byUid: boolean): Uint32Array {
    return this.#view.select(parseSequenceSet(this.#args.sequenceSetText(byUid ? "a set of UIDs" : "a sequence set")), byUid);
  }

  #number(): number {
    this.#args.space();
    return this.#args.number("a number of octets");
  }

  #text(): string {
    this.#args.space();
    return foldText(this.#args.astringText("a string"));
  }

  #keyword(): Criterion {
    this.#args.space();
    const name = this.#args.atom("a keyword").toLowerCase();
    const bit = this.#view.mailbox.keywords.findIndex((keyword) => keyword.toLowerCase() === name);
    return { kind: "keyword", bit: bit < 0 ? undefined : bit };
  }

  #days(key: string): { readonly from: number; readonly to: number } {
    this.#args.space();
    const day = this.#args.date();
    if (key === "BEFORE") return { from: FIRST_DAY, to: day - 1 };
    return { from: day, to: key === "ON" ? day : LAST_DAY };
  }

  /** MODSEQ [entry-name SP entry-type-req SP] mod-sequence-valzer: the entry is read and, as all flags share one mod-sequence, ignored. */
  #modSeq(): Criterion {
    const args = this.#args;
    args.space();
    if (args.peekKind() === Kind.quoted) {
      args.string("an entry name");
      args.space();
      const type = args.keyword("an entry type");
      if (type !== "ALL" && type !== "PRIV" && type !== "SHARED") throw bad(`Unknown entry type ${type}`);
      args.space();
    }
    return { kind: "mod-sequence", atLeast: args.number64("a mod-sequence") };
  }
}

function isReturnOption(option: string): option is ReturnOption {
  return RETURN_OPTIONS.has(option);
}
