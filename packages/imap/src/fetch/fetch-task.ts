import { bodyFromBodyStructure } from "@sluice/mime/body-form";

import { LIMITS } from "../limits.ts";
import type { ContentKey, ContentRow } from "../mailbox/mailbox-index.ts";
import type { UidRanges } from "../mailbox/uid-ranges.ts";
import type { Completion, Task } from "../session/command.ts";
import { OutputBrokenError } from "../session/output-broken-error.ts";
import type { Account, Session } from "../session/session.ts";
import type { View } from "../session/view.ts";
import { asciiEnvelope } from "./ascii-envelope.ts";
import { ContentBatch } from "./content-batch.ts";
import { pinsOf } from "./content-pins.ts";
import { FetchAhead } from "./fetch-ahead.ts";
import { MessageCursor } from "./message-cursor.ts";
import { givePage, takePage } from "./page-pool.ts";
import type { FetchPlan, StructureItem } from "./plan.ts";
import { ScalarWriter } from "./scalar-writer.ts";
import { SectionWriter } from "./section-writer.ts";
import type { VanishedReport } from "./vanished.ts";

export interface FetchOptions {
  /** UID FETCH: messages that are gone are simply not answered. */
  readonly byUid: boolean;
  /** CHANGEDSINCE. */
  readonly since: number | undefined;
  /** What is told before the first message. */
  readonly vanished: VanishedReport | undefined;
  /** The command from its tag to its last argument, where others of its kind may follow it. */
  readonly octets?: Uint8Array | undefined;
}

/**
 * Writes the FETCH responses for a selection of messages.
 *
 * A step ends after a page of messages or a message's worth of output, also in the middle of a body. Where it
 * goes on is in the fields: a cursor over the messages, the item, and the octets of the literal that are left.
 * What a stalled client holds is one page of index rows and one message's header and structure.
 */
export class FetchTask implements Task {
  readonly #session: Session;
  readonly #account: Account;
  readonly #view: View;
  readonly #plan: FetchPlan;
  readonly #selection: UidRanges;
  readonly #byUid: boolean;
  readonly #cursor: MessageCursor;
  readonly #batch: ContentBatch | undefined;
  readonly #ahead: FetchAhead | undefined;
  readonly #scalars: ScalarWriter;
  readonly #sections: SectionWriter;
  #vanished: VanishedReport | undefined;

  /** A response has been begun; `#item` is its next long item. */
  #open = false;
  #item = 0;
  /** Nothing stands between the response's parenthesis and the next item. */
  #first = true;
  #content: ContentRow | undefined;
  #pinned: ContentKey | undefined;
  /** Where in the output's buffer the open response begins, while all of it is still there. */
  #begin: number | undefined;
  /** Length of that buffer when the step ended: another length means that it has been sent. */
  #left = 0;
  #failure: unknown;
  #failures = 0;
  #released = false;

  constructor(session: Session, account: Account, view: View, plan: FetchPlan, selection: UidRanges, options: FetchOptions) {
    this.#session = session;
    this.#account = account;
    this.#view = view;
    this.#plan = plan;
    this.#selection = selection;
    this.#byUid = options.byUid;
    this.#vanished = options.vanished;
    this.#cursor = new MessageCursor(session, view, selection, takePage(), {
      since: options.since,
      setsSeen: plan.setsSeen,
      tellsFlags: plan.hasFlags,
    });
    const { columns } = plan;
    const bodies = plan.readsBodies ? account.bodies : undefined;
    if (columns !== undefined && options.octets !== undefined) {
      this.#ahead = FetchAhead.of(session);
      this.#ahead.begin({ octets: options.octets, byUid: options.byUid, account, view, columns, bodies });
    }
    this.#batch = columns === undefined ? undefined : new ContentBatch(account.index, columns, bodies, this.#ahead);
    this.#scalars = new ScalarWriter(session.output.writer, view, plan.scalars);
    this.#sections = new SectionWriter(session.output.writer, account.bodies);
  }

  get responseOpen(): boolean {
    return this.#open;
  }

  step(): Completion | undefined | Promise<Completion | undefined> {
    try {
      if (this.#session.output.writer.length !== this.#left) this.#begin = undefined;
      this.#cursor.resume();
      if (this.#vanished !== undefined) {
        if (this.#vanished.step()) this.#vanished = undefined;
        return undefined;
      }
      const worked = this.#work();
      if (worked instanceof Promise) {
        this.#pause();
        return worked.then(
          () => {
            if (!this.#released) this.#pause();
            return undefined;
          },
          (error: unknown) => this.#failed(error),
        );
      }
      if (worked === undefined) this.#pause();
      return worked;
    } catch (error) {
      return this.#failed(error);
    }
  }

  abort(): void {
    this.#release();
  }

  /** One step's work. `undefined`: more is left. */
  #work(): Completion | Promise<void> | undefined {
    const { writer } = this.#session.output;
    for (let rows = 0; rows < LIMITS.pageRows; rows++) {
      if (!this.#open) {
        if (writer.length >= LIMITS.outputMessage) return undefined;
        const next = this.#cursor.next();
        if (next === "end") return this.#finish();
        if (next === "page") {
          this.#batch?.drop();
          continue;
        }
        if (this.#plan.texts.length === 0) {
          this.#writeShort();
          continue;
        }
        this.#openResponse();
      }
      const waiting = this.#writeTexts();
      if (waiting !== undefined) return waiting;
      if (this.#open) return undefined;
    }
    return undefined;
  }

  /** Writes the response for a message of which only short items are asked. */
  #writeShort(): void {
    const { page, row, sequence } = this.#cursor;
    this.#scalars.begin(sequence, page, row, this.#batch?.at(page, row));
    this.#session.output.writer.ascii(")\r\n");
  }

  #openResponse(): void {
    const { page, row, sequence, newlySeen } = this.#cursor;
    const { scalars, hasUid, hasFlags, hasModSeq } = this.#plan;
    const content = this.#batch?.at(page, row);
    this.#begin = this.#session.output.writer.length;
    this.#open = true;
    this.#item = 0;
    this.#scalars.begin(sequence, page, row, content);
    this.#first = scalars.length === 0;
    if (newlySeen) {
      const { condstore, qresync } = this.#session.enabled;
      const uid = qresync && !hasUid;
      const modSeq = condstore && !hasModSeq;
      this.#scalars.change(page, row, { uid, flags: !hasFlags, modSeq }, this.#first);
      this.#first &&= !uid && hasFlags && !modSeq;
    }
    if (content === undefined) return;
    this.#content = content;
    this.#sections.open(content, page.size[row] ?? 0, this.#batch?.body(row));
  }

  /** Writes the long items of the open response as far as the output has room, and closes it after the last. */
  #writeTexts(): Promise<void> | undefined {
    const { writer } = this.#session.output;
    const { texts } = this.#plan;
    for (;;) {
      while (this.#sections.busy) {
        if (writer.length >= LIMITS.outputMessage) return undefined;
        const waiting = this.#sections.next();
        if (waiting !== undefined) return waiting;
      }
      const item = texts[this.#item];
      if (item === undefined) break;
      if (this.#item > 0 && writer.length >= LIMITS.outputMessage) return undefined;
      this.#item++;
      const first = this.#first;
      this.#first = false;
      if (item.kind !== "section") this.#writeStructure(item, first);
      else {
        const waiting = this.#sections.start(item, first ? 1 : 0);
        if (waiting !== undefined) return waiting;
      }
    }
    writer.ascii(")\r\n");
    this.#closeResponse();
    return undefined;
  }

  #writeStructure(item: StructureItem, first: boolean): void {
    const { envelope, bodyStructure } = this.#content ?? {};
    const value = item.kind === "envelope" ? envelope : bodyStructure;
    if (value === undefined) throw new TypeError("A column of the message was not read");
    this.#scalars.label(item.label, first);
    this.#session.output.writer.octets(this.#structureText(item, value));
  }

  #structureText({ kind }: StructureItem, value: Uint8Array): Uint8Array {
    if (kind === "body") return bodyFromBodyStructure(value);
    return kind === "envelope" && !this.#session.enabled.utf8 ? asciiEnvelope(value) : value;
  }

  #closeResponse(): void {
    this.#open = false;
    this.#begin = undefined;
    this.#content = undefined;
    this.#sections.close();
    if (this.#pinned !== undefined) pinsOf(this.#account.index).unpin(this.#pinned);
    this.#pinned = undefined;
  }

  /** The step ends here. Others have a turn now, and a message that they expunge must keep its octets until its response is complete. */
  #pause(): void {
    const { output } = this.#session;
    this.#left = output.writer.length;
    if (!output.hasRoom) {
      this.#batch?.drop();
      this.#ahead?.stall();
    }
    if (this.#open && this.#content !== undefined && this.#pinned === undefined) {
      this.#pinned = this.#content.key;
      pinsOf(this.#account.index).pin(this.#pinned);
    }
  }

  /** A response that has not begun to leave is taken back, and the next message goes on; the error is thrown at the end. */
  #failed(error: unknown): undefined {
    if (this.#released) return undefined;
    const { writer } = this.#session.output;
    this.#failure ??= error;
    const takenBack = this.#begin;
    if (!this.#open || takenBack === undefined || ++this.#failures >= LIMITS.fetchFailures) {
      const broken = this.#open && takenBack === undefined;
      if (takenBack !== undefined) writer.length = takenBack;
      this.#cursor.untell();
      this.#release();
      throw broken ? new OutputBrokenError(error) : error;
    }
    writer.length = takenBack;
    this.#cursor.untell();
    this.#closeResponse();
    this.#pause();
    return undefined;
  }

  #finish(): Completion {
    if (this.#failure !== undefined) throw this.#failure;
    this.#release();
    if (!this.#byUid && this.#view.selectsExpunged(this.#selection)) return { code: "EXPUNGEISSUED" };
    return {};
  }

  #release(): void {
    if (this.#released) return;
    this.#released = true;
    this.#closeResponse();
    this.#batch?.drop();
    this.#ahead?.end();
    givePage(this.#cursor.page);
  }
}
