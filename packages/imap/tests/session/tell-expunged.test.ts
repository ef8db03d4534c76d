import { test } from "vitest";

import { LIMITS } from "../../src/limits.ts";
import { tellChanges } from "../../src/session/tell-changes.ts";
import { View, ViewSnapshot } from "../../src/session/view.ts";
import { addMessages, createAccount, createSession, openMailbox } from "./fixture.ts";

/** Octets of `* 10 EXPUNGE` and its line end, and of the same with one digit. */
const LONG = 14;
const SHORT = 13;

test("expunges that come while others wait for the window are told after them, each once", ({ expect }) => {
  const account = createAccount();
  const mailbox = openMailbox(account);
  addMessages(account, mailbox, 12);
  const client = createSession(account, mailbox);
  const { session } = client;
  const tellInto = (octets: number): string => {
    session.output.writer.octets(new Uint8Array(LIMITS.outputWindow - octets));
    session.output.flush();
    client.forget();
    tellChanges(session, true);
    return client.take();
  };
  const left = (): number[] => [...(session.view?.pendingExpunged ?? [])];

  mailbox.expunge(Uint32Array.of(2, 2, 5, 6, 9, 10), false);
  expect(tellInto(LONG + SHORT)).toBe("* 10 EXPUNGE\r\n* 9 EXPUNGE\r\n");
  expect(left()).toEqual([2, 5, 6]);
  expect(session.view?.count).toBe(10);

  // One below and one above the point where telling stopped, and one that came and went.
  mailbox.expunge(Uint32Array.of(3, 3, 11, 11), false);
  addMessages(account, mailbox, 2);
  mailbox.expunge(Uint32Array.of(13, 13), false);
  expect(left()).toEqual([2, 3, 5, 6, 11]);

  // The view outlives the object's memory.
  const { view } = session;
  if (view === undefined) throw new Error("No view");
  const snapshot = ViewSnapshot.parse(JSON.parse(JSON.stringify(view.snapshot())));
  session.state = { name: "selected", account, view: View.restore(account.index, snapshot) };
  expect(left()).toEqual([2, 3, 5, 6, 11]);

  expect(tellInto(1)).toBe("* 6 EXPUNGE\r\n");
  expect(left()).toEqual([2, 3, 5, 11]);
  // First what the earlier pass had left, then what came behind it.
  expect(tellInto(1000)).toBe("* 5 EXPUNGE\r\n* 2 EXPUNGE\r\n* 6 EXPUNGE\r\n* 2 EXPUNGE\r\n* 6 EXISTS\r\n* 6 RECENT\r\n");
  expect(left()).toEqual([]);
  expect(session.view?.upToDate).toBe(true);
});
