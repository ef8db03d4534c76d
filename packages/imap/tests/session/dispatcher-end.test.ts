import { test } from "vitest";

import { noop } from "../../src/commands/noop.ts";
import { LIMITS } from "../../src/limits.ts";
import { no } from "../../src/protocol/status-error.ts";
import type { Command, RunResult } from "../../src/session/command.ts";
import { defineCommand, defineStreamingCommand } from "../../src/session/define-command.ts";
import { View } from "../../src/session/view.ts";
import { Harness } from "./dispatcher-harness.ts";
import { addMessages, createAccount, openMailbox } from "./fixture.ts";

const states = ["authenticated", "selected"] as const;

function command(name: string, run: () => RunResult): Command {
  return defineCommand({ name, states, sequences: "all", read: () => undefined, run });
}

/** A gate at which a command waits. */
function gate() {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  return { promise, open: resolve, fail: reject };
}

test("others hear of a command that ends after its client has gone", async ({ expect }) => {
  const waiting = gate();
  const slow = command("SLOW", () => waiting.promise);
  const harness = new Harness(createAccount(), [slow]);
  const run = harness.send("a1 SLOW\r\n");
  await harness.dispatcher.end();
  expect(harness.events).toEqual([]);
  waiting.open();
  expect(await run).toBe("");
  expect(harness.events).toEqual([{ name: "SLOW", status: "NO" }]);
});

test("others hear of an APPEND whose client leaves while its body is committed", async ({ expect }) => {
  const waiting = gate();
  const events: string[] = [];
  const put = defineStreamingCommand({
    name: "PUT",
    states,
    sequences: "all",
    stream: () => ({
      piece: () => undefined,
      chunk: () => undefined,
      literalEnd: () => undefined,
      finish: async () => {
        await waiting.promise;
        events.push("stored");
        return {};
      },
      abort: () => void events.push("aborted"),
    }),
  });
  const harness = new Harness(createAccount(), [put]);
  const run = harness.send("a1 PUT\r\n");
  await new Promise((resolve) => setImmediate(resolve));
  await harness.dispatcher.end();
  waiting.open();
  expect(await run).toBe("");
  expect([events, harness.events, harness.faults]).toEqual([["stored"], [{ name: "PUT", status: "NO" }], []]);
});

test("others hear of a task that is given up half-way, between two steps and within one", async ({ expect }) => {
  const flood = defineCommand({
    name: "MANY",
    states,
    sequences: "all",
    read: () => undefined,
    run: ({ emit }) => ({ step: () => emit({ kind: "data", text: "x".repeat(60_000) }) ?? undefined }),
  });
  const still = new Harness(createAccount(), [flood]);
  await still.send("a1 MANY\r\n");
  await still.dispatcher.end();
  expect(still.events).toEqual([{ name: "MANY", status: "NO" }]);

  const waiting = gate();
  let aborted = 0;
  const moving = new Harness(createAccount(), [
    command("MANY", () => ({
      step: async () => {
        await waiting.promise;
        return undefined;
      },
      abort: () => void aborted++,
    })),
  ]);
  const run = moving.send("a1 MANY\r\n");
  await new Promise((resolve) => setImmediate(resolve));
  await moving.dispatcher.end();
  expect(moving.events).toEqual([]);
  waiting.open();
  await run;
  expect([moving.events, aborted]).toEqual([[{ name: "MANY", status: "NO" }], 1]);
});

test("a task that a command begins for a client who has gone is released", async ({ expect }) => {
  const waiting = gate();
  let aborted = 0;
  const late = command("LATE", async () => {
    await waiting.promise;
    return { step: () => undefined, abort: () => void aborted++ };
  });
  const harness = new Harness(createAccount(), [late]);
  const run = harness.send("a1 LATE\r\n");
  await harness.dispatcher.end();
  waiting.open();
  await run;
  expect(aborted).toBe(1);
});

test("what fails after the client has gone is a fault only if nobody foresaw it", async ({ expect }) => {
  for (const [error, faults] of [
    [no("Not today"), []],
    [new Error("broken"), [new Error("broken")]],
  ] as const) {
    const waiting = gate();
    const harness = new Harness(createAccount(), [command("SLOW", () => waiting.promise)]);
    const run = harness.send("a1 SLOW\r\n");
    await harness.dispatcher.end();
    waiting.fail(error);
    expect(await run).toBe("");
    expect(harness.faults).toEqual(faults);
  }
});

test("the end of an IDLE is nobody's news", async ({ expect }) => {
  const wait: Command = command("WAIT", () => ({ prompt: "waiting", idle: true, line: () => undefined }));
  const harness = new Harness(createAccount(), [wait]);
  await harness.send("a1 WAIT\r\n");
  await harness.dispatcher.end();
  expect(harness.events).toEqual([]);
});

test("a command whose changes cannot be told ends the session and is not answered twice", async ({ expect }) => {
  const account = createAccount();
  const mailbox = openMailbox(account);
  addMessages(account, mailbox, 2);
  const view = new View(mailbox, false);
  const long = command("LONG", () => ({
    step() {
      addMessages(account, mailbox, 1);
      view.claimRecent = () => {
        throw new Error("the index is broken");
      };
      return {};
    },
  }));
  const harness = new Harness(account, [long, noop], { name: "selected", account, view });
  const said = await harness.send("a1 LONG\r\na2 NOOP\r\n");
  expect(said).toBe("* BYE [SERVERBUG] Internal error\r\n");
  expect(harness.closed).toBe(true);
  expect(harness.faults).toEqual([new Error("the index is broken")]);
});

test("a long pipeline of short commands lets others have turns", async ({ expect }) => {
  const harness = new Harness(createAccount(), [noop]);
  const count = 3 * LIMITS.inputsPerTurn + 1;
  const said = await harness.send("a NOOP\r\n".repeat(count));
  expect([said.split("\r\n").length - 1, harness.turns]).toEqual([count, 3]);
});
