import { type Header, headerText, mailbox, mailboxes, dateText, serialize } from "./mime.ts";
import { KINDS, listHeaders } from "./kinds.ts";
import { planDemoMail, type PlannedMessage } from "./plan.ts";
import { Random } from "./random.ts";

/** One message of the demo account, ready for APPEND. */
export interface DemoMessage {
  /** Mailbox name in Unicode, `/` between levels. */
  readonly mailbox: string;
  /** System flags and keywords. */
  readonly flags: readonly string[];
  readonly internalDate: Date;
  /** The message: CRLF line ends, no line longer than 998 octets. */
  readonly bytes: Uint8Array;
}

/** Minutes east of UTC of the people who write. */
const ZONES = [0, 60, 120, -300, -480, 330, 540] as const;

/**
 * The mail of the demo account: about 600 messages of every kind, from the two years before `until`.
 *
 * Pure: the same seed and date give the same mail. Each message is made when it is asked for, and
 * `skip` (messages already there, by mailbox) leaves out the oldest of a mailbox at no cost.
 */
export function* demoMail(
  seed: number,
  until: Date,
  skip: ReadonlyMap<string, number> = new Map(),
): Generator<DemoMessage, void, undefined> {
  const passed = new Map<string, number>();
  for (const plan of planDemoMail(seed, until)) {
    const number = passed.get(plan.mailbox) ?? 0;
    passed.set(plan.mailbox, number + 1);
    if (number < (skip.get(plan.mailbox) ?? 0)) continue;
    yield { mailbox: plan.mailbox, flags: plan.flags, internalDate: plan.date, bytes: writeMessage(seed, plan) };
  }
}

function writeMessage(seed: number, plan: PlannedMessage): Uint8Array {
  const random = Random.forItem(seed, plan.index);
  const content = KINDS[plan.kind](plan, random);
  const headers: Header[] = [];
  const add = (name: string, value: string) => {
    if (value !== "") headers.push([name, value]);
  };
  if (plan.mailbox !== "Sent" && plan.mailbox !== "Drafts") {
    add(
      "Received",
      `from mx.${random.hex(4)}.example (mx.example [192.0.2.${random.between(1, 254)}]) by mx.sluice.test with ESMTPS id ${random.hex(12)}; ${dateText(plan.date, 0)}`,
    );
  }
  add("Date", dateText(new Date(plan.date.getTime() - random.between(1, 90) * 1_000), random.pick(ZONES)));
  add("From", content.from ?? mailbox(plan.from));
  add("To", content.to ?? mailboxes(plan.to));
  add("Subject", content.subject ?? headerText(plan.subject));
  add("Message-ID", plan.messageId);
  add("In-Reply-To", plan.references.at(-1) ?? "");
  add("References", plan.references.join(" "));
  if (plan.mailbox === "Lists/dev") headers.push(...listHeaders("Gauge developers", "dev"));
  headers.push(...(content.extra ?? []));
  // A body that is not MIME (one of the odd kinds) has no field that says it is.
  if (content.entity.headers.length > 0) add("MIME-Version", "1.0");
  return serialize({ headers: [...headers, ...content.entity.headers], body: content.entity.body });
}
