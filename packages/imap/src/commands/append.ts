import { Delivery, type DeliveryTarget } from "../ingest/delivery.ts";
import { LIMITS } from "../limits.ts";
import type { Mailbox } from "../mailbox/mailbox-index.ts";
import type { ArgumentReader } from "../parser/argument-reader.ts";
import { Atom } from "../parser/atom-ids.ts";
import type { DateTime } from "../parser/date-text.ts";
import type { LiteralHeader } from "../parser/framer.ts";
import { Kind } from "../parser/tape.ts";
import { NO_FLAGS, type FlagSet } from "../protocol/flags.ts";
import { bad, no } from "../protocol/status-error.ts";
import type { Completion, StreamingRun } from "../session/command.ts";
import { defineStreamingCommand } from "../session/define-command.ts";
import type { Account, Session } from "../session/session.ts";
import { openTarget } from "./copy-target.ts";
import { flagSetOf } from "./flag-set.ts";

/** APPEND, RFC 9051 section 6.3.12, with APPENDUID of RFC 4315 and the UTF8 data extension of RFC 6855 section 4. */
export const append = defineStreamingCommand({
  name: "APPEND",
  states: ["authenticated", "selected"],
  sequences: "all",
  stream: ({ session, state }) => new AppendRun(session, state.account),
});

/**
 * append = "APPEND" SP mailbox [SP flag-list] [SP date-time] SP (literal / literal8 / append-data-ext)
 * append-data-ext = "UTF8" SP "(" literal8 ")"
 *
 * Everything is checked before the message is accepted, so that a client with a synchronizing literal sends none that
 * will be refused. A message of no octets is refused, as other servers do: what a client sends after a failed read of its own.
 */
class AppendRun implements StreamingRun {
  readonly #session: Session;
  readonly #account: Account;
  #target: DeliveryTarget | undefined;
  #delivery: Delivery | undefined;
  /** The literal stands in `UTF8 (...)`: a parenthesis follows it. */
  #wrapped = false;

  constructor(session: Session, account: Account) {
    this.#session = session;
    this.#account = account;
  }

  async piece(args: ArgumentReader, literal: LiteralHeader | undefined): Promise<void> {
    if (this.#delivery === undefined) {
      this.#target = this.#readTarget(args);
      const { size, data } = args.literal("the message as a literal");
      const delivery = this.#begin(size);
      if (data === undefined) return;
      await delivery.write(data);
    }
    if (this.#wrapped) args.close();
    if (!args.atEnd || literal !== undefined) throw bad("Expected the end of the command: one message at a time");
  }

  chunk(data: Uint8Array): void | Promise<void> {
    return this.#delivery?.write(data);
  }

  literalEnd(): void {
    // The piece that follows says whether the message is wanted.
  }

  async finish(): Promise<Completion> {
    const target = this.#target;
    if (target === undefined || this.#delivery === undefined) throw new TypeError("APPEND ended without a message");
    const [uid] = await this.#delivery.finish([target]);
    return { code: `APPENDUID ${target.mailbox.record.uidValidity} ${uid}` };
  }

  async abort(): Promise<void> {
    await this.#delivery?.abort();
  }

  #readTarget(args: ArgumentReader): DeliveryTarget {
    args.space();
    const name = args.astring("mailbox name");
    const { utf8 } = this.#session.enabled;
    let flags: FlagSet = NO_FLAGS;
    let date: DateTime = { seconds: Math.floor(this.#account.now() / 1000), zone: 0 };
    args.space();
    if (args.peekKind() === Kind.open) {
      flags = flagSetOf(args.flagList());
      args.space();
    }
    if (args.peekKind() === Kind.quoted) {
      date = args.dateTime();
      args.space();
    }
    if (args.peekAtomId() === Atom.UTF8) {
      if (!utf8) throw bad("UTF8 needs ENABLE UTF8=ACCEPT first");
      args.atomId("UTF8");
      args.space();
      args.open();
      this.#wrapped = true;
    }
    const mailbox = openTarget(this.#account.index, name, utf8);
    refuseKeywords(mailbox, flags);
    return { mailbox, flags, internalDate: date.seconds, zoneMinutes: date.zone };
  }

  #begin(size: number): Delivery {
    const { appendLimit } = this.#session.server;
    if (size > appendLimit) throw no(`A message has at most ${appendLimit} octets`, "TOOBIG");
    if (size === 0) throw no("A message of no octets cannot be kept");
    this.#delivery = Delivery.begin(this.#account, size);
    return this.#delivery;
  }
}

/** The index would refuse them too, but only after the message has been sent. */
function refuseKeywords(mailbox: Mailbox, flags: FlagSet): void {
  const known = new Set(mailbox.keywords.map((keyword) => keyword.toLowerCase()));
  const added = flags.keywords.filter((keyword) => !known.has(keyword.toLowerCase()));
  if (known.size + added.length > LIMITS.keywordsPerMailbox)
    throw no(`A mailbox has at most ${LIMITS.keywordsPerMailbox} keywords`, "LIMIT");
}
