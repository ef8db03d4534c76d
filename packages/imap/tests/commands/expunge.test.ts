import { test } from "vitest";

import { expunge } from "../../src/commands/expunge.ts";
import { copyUidCode } from "../../src/commands/copy-target.ts";
import { move } from "../../src/commands/move.ts";
import { noop } from "../../src/commands/noop.ts";
import { select } from "../../src/commands/select.ts";
import { LIMITS } from "../../src/limits.ts";
import { ALL_UIDS, rangesOf } from "../../src/mailbox/uid-ranges.ts";
import { Flag } from "../../src/protocol/flags.ts";
import { Harness } from "../session/dispatcher-harness.ts";
import { addMessages, createAccount, openMailbox } from "../session/fixture.ts";

/** More than an output window holds EXPUNGE responses of 11 to 17 octets. */
const COUNT = 150_000;
const LINES = Array.from({ length: COUNT }, (_, at) => `* ${COUNT - at} EXPUNGE\r\n`).join("");

test.for(["EXPUNGE", "MOVE 1:* Trash"])("%s of very many messages waits for the client to read", async (command, { expect }) => {
  const account = createAccount();
  addMessages(account, openMailbox(account), COUNT, { system: Flag.deleted, keywords: [] });
  const harness = new Harness(account, [select, expunge, move]);
  await harness.send("a1 SELECT INBOX\r\n");
  await harness.read();
  let said = await harness.send(`a2 ${command}\r\n`);
  let largest = 0;
  for (let reads = 0; harness.unread > 0 && reads < 100; reads++) {
    largest = Math.max(largest, harness.unread);
    said += await harness.read();
  }
  expect(largest).toBeLessThan(LIMITS.outputWindow + LIMITS.outputMessage);
  expect(said.replace(/^\* OK \[COPYUID .*\r\n/, "")).toBe(`${LINES}a2 OK ${command.split(" ")[0]} completed\r\n`);
});

test("what another session has expunged is told as far as the window reaches, and the rest later", async ({ expect }) => {
  const account = createAccount();
  const mailbox = openMailbox(account);
  addMessages(account, mailbox, COUNT);
  const harness = new Harness(account, [select, noop]);
  await harness.send("a1 SELECT INBOX\r\n");
  await harness.read();
  mailbox.expunge(ALL_UIDS, false);
  let said = "";
  for (let at = 0; at < 10 && harness.session.view?.upToDate !== true; at++) {
    said += await harness.send(`n NOOP\r\n`);
    expect(harness.unread).toBeLessThan(LIMITS.outputWindow + LIMITS.outputMessage);
    said += await harness.read();
  }
  expect(said.replaceAll("n OK NOOP completed\r\n", "")).toBe(LINES);
});

test("COPYUID is left out when it would be longer than a window", ({ expect }) => {
  const mailbox = openMailbox(createAccount());
  const odd = rangesOf(Array.from({ length: LIMITS.copyUidRanges + 1 }, (_, at) => 2 * at + 1));
  expect(copyUidCode(mailbox, { from: odd, to: Uint32Array.of(1, LIMITS.copyUidRanges + 1) })).toBeUndefined();
  const few = odd.subarray(0, 20);
  expect(copyUidCode(mailbox, { from: few, to: Uint32Array.of(1, 10) })).toMatch(/^COPYUID \d+ 1,3,5.* 1:10$/);
});
