/** What one writer believes about its mailboxes. Values: an operation makes a new state and leaves the old one alone. */

/** A message once delivered. Its UID is known when the server has said it; states before and after share the object. */
export interface MessageRef {
  /** `WRITER-NUMBER`: stands in its Message-ID, and its octets follow from it. */
  readonly content: string;
  uid: number | undefined;
}

export interface Entry {
  readonly message: MessageRef;
  /** Without `\Recent`. */
  readonly flags: ReadonlySet<string>;
}

export interface MailboxState {
  /** In the order of their UIDs. */
  readonly entries: readonly Entry[];
}

export type AccountState = ReadonlyMap<string, MailboxState>;

export const EMPTY: MailboxState = { entries: [] };

/** One write: what is sent, and what it makes of a state. */
export interface Operation {
  readonly command: string;
  readonly literal: Buffer | undefined;
  readonly after: AccountState;
  /** Messages it creates, by the UID of what they are copied from (0: by APPEND). */
  readonly created: readonly (readonly [source: number, message: MessageRef])[];
}

export function withMailbox(state: AccountState, name: string, mailbox: MailboxState): AccountState {
  return new Map(state).set(name, mailbox);
}

export function entriesOf(state: AccountState, name: string): readonly Entry[] {
  return state.get(name)?.entries ?? [];
}

export function appended(state: AccountState, name: string, entries: readonly Entry[]): AccountState {
  return withMailbox(state, name, { entries: [...entriesOf(state, name), ...entries] });
}

/** The mailbox and every parent that it lacks. */
export function created(state: AccountState, name: string): AccountState {
  const next = new Map(state);
  const levels = name.split("/");
  for (let depth = 1; depth <= levels.length; depth++) {
    const level = levels.slice(0, depth).join("/");
    if (!next.has(level)) next.set(level, EMPTY);
  }
  return next;
}

/** What is below goes along. */
export function renamed(state: AccountState, from: string, to: string): AccountState {
  const next = new Map<string, MailboxState>();
  for (const [name, mailbox] of state)
    next.set(name === from || name.startsWith(`${from}/`) ? to + name.slice(from.length) : name, mailbox);
  return next;
}

export function deleted(state: AccountState, name: string): AccountState {
  const next = new Map(state);
  next.delete(name);
  return next;
}

/** Where a state that was expected and what the server has part, or undefined when they agree. UIDs that nobody was told are free. */
export function difference(expected: AccountState, actual: AccountState): string | undefined {
  const names = [...new Set([...expected.keys(), ...actual.keys()])].sort();
  for (const name of names) {
    const wanted = expected.get(name)?.entries;
    const found = actual.get(name)?.entries;
    if (wanted === undefined) return `mailbox ${name} should not exist`;
    if (found === undefined) return `mailbox ${name} is missing, with ${wanted.length} messages`;
    for (const [at, entry] of wanted.entries()) {
      const other = found[at];
      if (other === undefined || !sameEntry(entry, other))
        return `${name}, message ${at + 1}: ${show(entry)} expected, ${show(other)} found`;
    }
    if (found.length > wanted.length) return `${name}: ${show(found[wanted.length])} found beyond the end`;
  }
  return undefined;
}

function sameEntry(wanted: Entry, found: Entry): boolean {
  if (wanted.message.content !== found.message.content) return false;
  if (wanted.message.uid !== undefined && wanted.message.uid !== found.message.uid) return false;
  return wanted.flags.size === found.flags.size && [...wanted.flags].every((flag) => found.flags.has(flag));
}

function show(entry: Entry | undefined): string {
  if (entry === undefined) return "nothing";
  return `${entry.message.content} (UID ${entry.message.uid ?? "unknown"}, ${[...entry.flags].sort().join(" ")})`;
}
