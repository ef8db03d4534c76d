import { SpecialUse } from "../mailbox/records.ts";
import type { MailboxIndex } from "../mailbox/mailbox-index.ts";
import type { ArgumentReader } from "../parser/argument-reader.ts";
import { decodeNewMailboxName } from "../protocol/mailbox-name.ts";
import { bad, no } from "../protocol/status-error.ts";
import { defineCommand } from "../session/define-command.ts";
import { createMailbox } from "./create-mailbox.ts";

/** CREATE, RFC 9051 section 6.3.4, with the special use of RFC 6154 and the MAILBOXID of RFC 8474. Missing parents are created as well. */
export const create = defineCommand({
  name: "CREATE",
  capabilities: ["CREATE-SPECIAL-USE"],
  states: ["authenticated", "selected"],
  sequences: "all",
  read(args, { session }) {
    args.space();
    const name = decodeNewMailboxName(args.astring("mailbox name"), session.enabled.utf8);
    return { name, uses: args.trySpace() ? readUses(args) : [] };
  },
  run({ state }, { name, uses }) {
    const { index } = state.account;
    const { id } = createMailbox(index, name, useFor(index, uses));
    return { code: `MAILBOXID (${id})` };
  },
});

/** create-param =/ "USE" SP "(" [use-attr *(SP use-attr)] ")"; create-params = "(" create-param *(SP create-param) ")" */
function readUses(args: ArgumentReader): readonly string[] {
  args.open("CREATE parameters");
  if (args.keyword("CREATE parameter") !== "USE") throw bad("Unknown CREATE parameter: expected USE");
  args.space();
  args.open("special uses");
  const uses = new Set<string>();
  while (!args.tryClose()) {
    if (uses.size > 0) args.space();
    uses.add(args.flag("special use").toLowerCase());
  }
  args.close();
  return [...uses];
}

/** A mailbox has one special use here, and a special use one mailbox: with two of a kind, clients disagree about where mail goes. */
function useFor(index: MailboxIndex, uses: readonly string[]): SpecialUse | undefined {
  const [use, ...others] = uses;
  if (use === undefined) return undefined;
  const specialUse = SpecialUse.options.find((option) => option.toLowerCase() === use);
  if (specialUse === undefined) throw no("No mailbox can have this special use", "USEATTR");
  if (others.length > 0) throw no("A mailbox can have one special use only", "USEATTR");
  if (index.mailboxes().some((record) => record.specialUse === specialUse)) throw no("Another mailbox has this special use", "USEATTR");
  return specialUse;
}
