import { LIMITS } from "../limits.ts";
import { DELIMITER, encodeMailboxName } from "../protocol/mailbox-name.ts";
import { defineCommand } from "../session/define-command.ts";
import { joinPattern } from "./list-arguments.ts";
import { listAttributes, ListQuery } from "./list-query.ts";
import { namedMailboxes } from "./mailbox-tree.ts";

/**
 * LSUB, RFC 3501 section 6.3.9: what is subscribed. A name that `%` stops at, although only something below it is
 * subscribed, stands there as `\Noselect`. Old Outlook knows special uses from here only.
 */
export const lsub = defineCommand({
  name: "LSUB",
  states: ["authenticated", "selected"],
  sequences: "all",
  repeatable: true,
  read(args, { session }) {
    args.space();
    const reference = args.astring("reference name");
    args.space();
    const pattern = args.listMailbox("mailbox pattern");
    return pattern.length === 0 ? undefined : joinPattern(reference, pattern, session.enabled.utf8);
  },
  run({ session, state, emit }, pattern) {
    if (pattern === undefined) {
      emit({ kind: "data", text: `LSUB (\\Noselect) "${DELIMITER}" ""` });
      return undefined;
    }
    const selection = { subscribed: true, specialUse: false, recursive: true };
    const query = new ListQuery(namedMailboxes(state.account.index), [pattern], selection);
    return {
      step() {
        const rows = query.next(LIMITS.listNames);
        for (const { named, selected } of rows ?? []) {
          const attributes = selected ? listAttributes(named) : ["\\Noselect", "\\HasChildren"];
          emit({
            kind: "data",
            text: `LSUB (${attributes.join(" ")}) "${DELIMITER}" ${encodeMailboxName(named.name, session.enabled.utf8)}`,
          });
        }
        return rows === undefined ? {} : undefined;
      },
    };
  },
});
