export const BOXES = ["INBOX", "Other"] as const;
export type Box = (typeof BOXES)[number];

/** A message by the UID that it has, or had, in its mailbox. */
export function key(box: Box, uid: number): string {
  return `${box} ${uid}`;
}

/** Messages that a command would put into a mailbox: all of them or none, and one behind the other. */
export interface Attempt {
  /** In the order in which they would get their UIDs. */
  readonly ids: readonly number[];
  readonly to: Box;
  /** Those that would be copied, in the same order; none for an APPEND. */
  readonly sources: readonly string[];
  /** The sources would be gone. */
  readonly moves: boolean;
}

/** What is in a mailbox, by UID. */
export interface Found {
  readonly ids: ReadonlyMap<number, number>;
  readonly flags: ReadonlyMap<number, ReadonlySet<string>>;
}

/** What a keyword of one message was last told to be, by the one client that changes it. */
interface KeywordState {
  on: boolean;
  /** Changes without an answer: those of a connection that has ended may come at any time. */
  pending: number;
}

/** What the server has acknowledged to anybody, and what it was asked for and has not answered. */
export class Ledger {
  /** The id of each message whose UID anybody has been told. */
  readonly #ids = new Map<string, number>();
  /** Messages that have to be there, unless they may have been taken away. */
  readonly #kept = new Set<string>();
  /** Messages that may be marked for deletion, so that anybody's EXPUNGE takes them away. */
  readonly #deleted = new Set<string>();
  /** How many times somebody has tried to move a message. */
  readonly #moved = new Map<string, number>();
  /** Messages that somebody was told to be expunged. */
  readonly #gone = new Set<string>();
  readonly #keywords = new Map<string, Map<string, KeywordState>>();
  readonly #attempts = new Set<Attempt>();
  #last = 0;

  nextId(): number {
    return ++this.#last;
  }

  /** Call it before the command is sent, and {@link answered} behind its answer. Until then, and for ever if none comes, it may happen. */
  attempt(attempt: Attempt): Attempt {
    if (attempt.moves) for (const source of attempt.sources) this.#moved.set(source, (this.#moved.get(source) ?? 0) + 1);
    this.#attempts.add(attempt);
    return attempt;
  }

  answered(attempt: Attempt): void {
    this.#attempts.delete(attempt);
  }

  /** @throws when that cannot be. */
  appended(box: Box, uid: number, id: number): void {
    this.saw(box, uid, id);
    const at = key(box, uid);
    this.#kept.add(at);
    if (this.#gone.has(at) && !this.#doomed(at)) throw new Error(`message ${at} was expunged`);
  }

  /** The ids of the sources must be known. @throws when that cannot be. */
  copied(from: Box, sources: readonly number[], to: Box, targets: readonly number[]): void {
    if (sources.length !== targets.length) throw new Error(`COPYUID ${sources.join(",")} ${targets.join(",")}`);
    for (const [at, uid] of sources.entries()) {
      const id = this.#ids.get(key(from, uid));
      const target = targets[at] ?? 0;
      if (id === undefined) throw new Error(`a copy of message ${key(from, uid)}, which was not asked for`);
      // Its flags were copied too, and nobody knows those of a message whose own arrival was not acknowledged.
      if (this.#deleted.has(key(from, uid)) || !this.#kept.has(key(from, uid))) this.deleting(to, target);
      this.appended(to, target, id);
    }
  }

  /** Call it before the message is marked for deletion. */
  deleting(box: Box, uid: number): void {
    this.#deleted.add(key(box, uid));
  }

  /** Somebody was told so. @throws when nobody has asked for that. */
  expunged(box: Box, uid: number): void {
    const at = key(box, uid);
    this.#gone.add(at);
    if (this.#kept.has(at) && !this.#doomed(at)) throw new Error(`message ${at} was expunged`);
  }

  /** @throws when the UID was told to be another message's. */
  saw(box: Box, uid: number, id: number): void {
    const at = key(box, uid);
    const known = this.#ids.get(at);
    if (known !== undefined && known !== id) throw new Error(`message ${at} is ${id}, and was told to be ${known}`);
    if (!(id >= 1 && id <= this.#last)) throw new Error(`message ${at} is ${id}, which nobody has delivered`);
    this.#ids.set(at, id);
  }

  /** The id of a message that was seen. */
  idOf(box: Box, uid: number): number | undefined {
    return this.#ids.get(key(box, uid));
  }

  /** Call it before the command is sent. */
  changing(box: Box, uids: readonly number[], keyword: string): void {
    for (const uid of uids) this.#keyword(key(box, uid), keyword).pending++;
  }

  /** The command was answered. */
  changed(box: Box, uids: readonly number[], keyword: string, on: boolean): void {
    for (const uid of uids) {
      const state = this.#keyword(key(box, uid), keyword);
      state.pending--;
      state.on = on;
    }
  }

  /** What is wrong with the mailboxes when nothing is under way any more. */
  problems(found: ReadonlyMap<Box, Found>): string[] {
    const problems: string[] = [];
    const there = new Map([...found].flatMap(([box, { ids }]) => [...ids].map(([uid, id]) => [key(box, uid), id] as const)));
    for (const at of this.#kept) if (!this.#doomed(at) && !there.has(at)) problems.push(`message ${at} is lost`);
    for (const [box, { ids, flags }] of found) {
      const more = new Map<number, number>();
      for (const [uid, id] of ids) {
        const at = key(box, uid);
        if (this.#gone.has(at)) problems.push(`message ${at} was told to be expunged, and is there`);
        if (this.#ids.get(at) !== undefined && this.#ids.get(at) !== id)
          problems.push(`message ${at} is ${id}, and was ${this.#ids.get(at)}`);
        if (this.#kept.has(at)) continue;
        more.set(id, (more.get(id) ?? 0) + 1);
        if (!this.#mayBe(box, uid, id, there)) problems.push(`message ${at} is ${id}, and nothing could have put it there`);
      }
      for (const [id, count] of more) {
        const most = [...this.#attempts].reduce(
          (sum, { to, ids }) => sum + (to === box ? ids.filter((other) => other === id).length : 0),
          0,
        );
        if (count > most) problems.push(`message ${id} is ${count} times in ${box} beside the acknowledged ones, where ${most} may be`);
      }
      for (const [uid, told] of flags) problems.push(...this.#keywordProblems(key(box, uid), told));
    }
    return problems;
  }

  #doomed(at: string): boolean {
    return this.#deleted.has(at) || this.#moved.has(at);
  }

  /** Whether a command without an answer may have put a message where it is: then the others of that command have come with it. */
  #mayBe(box: Box, uid: number, id: number, there: ReadonlyMap<string, number>): boolean {
    return [...this.#attempts].some(({ ids, to, sources, moves }) => {
      if (to !== box || !ids.includes(id) || (moves && sources.some((source) => there.has(source)))) return false;
      // Sources that others have taken away before were not copied, and the UIDs are not those that they would have been.
      if (sources.some((source) => this.#deleted.has(source) || (this.#moved.get(source) ?? 0) > (moves ? 1 : 0))) return true;
      return ids.some(
        (candidate, at) =>
          candidate === id &&
          ids.every((other, number) => {
            const sibling = key(box, uid + number - at);
            return there.get(sibling) === other || this.#doomed(sibling);
          }),
      );
    });
  }

  #keywordProblems(at: string, told: ReadonlySet<string>): string[] {
    return [...(this.#keywords.get(at) ?? [])].flatMap(([keyword, { on, pending }]) =>
      pending === 0 && told.has(keyword) !== on ? [`message ${at} ${on ? "has lost" : "still has"} ${keyword}`] : [],
    );
  }

  #keyword(at: string, keyword: string): KeywordState {
    const keywords = this.#keywords.get(at) ?? new Map<string, KeywordState>();
    this.#keywords.set(at, keywords);
    const state = keywords.get(keyword) ?? { on: false, pending: 0 };
    keywords.set(keyword, state);
    return state;
  }
}
