import type { ArgumentReader } from "../parser/argument-reader.ts";
import { usesAny } from "../search/criteria.ts";
import { parseSearch, type SearchArguments } from "../search/parse-search.ts";
import { SearchTask } from "../search/search-task.ts";
import type { Command } from "../session/command.ts";
import { defineCommand } from "../session/define-command.ts";
import { enableCondstore } from "../session/enable-condstore.ts";

/** SEARCH and UID SEARCH (RFC 9051 section 6.4.4) with RETURN (RFC 4731). */
export const [search, uidSearch] = [searchCommand(false), searchCommand(true)];

function searchCommand(byUid: boolean): Command {
  return defineCommand<SearchArguments & { readonly tag: Uint8Array }, "selected">({
    name: byUid ? "UID SEARCH" : "SEARCH",
    capabilities: ["ESEARCH"],
    states: ["selected"],
    sequences: byUid ? "all" : "keep",
    repeatable: true,
    read: (args, { state }) => ({ tag: tagOf(args), ...parseSearch(args, state.view) }),
    run({ session, state }, { tag, returns, criterion }) {
      const modSeq = usesAny(criterion, (leaf) => leaf.kind === "mod-sequence");
      if (modSeq) enableCondstore(session);
      return new SearchTask(session, state.account, state.view, criterion, { tag, byUid, returns, modSeq });
    },
  });
}

/** ESEARCH names the command that it answers. */
function tagOf(args: ArgumentReader): Uint8Array {
  const read = args.rawSlice(0, args.position);
  return read.slice(0, read.indexOf(0x20));
}
