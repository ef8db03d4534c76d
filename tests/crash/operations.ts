import type { Random } from "../../packages/cli/src/demo/random.ts";
import { contentName, messageOf } from "./message.ts";
import {
  appended,
  created,
  deleted,
  entriesOf,
  renamed,
  withMailbox,
  type AccountState,
  type Entry,
  type MessageRef,
  type Operation,
} from "./model.ts";

const FLAGS = ["\\Seen", "\\Flagged", "\\Answered", "\\Deleted", "$Work", "$Crash"] as const;

/** Mailboxes of one writer: enough to copy, rename and delete, few enough to read them all after each crash. */
const MAILBOXES = 8;
/** Messages of one mailbox: below the server's page, so that one command on all of them is one transaction. */
const MESSAGES = 60;

/** What an operation is drawn for. `selected` is neither renamed nor deleted. */
export interface Scene {
  readonly writer: string;
  /** A mailbox of several writers; each only appends to it. */
  readonly shared: string;
  readonly selected: string;
  readonly random: Random;
  /** A number that this writer has not used before. */
  readonly number: () => number;
}

type Draw = (scene: Scene, state: AccountState) => Operation | undefined;

const WEIGHTED: readonly (readonly [number, Draw])[] = [
  [30, append],
  [6, appendShared],
  [18, store],
  [10, copy],
  [12, move],
  [10, expunge],
  [6, create],
  [5, rename],
  [3, remove],
];
const TOTAL = WEIGHTED.reduce((sum, [weight]) => sum + weight, 0);

/** The next write of a writer whose mailboxes will be in `state`. */
export function drawOperation(scene: Scene, state: AccountState): Operation {
  for (;;) {
    let at = scene.random.between(1, TOTAL);
    const [, draw] = WEIGHTED.find(([weight]) => (at -= weight) <= 0) ?? [0, append];
    const operation = draw(scene, state);
    if (operation !== undefined) return operation;
  }
}

function plain(command: string, after: AccountState, made: Operation["created"] = []): Operation {
  return { command, literal: undefined, after, created: made };
}

/** The writer's own mailboxes, selected one included. */
function own(scene: Scene, state: AccountState): string[] {
  return [...state.keys()].filter((name) => name !== scene.shared);
}

function drawFlags(random: Random): Set<string> {
  return new Set(random.sample(FLAGS, random.between(0, 3)));
}

function deliver(state: AccountState, name: string, content: string, flags: Set<string>): Operation {
  const message: MessageRef = { content, uid: undefined };
  const after = appended(state, name, [{ message, flags }]);
  return { command: `APPEND ${name} (${[...flags].join(" ")})`, literal: messageOf(content), after, created: [[0, message]] };
}

function append(scene: Scene, state: AccountState): Operation | undefined {
  const { random } = scene;
  const open = own(scene, state).filter((name) => entriesOf(state, name).length < MESSAGES);
  const name = open[random.next() % Math.max(1, open.length)];
  if (name === undefined) return undefined;
  const kind = random.between(1, 100);
  const size = kind <= 2 ? "disk" : kind <= 20 ? "streamed" : "small";
  return deliver(state, name, contentName(scene.writer, scene.number(), size), drawFlags(random));
}

function appendShared(scene: Scene, state: AccountState): Operation {
  return deliver(state, scene.shared, contentName(scene.writer, scene.number(), "small"), drawFlags(scene.random));
}

/** Some of the selected messages whose UIDs the server has said. */
function drawMessages(scene: Scene, state: AccountState): (Entry & { readonly uid: number })[] {
  const known = entriesOf(state, scene.selected).flatMap((entry) => {
    const { uid } = entry.message;
    return uid === undefined ? [] : [{ ...entry, uid }];
  });
  const count = scene.random.chance(0.2) ? known.length : scene.random.between(1, 6);
  return scene.random.sample(known, count).sort((a, b) => a.uid - b.uid);
}

function setOf(messages: readonly { readonly uid: number }[]): string {
  return messages.map(({ uid }) => uid).join(",");
}

function store(scene: Scene, state: AccountState): Operation | undefined {
  const { random, selected } = scene;
  const chosen = drawMessages(scene, state);
  if (chosen.length === 0) return undefined;
  const uids = new Set(chosen.map(({ uid }) => uid));
  const flags = drawFlags(random);
  const how = random.pick(["+FLAGS", "-FLAGS", "FLAGS"]);
  const change = (old: ReadonlySet<string>): ReadonlySet<string> => {
    if (how === "FLAGS") return flags;
    return how === "+FLAGS" ? new Set([...old, ...flags]) : new Set([...old].filter((flag) => !flags.has(flag)));
  };
  const entries = entriesOf(state, selected).map((entry) =>
    entry.message.uid !== undefined && uids.has(entry.message.uid) ? { ...entry, flags: change(entry.flags) } : entry,
  );
  const silent = random.chance(0.5) ? ".SILENT" : "";
  return plain(`UID STORE ${setOf(chosen)} ${how}${silent} (${[...flags].join(" ")})`, withMailbox(state, selected, { entries }));
}

function copies(chosen: readonly (Entry & { readonly uid: number })[]): { readonly entries: Entry[]; readonly made: Operation["created"] } {
  const entries = chosen.map(({ message, flags }) => ({ message: { content: message.content, uid: undefined }, flags }));
  return { entries, made: entries.map(({ message }, at) => [chosen[at]?.uid ?? 0, message] as const) };
}

function drawTarget(scene: Scene, state: AccountState, count: number): string | undefined {
  const open = own(scene, state).filter((name) => name !== scene.selected && entriesOf(state, name).length + count <= MESSAGES);
  return open[scene.random.next() % Math.max(1, open.length)];
}

function copy(scene: Scene, state: AccountState): Operation | undefined {
  const chosen = drawMessages(scene, state).slice(0, 10);
  const target = drawTarget(scene, state, chosen.length);
  if (chosen.length === 0 || target === undefined) return undefined;
  const { entries, made } = copies(chosen);
  return plain(`UID COPY ${setOf(chosen)} ${target}`, appended(state, target, entries), made);
}

function move(scene: Scene, state: AccountState): Operation | undefined {
  const chosen = drawMessages(scene, state);
  const target = drawTarget(scene, state, chosen.length);
  if (chosen.length === 0 || target === undefined) return undefined;
  const { entries, made } = copies(chosen);
  const gone = new Set(chosen.map(({ message }) => message));
  const rest = entriesOf(state, scene.selected).filter(({ message }) => !gone.has(message));
  return plain(
    `UID MOVE ${setOf(chosen)} ${target}`,
    appended(withMailbox(state, scene.selected, { entries: rest }), target, entries),
    made,
  );
}

/** All that are marked, or the marked ones of some. */
function expunge(scene: Scene, state: AccountState): Operation | undefined {
  const entries = entriesOf(state, scene.selected);
  const marked = entries.filter(({ flags }) => flags.has("\\Deleted"));
  if (marked.length === 0) return undefined;
  if (scene.random.chance(0.5))
    return plain("EXPUNGE", withMailbox(state, scene.selected, { entries: entries.filter((entry) => !marked.includes(entry)) }));
  const chosen = drawMessages(scene, state);
  if (chosen.length === 0) return undefined;
  const gone = new Set(chosen.filter(({ flags }) => flags.has("\\Deleted")).map(({ message }) => message));
  const rest = entries.filter(({ message }) => !gone.has(message));
  return plain(`UID EXPUNGE ${setOf(chosen)}`, withMailbox(state, scene.selected, { entries: rest }));
}

function create(scene: Scene, state: AccountState): Operation | undefined {
  if (own(scene, state).length >= MAILBOXES) return undefined;
  const parent = scene.random.chance(0.4) ? `${scene.random.pick([scene.writer, `${scene.writer}-p`])}/` : "";
  const name = `${parent}${scene.writer}-m${scene.number()}`;
  return plain(`CREATE ${name}`, created(state, name));
}

/** A mailbox that may go: neither the writer's first one nor the selected one nor one above it. */
function drawMovable(scene: Scene, state: AccountState): string | undefined {
  const movable = own(scene, state).filter(
    (name) => name !== scene.writer && name !== scene.selected && !scene.selected.startsWith(`${name}/`),
  );
  return movable[scene.random.next() % Math.max(1, movable.length)];
}

function rename(scene: Scene, state: AccountState): Operation | undefined {
  const from = drawMovable(scene, state);
  if (from === undefined) return undefined;
  const to = `${scene.writer}-r${scene.number()}`;
  return plain(`RENAME ${from} ${to}`, renamed(state, from, to));
}

function remove(scene: Scene, state: AccountState): Operation | undefined {
  const name = drawMovable(scene, state);
  // A parent would stay in LIST as a name without a mailbox.
  if (name === undefined || [...state.keys()].some((other) => other.startsWith(`${name}/`))) return undefined;
  return plain(`DELETE ${name}`, deleted(state, name));
}
