import { test } from "vitest";

import { append } from "../../src/commands/append.ts";
import { idle, idleContinuation } from "../../src/commands/idle.ts";
import { noop } from "../../src/commands/noop.ts";
import { store } from "../../src/commands/store.ts";
import { LIMITS } from "../../src/limits.ts";
import type { BodyStore } from "../../src/mailbox/body-store.ts";
import { Flag } from "../../src/protocol/flags.ts";
import { bad, no } from "../../src/protocol/status-error.ts";
import type { Command, StreamingRun } from "../../src/session/command.ts";
import { defineCommand, defineStreamingCommand } from "../../src/session/define-command.ts";
import type { SessionState } from "../../src/session/session.ts";
import { View } from "../../src/session/view.ts";
import { unknownClient } from "../auth/fakes.ts";
import { Harness } from "./dispatcher-harness.ts";
import { addMessages, createAccount, openMailbox } from "./fixture.ts";

const states = ["authenticated", "selected"] as const;

/** A command without arguments. */
function command(name: string, run: Parameters<typeof defineCommand<undefined, (typeof states)[number]>>[0]["run"]): Command {
  return defineCommand({ name, states, sequences: "all", read: () => undefined, run });
}

/** Writes as many kilobytes as it is told, one at a step. */
function flood(kilobytes: number, events: string[]): Command {
  return command("FLOOD", ({ session }) => {
    let left = kilobytes;
    return {
      step() {
        session.output.emit({ kind: "data", text: "x".repeat(1020) });
        return --left === 0 ? {} : undefined;
      },
      abort: () => void events.push("aborted"),
    };
  });
}

function later<T>(value: T): Promise<T> {
  return new Promise((resolve) => setTimeout(() => resolve(value), 1));
}

test("commands are answered in the order in which they came, also when the first takes longer", async ({ expect }) => {
  const slow = command("SLOW", async ({ emit }) => {
    await later(undefined);
    emit({ kind: "data", text: "SLOW" });
  });
  const harness = new Harness(createAccount(), [slow, noop]);
  harness.push("a1 SLOW\r\na2 NOOP\r\n");
  const first = harness.dispatcher.run();
  // Pushed while it works: the run that goes on takes it.
  harness.push("a3 NOOP\r\n");
  await harness.dispatcher.run();
  await first;
  expect(harness.take()).toBe("* SLOW\r\na1 OK SLOW completed\r\na2 OK NOOP completed\r\na3 OK NOOP completed\r\n");
  expect(harness.events).toEqual([
    { name: "SLOW", status: "OK" },
    { name: "NOOP", status: "OK" },
    { name: "NOOP", status: "OK" },
  ]);
});

test("input that comes while a run is about to end is not left lying", async ({ expect }) => {
  const harness = new Harness(createAccount(), [noop]);
  const running = harness.send("a1 NOOP\r\n");
  // Some microtask in the middle of the end of the run.
  for (let tick = 0; tick < 20; tick++) {
    await Promise.resolve();
    harness.push(`b${tick} NOOP\r\n`);
    void harness.dispatcher.run();
  }
  await running;
  await later(undefined);
  harness.take();
  expect(harness.events.length).toBe(21);
});

test("a long command stops when the window is full, goes on with credit, and lets others have turns", async ({ expect }) => {
  const kilobytes = 2 * (LIMITS.outputWindow / 1024);
  const harness = new Harness(createAccount(), [flood(kilobytes, []), noop]);
  let said = await harness.send("a1 FLOOD\r\na2 NOOP\r\n");
  expect(said.length).toBeGreaterThanOrEqual(LIMITS.outputWindow - LIMITS.outputMessage);
  expect(said.length).toBeLessThanOrEqual(LIMITS.outputWindow + LIMITS.outputMessage);
  expect(said).not.toContain("a1 OK");
  expect(harness.turns).toBe(Math.floor(LIMITS.outputWindow / 1024 / LIMITS.stepsPerTurn));
  // Without credit nothing moves.
  await harness.dispatcher.run();
  expect(harness.take()).toBe("");
  for (let round = 0; round < 3; round++) said += await harness.read();
  expect(said.split("\r\n").length).toBe(kilobytes + 3);
  expect(said.endsWith("a1 OK FLOOD completed\r\na2 OK NOOP completed\r\n")).toBe(true);
});

test("the end of the session releases a task and a stream", async ({ expect }) => {
  const events: string[] = [];
  const flooding = new Harness(createAccount(), [flood(5000, events)]);
  await flooding.send("a1 FLOOD\r\n");
  await flooding.dispatcher.end();
  expect(events).toEqual(["aborted"]);
  expect(flooding.session.state.name).toBe("logout");
  await flooding.read();
  expect(flooding.take()).toBe("");

  const appending = new Harness(createAccount(), [streaming(events)]);
  await appending.send("a1 STREAM {10+}\r\nabc");
  await appending.dispatcher.end();
  expect(events).toEqual(["aborted", "piece 10", "chunk abc", "stream aborted"]);
});

/** Notes what it gets; `failAt` throws there. */
function streaming(events: string[], failAt?: { readonly at: string; readonly error: Error }): Command {
  const note = (event: string): void => {
    events.push(event);
    if (event === failAt?.at) throw failAt.error;
  };
  return defineStreamingCommand({
    name: "STREAM",
    states,
    sequences: "all",
    stream: (): StreamingRun => ({
      piece(args, literal) {
        if (literal !== undefined) {
          args.space();
          args.literal();
        }
        note(literal === undefined ? "last piece" : `piece ${literal.size}`);
      },
      chunk: (data) => note(`chunk ${new TextDecoder().decode(data)}`),
      literalEnd: () => note("literal end"),
      finish() {
        note("finish");
        return { text: "Streamed" };
      },
      abort: () => note("stream aborted"),
    }),
  });
}

test("a streaming command gets its pieces in order", async ({ expect }) => {
  const events: string[] = [];
  const harness = new Harness(createAccount(), [streaming(events), noop]);
  const said = await harness.send("a1 STREAM {3}\r\nabc {2+}\r\nde\r\na2 NOOP\r\n");
  expect(said).toBe("a1 OK Streamed\r\na2 OK NOOP completed\r\n");
  expect(events).toEqual(["piece 3", "chunk abc", "literal end", "piece 2", "chunk de", "literal end", "last piece", "finish"]);
  expect(harness.decisions).toEqual([true, true]);
});

test("one that fails is answered once, when the client has said all, and leaves nothing", async ({ expect }) => {
  for (const at of ["chunk abc", "literal end", "last piece", "finish"]) {
    const events: string[] = [];
    const harness = new Harness(createAccount(), [streaming(events, { at, error: no("The disk is full", "UNAVAILABLE") }), noop]);
    expect(await harness.send("a1 STREAM {3+}\r\nabc")).toBe("");
    expect(await harness.send("\r\na2 NOOP\r\n")).toBe("a1 NO [UNAVAILABLE] The disk is full\r\na2 OK NOOP completed\r\n");
    expect(events.slice(events.indexOf(at) + 1)).toEqual(["stream aborted"]);
  }
});

test("a second literal after a failure is refused, and the command is over", async ({ expect }) => {
  const events: string[] = [];
  const harness = new Harness(createAccount(), [streaming(events, { at: "chunk abc", error: no("The disk is full") }), noop]);
  const said = await harness.send("a1 STREAM {3+}\r\nabc {4}\r\na2 NOOP\r\n");
  expect(said).toBe("a1 NO The disk is full\r\na2 OK NOOP completed\r\n");
  expect(harness.decisions).toEqual([true, false]);
});

test("a literal that is refused is answered at once; a non-synchronizing one is swallowed", async ({ expect }) => {
  const failing = streaming([], { at: "piece 7", error: no("Too big", "TOOBIG") });
  const harness = new Harness(createAccount(), [failing, noop]);
  expect(await harness.send("a1 STREAM {7}\r\n")).toBe("a1 NO [TOOBIG] Too big\r\n");
  expect(await harness.send("a2 NOOP\r\n")).toBe("a2 OK NOOP completed\r\n");
  expect(await harness.send("a3 STREAM {7+}\r\nx NOOP\n\r\na4 NOOP\r\n")).toBe("a3 NO [TOOBIG] Too big\r\na4 OK NOOP completed\r\n");
});

test("a command that takes no streamed literal refuses it; so does one that is unknown or not allowed", async ({ expect }) => {
  const account = createAccount();
  const harness = new Harness(account, [noop, store, append]);
  expect(await harness.send("a1 NOOP {50}\r\n")).toBe("a1 NO [TOOBIG] A literal of 50 octets is too long here\r\n");
  expect(await harness.send("a2 FUN {50}\r\n")).toBe("a2 BAD Unknown command\r\n");
  harness.session.state = {
    name: "not-authenticated",
    login: { authenticator: { authenticate: () => later(undefined) }, client: unknownClient, admit: () => later(harness.session.state) },
  };
  expect(await harness.send("a3 APPEND INBOX {50}\r\n")).toBe("a3 BAD Please authenticate first\r\n");
  expect(harness.decisions).toEqual([false, false, false]);
});

test("what was not foreseen is SERVERBUG, told to the log and not to the client, and the session goes on", async ({ expect }) => {
  const error = new Error("secret detail");
  const broken = command("BROKEN", () => {
    throw error;
  });
  const rejecting = command("REJECTING", () => Promise.reject(error));
  const stepping = command("STEPPING", () => ({ step: () => Promise.reject(error) }));
  const harness = new Harness(createAccount(), [broken, rejecting, stepping, noop]);
  const said = await harness.send("a1 BROKEN\r\na2 REJECTING\r\na3 STEPPING\r\na4 NOOP\r\n");
  const failed = ["a1", "a2", "a3"].map((tag) => `${tag} NO [SERVERBUG] Internal error\r\n`);
  expect(said).toBe(`${failed.join("")}a4 OK NOOP completed\r\n`);
  expect(harness.faults).toEqual([error, error, error]);
});

test("what went wrong beside an answer is told to the log, and the command is done", async ({ expect }) => {
  const fault = new Error("the store is full");
  const harness = new Harness(createAccount(), [command("FINDING", () => ({ step: () => ({ fault }) })), noop]);
  expect(await harness.send("a1 FINDING\r\na2 NOOP\r\n")).toBe("a1 OK FINDING completed\r\na2 OK NOOP completed\r\n");
  expect(harness.faults).toEqual([fault]);
});

test("a store that fails in the middle of an APPEND leaves nothing", async ({ expect }) => {
  const memory = createAccount();
  let aborted = 0;
  const bodies: BodyStore = {
    ...memory.bodies,
    begin: () => ({
      write: () => Promise.reject(new Error("The disk is full")),
      commit: () => Promise.reject(new Error("not reached")),
      abort: () => void aborted++,
    }),
  };
  const harness = new Harness({ ...memory, bodies }, [append, noop]);
  const message = "Subject: x\r\n\r\n" + "line\r\n".repeat(100);
  const said = await harness.send(`a1 APPEND INBOX {${message.length}+}\r\n${message}\r\na2 NOOP\r\n`);
  expect(said).toBe("a1 NO [SERVERBUG] Internal error\r\na2 OK NOOP completed\r\n");
  expect(aborted).toBe(1);
  expect(openMailbox(memory).record.messages).toBe(0);
});

test("an abort that fails too is reported, and the client still gets its answer", async ({ expect }) => {
  const failing = defineStreamingCommand({
    name: "STREAM",
    states,
    sequences: "all",
    stream: (): StreamingRun => ({
      piece: () => {
        throw no("No");
      },
      chunk: () => undefined,
      literalEnd: () => undefined,
      finish: () => ({}),
      abort: () => Promise.reject(new Error("abort failed")),
    }),
  });
  const harness = new Harness(createAccount(), [failing, noop]);
  expect(await harness.send("a1 STREAM\r\na2 NOOP\r\n")).toBe("a1 NO No\r\na2 OK NOOP completed\r\n");
  expect(harness.faults.map(String)).toEqual(["Error: abort failed"]);
});

test("20 bad commands in a row end the conversation, a good one in between does not", async ({ expect }) => {
  const picky = command("PICKY", () => {
    throw bad("Expected something else");
  });
  const harness = new Harness(createAccount(), [noop, picky]);
  for (let at = 1; at < LIMITS.badCommands; at++) await harness.send(at % 2 === 0 ? "a1 FUN\r\n" : "a1 PICKY\r\n");
  await harness.send("a2 NOOP\r\n");
  for (let at = 1; at < LIMITS.badCommands; at++) await harness.send("a1 FUN\r\n");
  expect(harness.closed).toBe(false);
  expect(await harness.send("a1 FUN\r\na2 NOOP\r\n")).toBe("a1 BAD Unknown command\r\n* BYE [CLIENTBUG] Too many bad commands\r\n");
  expect(harness.closed).toBe(true);
  expect(await harness.send("a3 NOOP\r\n")).toBe("");
});

test("more commands than can be held end it", async ({ expect }) => {
  const harness = new Harness(createAccount(), [noop]);
  harness.push("a NOOP\r\n".repeat(LIMITS.queuedItems + 1));
  await harness.dispatcher.run();
  expect(harness.take()).toBe("* BYE [LIMIT] Too many commands at once\r\n");
  expect(harness.closed).toBe(true);
});

test("a task that has seen its view lost ends with BYE", async ({ expect }) => {
  const account = createAccount();
  const { id } = account.index.create("Work");
  const mailbox = openMailbox(account, "Work");
  // Others get a turn before its last step.
  addMessages(account, mailbox, LIMITS.stepsPerTurn * LIMITS.pageRows + 1);
  const view = new View(mailbox, false);
  const remove = command("REMOVE", () => account.index.remove(id));
  const harness = new Harness(account, [store, remove], { name: "selected", account, view });
  harness.push("a1 STORE 1:* +FLAGS (\\Seen)\r\n");
  const running = harness.dispatcher.run();
  account.index.remove(id);
  await running;
  expect(harness.take().endsWith("* BYE The selected mailbox was deleted\r\n")).toBe(true);
  expect(harness.faults).toEqual([]);
});

test("answers to a pipeline leave together, also where others get a turn in between", async ({ expect }) => {
  const answer = "a OK NOOP completed\r\n";
  const commands = 4 * Math.ceil(LIMITS.writeJoin / answer.length);
  const account = createAccount();
  const harness = new Harness(account, [noop]);
  expect(await harness.send("a NOOP\r\n".repeat(commands))).toBe(answer.repeat(commands));
  expect(harness.turns).toBe(Math.ceil(commands / LIMITS.inputsPerTurn) - 1);
  expect(harness.messages).toBeGreaterThan(1);
  expect(harness.messages).toBeLessThanOrEqual(4);
});

test("what waits for its client holds its tag, not what came with it", async ({ expect }) => {
  const account = createAccount();
  const harness = new Harness(account, [idle, noop], { name: "authenticated", account });
  expect(await harness.send(`${"a0 NOOP\r\n".repeat(20)}a1 IDLE\r\n`)).toMatch(/idling\r\n$/);
  expect(harness.dispatcher.idleTag?.buffer.byteLength).toBe("a1".length);
});

test("an IDLE goes on in a session that was restored, and its end has the tag", async ({ expect }) => {
  const account = createAccount();
  const mailbox = openMailbox(account);
  const first = new Harness(account, [idle, noop], { name: "selected", account, view: new View(mailbox, false) });
  expect(await first.send("a1 IDLE\r\n")).toBe("+ idling\r\n");
  expect(first.idling).toBe(true);
  const tag = first.dispatcher.idleTag ?? new Uint8Array(0);
  const snapshot = first.session.view?.snapshot();
  if (snapshot === undefined) throw new Error("No mailbox is selected");
  addMessages(account, mailbox, 2);

  const second = new Harness(account, [idle, noop], { name: "selected", account, view: View.restore(account.index, snapshot) });
  second.dispatcher.resumeIdle(tag, idle, idleContinuation());
  expect(second.dispatcher.idling).toBe(true);
  second.dispatcher.notify();
  expect(second.take()).toBe("* 2 EXISTS\r\n* 2 RECENT\r\n");
  expect(await second.send("DONE\r\na2 NOOP\r\n")).toBe("a1 OK IDLE completed\r\na2 OK NOOP completed\r\n");
  expect(second.dispatcher.betweenCommands).toBe(true);
});

test("a client that does not read is told once it does, not at each change", async ({ expect }) => {
  const account = createAccount();
  const mailbox = openMailbox(account);
  const fill = command("FILL", ({ session }) => session.output.emit({ kind: "data", text: "x".repeat(LIMITS.outputWindow) }));
  const state: SessionState = { name: "selected", account, view: new View(mailbox, false) };
  const harness = new Harness(account, [idle, fill], state);
  await harness.send("a1 IDLE\r\n");
  harness.session.output.emit({ kind: "data", text: "x".repeat(LIMITS.outputWindow) });
  harness.session.output.flush();
  harness.take();
  for (let at = 0; at < 100; at++) {
    addMessages(account, mailbox, 1);
    harness.dispatcher.notify();
  }
  expect(harness.take()).toBe("");
  expect(await harness.read()).toBe("* 100 EXISTS\r\n* 100 RECENT\r\n");
});

test("flag notices that do not fit in the window go on with credit, each once, and none is lost", async ({ expect }) => {
  const account = createAccount();
  const mailbox = openMailbox(account);
  const count = 40_000;
  addMessages(account, mailbox, count);
  // The view reads by position; the memory index is too slow for that many.
  const ranked: typeof mailbox = Object.create(mailbox, {
    record: { get: () => mailbox.record },
    keywords: { get: () => mailbox.keywords },
    exists: { get: () => true },
    rank: { value: (uid: number) => Math.min(uid - 1, count) },
    uidAt: { value: (at: number) => at + 1 },
    readChanged: { value: mailbox.readChanged.bind(mailbox) },
    expungedSince: { value: mailbox.expungedSince.bind(mailbox) },
  });
  const view = new View(ranked, false);
  const harness = new Harness(account, [idle], { name: "selected", account, view });
  await harness.send("a1 IDLE\r\n");
  mailbox.store(Uint32Array.of(1, count), { mode: "add", system: Flag.seen, keywords: [] });
  harness.dispatcher.notify();
  let said = harness.take();
  expect(said.length).toBeLessThan(LIMITS.outputWindow + 2 * LIMITS.outputMessage);
  // Behind the place where it stopped, and before it.
  mailbox.store(Uint32Array.of(1, 1, count, count), { mode: "add", system: Flag.flagged, keywords: [] });
  for (let round = 0; round < 4; round++) said += await harness.read();
  const told = [...said.matchAll(/\* (\d+) FETCH \(UID (\d+) FLAGS \(([^)]*)\)\)\r\n/g)].map(
    (match) => `${match[1]} ${match[2]} ${match[3]}`,
  );
  expect(told[0]).toBe("1 1 \\Seen");
  expect(told.slice(count)).toEqual(["1 1 \\Flagged \\Seen", `${count} ${count} \\Flagged \\Seen`]);
  expect(new Set(told).size).toBe(count + 1);
  expect(view.upToDate).toBe(true);
});
