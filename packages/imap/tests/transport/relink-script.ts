import * as fc from "fast-check";

import { LIMITS } from "../../src/limits.ts";
import type { Answer, LiteralCommand, Said } from "./scripted-client.ts";

/** An APPEND of a message of about `size` octets, or another command that begins with `head` and has a literal of that size. */
interface Begin extends Pick<LiteralCommand, "head" | "synchronizing" | "answer"> {
  readonly do: "begin";
  readonly size: number;
  /** What the literal is said to hold, where that is not true. */
  readonly claim?: number;
}

/** What happens next to one client, whose links are lost, and to another one of the same account. */
export type Step =
  /** Commands that are sent together. */
  | { readonly do: "say"; readonly commands: readonly Said[] }
  | Begin
  /** Ends an IDLE. */
  | { readonly do: "done" }
  /** The other client does one thing, whose answer is awaited or not. */
  | { readonly do: "other"; readonly texts: readonly string[]; readonly waits: boolean }
  /** The other client appends messages. */
  | { readonly do: "deliver"; readonly count: number; readonly size: number }
  /** The link is lost after so many messages. */
  | { readonly do: "lose"; readonly after: number }
  /** The link is lost in a quiet moment, which the client must not notice. */
  | { readonly do: "restart" }
  /** The account object sleeps, if it may. */
  | { readonly do: "sleep" }
  | { readonly do: "stall" }
  | { readonly do: "resume" }
  /** So many turns of the event loop pass. */
  | { readonly do: "turns"; readonly count: number }
  /** Some seconds pass. */
  | { readonly do: "wait" };

export interface Script {
  readonly mode: "plain" | "CONDSTORE" | "QRESYNC";
  /** Whether the bodies of messages are read and written in later turns. */
  readonly slowBodies: boolean;
  /** In the mailbox before it begins. */
  readonly messages: number;
  readonly steps: readonly Step[];
  readonly end: "compare" | "shutdown";
}

/** The sizes of literals, in octets: one that is part of its command, and one that is streamed. */
export interface LiteralSizes {
  readonly inline: number;
  readonly streamed: number;
}

const readings = fc.constantFrom(
  "NOOP",
  "NOOP",
  "CHECK",
  "SEARCH ALL",
  "SELECT INBOX",
  "STATUS INBOX (MESSAGES)",
  "UID FETCH 1:* (FLAGS)",
  "UID FETCH 1:2 (UID FLAGS)",
  "UID FETCH 1:3 (BODY.PEEK[])",
  "UID FETCH 4:* (FLAGS BODY[])",
);
const set = fc.constantFrom("1", "2", "1:2", "2:3", "1:*", "*");
const flag = fc.constantFrom("\\Seen", "\\Flagged", "kw1", "kw2", "kw3");
const changes = fc.oneof(
  fc.tuple(set, fc.constantFrom("+", "-"), flag).map(([set, sign, flag]) => `STORE ${set} ${sign}FLAGS (${flag})`),
  set.map((set) => `STORE ${set} +FLAGS (\\Deleted)`),
  fc.constant("EXPUNGE"),
  fc.tuple(fc.constantFrom("COPY", "UID COPY", "MOVE", "UID MOVE"), set).map(([name, set]) => `${name} ${set} Archive`),
);

const said: fc.Arbitrary<Said> = fc.oneof(
  { weight: 8, arbitrary: readings.map((text): Said => ({ text, answer: "OK" })) },
  { weight: 4, arbitrary: fc.constant<Said>({ text: "IDLE", answer: "OK" }) },
  // Which messages there are by then depends on the other client.
  {
    weight: 2,
    arbitrary: fc.integer({ min: 1, max: 9 }).map((at): Said => ({ text: `FETCH ${at} (UID FLAGS)`, answer: "any" })),
  },
  { weight: 1, arbitrary: changes.map((text): Said => ({ text, answer: "any" })) },
);

function beginning(head: string, size: fc.Arbitrary<number>, answer: Answer): fc.Arbitrary<Begin> {
  return fc.record({ do: fc.constant("begin"), head: fc.constant(head), size, synchronizing: fc.boolean(), answer: fc.constant(answer) });
}

/** Commands with literals: taken, and refused for their mailbox, their size, or because no literal of that size belongs there. */
function begin({ inline, streamed }: LiteralSizes): fc.Arbitrary<Begin> {
  const any = fc.constantFrom(inline, streamed, 2 * streamed);
  const tooLarge: Begin = {
    do: "begin",
    head: "APPEND INBOX",
    size: 0,
    claim: LIMITS.appendSize + 1,
    synchronizing: true,
    answer: "refusal",
  };
  return fc.oneof(
    { weight: 3, arbitrary: beginning("APPEND INBOX", any, "OK") },
    { weight: 1, arbitrary: beginning("APPEND None", any, "refusal") },
    { weight: 1, arbitrary: fc.constant(tooLarge) },
    { weight: 1, arbitrary: beginning("SEARCH SUBJECT", fc.constant(inline), "OK") },
    { weight: 1, arbitrary: beginning("SEARCH SUBJECT", fc.constant(streamed), "refusal") },
  );
}

const other: fc.Arbitrary<Step> = fc.record({
  do: fc.constant("other"),
  texts: fc.oneof(
    changes.map((text) => [text]),
    set.map((set) => [`STORE ${set} +FLAGS.SILENT (\\Deleted)`, "EXPUNGE"]),
    fc.constant(["STORE 1:* +FLAGS (\\Seen)", "STORE 2:5 +FLAGS.SILENT (\\Deleted)", "EXPUNGE"]),
    fc.constant(["STORE 1:9 +FLAGS.SILENT (\\Deleted)", "EXPUNGE"]),
  ),
  waits: fc.boolean(),
});

function step(sizes: LiteralSizes): fc.Arbitrary<Step> {
  const plain = (step: Step): fc.Arbitrary<Step> => fc.constant(step);
  return fc.oneof(
    {
      weight: 12,
      arbitrary: fc.array(said, { minLength: 1, maxLength: 3 }).map((commands): Step => ({ do: "say", commands })),
    },
    { weight: 2, arbitrary: begin(sizes) },
    { weight: 3, arbitrary: plain({ do: "done" }) },
    { weight: 6, arbitrary: other },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("deliver"), count: fc.constantFrom(1, 2, 12), size: fc.constant(sizes.inline) }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant("lose"), after: fc.nat(4) }) },
    { weight: 1, arbitrary: plain({ do: "restart" }) },
    { weight: 2, arbitrary: plain({ do: "sleep" }) },
    { weight: 2, arbitrary: plain({ do: "stall" }) },
    { weight: 4, arbitrary: plain({ do: "resume" }) },
    { weight: 6, arbitrary: fc.record({ do: fc.constant("turns"), count: fc.integer({ min: 1, max: 12 }) }) },
    { weight: 2, arbitrary: plain({ do: "wait" }) },
  );
}

export function scripts(sizes: LiteralSizes): fc.Arbitrary<Script> {
  return fc.record({
    mode: fc.constantFrom("plain", "CONDSTORE", "QRESYNC"),
    slowBodies: fc.boolean(),
    messages: fc.integer({ min: 0, max: 20 }),
    steps: fc.array(step(sizes), { maxLength: 50, size: "max" }),
    end: fc.oneof({ weight: 5, arbitrary: fc.constant("compare" as const) }, { weight: 1, arbitrary: fc.constant("shutdown" as const) }),
  });
}
