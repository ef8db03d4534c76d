/** What one client has been told of its mailbox, and whether it may have been told so. */
export class ViewModel {
  /** By position: the UID, once it was told. */
  readonly uids: (number | undefined)[] = [];
  /** Flags of a UID as they were last told, `\Recent` left out. */
  readonly flags = new Map<number, Set<string>>();
  readonly #problem: (text: string) => never;

  constructor(problem: (text: string) => never) {
    this.#problem = problem;
  }

  get knownUids(): number[] {
    return this.uids.filter((uid) => uid !== undefined);
  }

  exists(count: number): void {
    if (count < this.uids.length) this.#problem(`EXISTS fell from ${this.uids.length} to ${count}`);
    while (this.uids.length < count) this.uids.push(undefined);
  }

  expunge(sequence: number): void {
    if (sequence < 1 || sequence > this.uids.length) this.#problem(`EXPUNGE ${sequence} of ${this.uids.length}`);
    const [uid] = this.uids.splice(sequence - 1, 1);
    if (uid !== undefined) this.flags.delete(uid);
  }

  /** VANISHED, RFC 7162. A UID that was not told is one of the messages between its neighbours, which are alike. */
  vanished(uid: number): void {
    const known = this.uids.indexOf(uid);
    if (known !== -1) return this.expunge(known + 1);
    const after = this.uids.findIndex((other) => other !== undefined && other > uid);
    const sequence = after === -1 ? this.uids.length : after;
    if (sequence === 0 || this.uids[sequence - 1] !== undefined) this.#problem(`VANISHED ${uid}, which is none of the messages`);
    this.expunge(sequence);
  }

  fetch(sequence: number, uid: number, flags: readonly string[] | undefined): void {
    if (sequence < 1 || sequence > this.uids.length) this.#problem(`FETCH ${sequence} of ${this.uids.length}`);
    const known = this.uids[sequence - 1];
    if (known !== undefined && known !== uid) this.#problem(`FETCH ${sequence} has UID ${uid}, but was told to have ${known}`);
    this.uids[sequence - 1] = uid;
    const before = this.uids.slice(0, sequence - 1).findLast((other) => other !== undefined) ?? 0;
    const after = this.uids.slice(sequence).find((other) => other !== undefined) ?? Infinity;
    if (before >= uid || uid >= after) this.#problem(`UID ${uid} of ${sequence} stands between ${before} and ${after}`);
    if (flags !== undefined) this.flags.set(uid, new Set(flags.filter((flag) => flag !== "\\Recent" && flag !== "")));
  }
}

/** `1:3,7` as 1, 2, 3, 7. */
export function numbersOf(set: string): number[] {
  return set.split(",").flatMap((range) => {
    const [from = 0, to = from] = range.split(":").map(Number);
    return Array.from({ length: to - from + 1 }, (_, at) => from + at);
  });
}
