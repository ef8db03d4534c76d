import { LIMITS } from "../limits.ts";
import { MessagePage } from "../mailbox/message-page.ts";
import type { UidRanges } from "../mailbox/uid-ranges.ts";
import type { Completion, Task } from "./command.ts";
import type { Session } from "./session.ts";
import type { View } from "./view.ts";
import { ViewLostError } from "./view-lost-error.ts";

export interface FlagsTaskOptions {
  /** Whose flags are told; no more than the view holds. */
  readonly ranges: UidRanges;
  /** Only messages with a higher mod-sequence. 0: all. */
  readonly since: number;
  readonly writeRow: (session: Session, view: View, rows: MessagePage, row: number) => void;
  readonly completion: Completion;
}

/** Writes one FETCH for each message of the ranges, a page at a step: the answers of STORE, and of SELECT with QRESYNC. */
export class FlagsTask implements Task {
  readonly #session: Session;
  readonly #view: View;
  readonly #options: FlagsTaskOptions;
  #range = 0;
  #nextUid: number;

  constructor(session: Session, view: View, options: FlagsTaskOptions) {
    this.#session = session;
    this.#view = view;
    this.#options = options;
    this.#nextUid = options.ranges[0] ?? 0;
  }

  step(): Completion | undefined {
    const { ranges, since, writeRow, completion } = this.#options;
    const { mailbox } = this.#view;
    if (!mailbox.exists) throw new ViewLostError("The selected mailbox was deleted");
    for (let budget = page.capacity; budget > 0;) {
      if (this.#range >= ranges.length) return completion;
      const count = mailbox.readChanged(since, this.#nextUid, ranges[this.#range + 1] ?? 0, page);
      for (let row = 0; row < count; row++) writeRow(this.#session, this.#view, page, row);
      // A range without a message costs something too.
      budget -= Math.max(1, count);
      if (count < page.capacity) {
        this.#range += 2;
        this.#nextUid = ranges[this.#range] ?? 0;
      } else this.#nextUid = (page.uid[count - 1] ?? 0) + 1;
    }
    return undefined;
  }
}

/** One page for all tasks: a step fills and writes it without a pause. */
const page = new MessagePage(LIMITS.pageRows);
