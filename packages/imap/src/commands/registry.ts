import { EXTENSIONS } from "../extensions/registry.ts";
import { capabilityList } from "../protocol/capability.ts";
import type { Command } from "../session/command.ts";
import type { Session } from "../session/session.ts";
import { append } from "./append.ts";
import { authenticateCommand } from "./authenticate.ts";
import { capabilityCommand } from "./capability.ts";
import { check } from "./check.ts";
import { close } from "./close.ts";
import { copy, uidCopy } from "./copy.ts";
import { create } from "./create.ts";
import { deleteMailbox } from "./delete.ts";
import { enable } from "./enable.ts";
import { expunge, uidExpunge } from "./expunge.ts";
import { fetch, uidFetch } from "./fetch.ts";
import { id } from "./id.ts";
import { idle } from "./idle.ts";
import { list } from "./list.ts";
import { loginCommand } from "./login.ts";
import { logout } from "./logout.ts";
import { lsub } from "./lsub.ts";
import { move, uidMove } from "./move.ts";
import { namespace } from "./namespace.ts";
import { noop } from "./noop.ts";
import { rename } from "./rename.ts";
import { search, uidSearch } from "./search.ts";
import { examine, select } from "./select.ts";
import { status } from "./status.ts";
import { store, uidStore } from "./store.ts";
import { subscribe } from "./subscribe.ts";
import { unselect } from "./unselect.ts";
import { unsubscribe } from "./unsubscribe.ts";

/** Every command there is, in the order in which CAPABILITY lists what they bring. */
const COMMANDS: readonly Command[] = [
  capabilityCommand(capabilityText),
  noop,
  logout,
  id,
  loginCommand(capabilityText),
  authenticateCommand(capabilityText),
  enable,
  namespace,
  create,
  deleteMailbox,
  rename,
  subscribe,
  unsubscribe,
  list,
  lsub,
  status,
  select,
  examine,
  close,
  unselect,
  check,
  expunge,
  uidExpunge,
  store,
  uidStore,
  search,
  uidSearch,
  copy,
  uidCopy,
  move,
  uidMove,
  append,
  idle,
  fetch,
  uidFetch,
];

/** Commands by their name as {@link Command.name} has it. */
export const registry: ReadonlyMap<string, Command> = new Map(COMMANDS.map((command) => [command.name, command]));

/**
 * What stands after `CAPABILITY` (RFC 9051 section 7.2.2) for a session in its present state: in the greeting, in the answer to
 * CAPABILITY and in the OK that ends a login. Made from the definitions, so it cannot promise what is not there.
 */
export function capabilityText({ state, server }: Session): string {
  const authenticated = state.name !== "not-authenticated";
  const extensions = EXTENSIONS.map((extension) => extension.capability(server));
  return capabilityList(COMMANDS, extensions, authenticated).join(" ");
}
