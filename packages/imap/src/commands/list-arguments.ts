import { LIMITS } from "../limits.ts";
import type { ArgumentReader } from "../parser/argument-reader.ts";
import { decodeMailboxText } from "../protocol/mailbox-name.ts";
import { bad, no } from "../protocol/status-error.ts";
import type { ListSelection } from "./list-query.ts";
import { readStatusItems, type StatusItem } from "./status-items.ts";

/** What a LIST asks for. */
export interface ListArguments {
  readonly selection: ListSelection;
  /** Reference and pattern joined. A basic LIST with an empty pattern has none: it asks for the delimiter. */
  readonly patterns: readonly string[];
  readonly returnSubscribed: boolean;
  readonly statusItems: readonly StatusItem[];
}

/**
 * list = "LIST" [SP list-select-opts] SP mailbox SP mbox-or-pat [SP list-return-opts]
 * mbox-or-pat = list-mailbox / patterns; patterns = "(" list-mailbox *(SP list-mailbox) ")"
 */
export function readListArguments(args: ArgumentReader, utf8: boolean): ListArguments {
  args.space();
  const selectOptions = args.tryOpen() ? readSelectOptions(args) : undefined;
  if (selectOptions !== undefined) args.space();
  const reference = args.astring("reference name");
  args.space();
  let patterns: readonly Uint8Array[];
  const extended = args.tryOpen();
  if (extended) patterns = readPatterns(args);
  else patterns = [args.listMailbox("mailbox pattern")];
  const returns = args.trySpace() ? readReturnOptions(args) : undefined;
  const basic = selectOptions === undefined && returns === undefined && !extended;
  const asksDelimiter = basic && patterns[0]?.length === 0;
  return {
    selection: selectOptions ?? { subscribed: false, specialUse: false, recursive: false },
    patterns: asksDelimiter ? [] : patterns.map((pattern) => joinPattern(reference, pattern, utf8)),
    returnSubscribed: returns?.subscribed === true || selectOptions?.subscribed === true,
    statusItems: returns?.statusItems ?? [],
  };
}

/** What stands before a pattern is simply joined to it (RFC 9051 section 6.3.9). */
export function joinPattern(reference: Uint8Array, pattern: Uint8Array, utf8: boolean): string {
  const joined = decodeMailboxText(reference, utf8) + decodeMailboxText(pattern, utf8);
  if (joined.length > LIMITS.mailboxName) throw no(`A mailbox pattern may have ${LIMITS.mailboxName} octets at most`, "LIMIT");
  return joined;
}

function readPatterns(args: ArgumentReader): readonly Uint8Array[] {
  const patterns = [args.listMailbox("mailbox pattern")];
  while (!args.tryClose()) {
    if (patterns.length === LIMITS.listPatterns) throw no(`LIST takes ${LIMITS.listPatterns} patterns at most`, "LIMIT");
    args.space();
    patterns.push(args.listMailbox("mailbox pattern"));
  }
  return patterns;
}

/** After its "(": options of RFC 5258 section 3.1 and RFC 6154. No mailbox is remote, so REMOTE changes nothing. */
function readSelectOptions(args: ArgumentReader): ListSelection {
  const options = new Set<string>();
  while (!args.tryClose()) {
    if (options.size > 0) args.space();
    const option = args.keyword("LIST selection option");
    if (!SELECT_OPTIONS.has(option)) throw bad("Unknown LIST selection option");
    options.add(option);
  }
  const selection = {
    subscribed: options.has("SUBSCRIBED"),
    specialUse: options.has("SPECIAL-USE"),
    recursive: options.has("RECURSIVEMATCH"),
  };
  if (selection.recursive && !selection.subscribed && !selection.specialUse) throw bad("RECURSIVEMATCH needs another selection option");
  return selection;
}

/** "RETURN" SP "(" [return-option *(SP return-option)] ")". CHILDREN and SPECIAL-USE are always returned. */
function readReturnOptions(args: ArgumentReader): { subscribed: boolean; statusItems: readonly StatusItem[] } {
  if (args.keyword("RETURN") !== "RETURN") throw bad("Expected RETURN after the mailbox pattern");
  args.space();
  args.open("LIST return options");
  const options = new Set<string>();
  let statusItems: readonly StatusItem[] = [];
  while (!args.tryClose()) {
    if (options.size > 0) args.space();
    const option = args.keyword("LIST return option");
    if (!RETURN_OPTIONS.has(option)) throw bad("Unknown LIST return option");
    options.add(option);
    if (option !== "STATUS") continue;
    args.space();
    statusItems = readStatusItems(args);
  }
  return { subscribed: options.has("SUBSCRIBED"), statusItems };
}

const SELECT_OPTIONS: ReadonlySet<string> = new Set(["SUBSCRIBED", "REMOTE", "RECURSIVEMATCH", "SPECIAL-USE"]);
const RETURN_OPTIONS: ReadonlySet<string> = new Set(["SUBSCRIBED", "CHILDREN", "SPECIAL-USE", "STATUS"]);
