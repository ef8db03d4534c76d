import * as fc from "fast-check";

/** What happens next on one connection. */
export type Step =
  | { readonly do: "say"; readonly text: string }
  /** A line that may lack its end. */
  | { readonly do: "send"; readonly text: string }
  /** The link is lost: at once, or after so many messages. */
  | { readonly do: "lose"; readonly after: number }
  /** The client reads nothing for some turns of the event loop. */
  | { readonly do: "stall" }
  | { readonly do: "turns"; readonly count: number }
  | { readonly do: "wait"; readonly milliseconds: number };

export interface Script {
  /** What becomes of the attempts to open a link, in order; all others are good. */
  readonly openings: readonly ("good" | "late" | "fails")[];
  readonly steps: readonly Step[];
  /** What ends the connection. `wait`: nothing but time. */
  readonly end: "client ends" | "client resets" | "LOGOUT" | "shutdown" | "client stalls" | "wait";
  /** The link is lost, once more, right behind that. */
  readonly lost: boolean;
}

const texts = fc.constantFrom(
  "NOOP",
  "SELECT INBOX",
  "IDLE",
  "IDLE\r\nDONE",
  "FETCH 1:* (FLAGS)",
  "APPEND INBOX {6+}\r\nA: b\r\n",
  "APPEND INBOX {20000}",
  "APPEND INBOX {20000+}",
  "SEARCH SUBJECT {3}",
  "SEARCH SUBJECT {20000}",
  "LOGOUT",
  "STATUS INBOX (MESSAGES)",
  "CREATE {5}",
  "xx {",
);
const sends = fc.oneof(
  fc.constantFrom("DONE\r\n", "\r\n", "t NO", "abc\r\n"),
  fc.integer({ min: 0, max: 25_000 }).map((octets) => "x".repeat(octets)),
);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("say"), text: texts }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("send"), text: sends }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("lose"), after: fc.nat(4) }) },
  { weight: 1, arbitrary: fc.constant<Step>({ do: "stall" }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("turns"), count: fc.integer({ min: 1, max: 6 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("wait"), milliseconds: fc.constantFrom(50, 1_000, 31_000) }) },
);

export const scripts: fc.Arbitrary<Script> = fc.record({
  openings: fc.array(fc.constantFrom("good", "good", "good", "late", "fails"), { maxLength: 20, size: "max" }),
  steps: fc.array(step, { maxLength: 25, size: "max" }),
  end: fc.constantFrom("client ends", "client resets", "LOGOUT", "shutdown", "client stalls", "wait"),
  lost: fc.boolean(),
});
