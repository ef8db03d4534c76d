import type { FetchAttribute } from "../../src/fetch/attributes.ts";
import { FetchTask, type FetchOptions } from "../../src/fetch/fetch-task.ts";
import { compilePlan } from "../../src/fetch/plan.ts";
import { Delivery } from "../../src/ingest/delivery.ts";
import type { BodyStore } from "../../src/mailbox/body-store.ts";
import type { ContentColumns, Mailbox, MailboxIndex } from "../../src/mailbox/mailbox-index.ts";
import { NO_FLAGS, type FlagSet } from "../../src/protocol/flags.ts";
import { parseSequenceSet } from "../../src/protocol/sequence-set.ts";
import type { Completion } from "../../src/session/command.ts";
import type { Account } from "../../src/session/session.ts";
import { NOW, type TestSession } from "../session/fixture.ts";

export function bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** Delivers a message, the way APPEND does. Lines end with LF in `text` and with CRLF in the message. Answers its UID. */
export async function deliver(account: Account, mailbox: Mailbox, text: string, flags: FlagSet = NO_FLAGS): Promise<number> {
  const octets = bytes(text.replaceAll("\n", "\r\n"));
  const delivery = Delivery.begin(account, octets.length);
  await delivery.write(octets);
  const [uid] = await delivery.finish([{ mailbox, flags, internalDate: NOW / 1000, zoneMinutes: 0 }]);
  if (uid === undefined) throw new Error("The message was not delivered");
  return uid;
}

/** A FETCH of `set` by UID, ready to be stepped. */
export function fetchTask(
  { session }: TestSession,
  account: Account,
  set: string,
  attributes: readonly FetchAttribute[],
  options: Partial<FetchOptions> = {},
): FetchTask {
  const { view } = session;
  if (view === undefined) throw new Error("No mailbox is selected");
  const byUid = options.byUid ?? true;
  const plan = compilePlan(attributes, { uid: byUid, modSeq: options.since !== undefined }, account.octets);
  return new FetchTask(session, account, view, plan, view.select(parseSequenceSet(bytes(set)), byUid), {
    since: undefined,
    vanished: undefined,
    ...options,
    byUid,
  });
}

/** Steps a task to its end; sends what was written whenever a step ends, or only then when there is a message's worth. */
export async function finish(task: FetchTask, client: TestSession, afterStep: () => void = () => {}): Promise<Completion> {
  for (let steps = 0; steps < 1_000_000; steps++) {
    const step = task.step();
    const completion = step instanceof Promise ? await step : step;
    if (completion !== undefined) return completion;
    client.session.output.flushIfFull();
    afterStep();
  }
  throw new Error("The task does not end");
}

/** An account that counts what is read of it. */
export function counting(account: Account): {
  readonly account: Account;
  readonly contents: ContentColumns[];
  readonly bodyReads: number[];
} {
  const contents: ContentColumns[] = [];
  const bodyReads: number[] = [];
  const readContents: MailboxIndex["readContents"] = (page, from, to, columns) => {
    contents.push(columns);
    return account.index.readContents(page, from, to, columns);
  };
  const index = overriding(account.index, { readContents });
  return {
    account: { ...account, index, bodies: bodiesThat(account.bodies, (length) => void bodyReads.push(length)) },
    contents,
    bodyReads,
  };
}

/** A body store that calls `onRead` before each read, and answers at once or, with `later`, by a promise. */
export function bodiesThat(bodies: BodyStore, onRead: (length: number, offset: number) => void, later = false): BodyStore {
  return {
    begin: (size) => bodies.begin(size),
    remove: (body) => bodies.remove(body),
    read(body, offset, length) {
      if (!later) {
        onRead(length, offset);
        return bodies.read(body, offset, length);
      }
      return Promise.resolve().then(() => {
        onRead(length, offset);
        return bodies.read(body, offset, length);
      });
    },
  };
}

/** The same object with some of its methods replaced. */
export function overriding<T extends object>(target: T, methods: Partial<T>): T {
  return new Proxy(target, {
    get(_, name) {
      if (Object.hasOwn(methods, name)) return Reflect.get(methods, name);
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
