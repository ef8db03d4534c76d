import type { Person } from "./mime.ts";
import { Random } from "./random.ts";
import { CODE_TOPICS, DEMO_USER, PEOPLE, SUBJECTS, TRAVEL_MAILBOX } from "./texts.ts";

/** What a message is made of; each has its own function in kinds.ts. */
export type Kind =
  | "plain"
  | "flowed"
  | "alternative"
  | "attachments"
  | "inline-images"
  | "calendar"
  | "forward"
  | "bounce"
  | "foreign"
  | "travel"
  | "notification"
  | "newsletter"
  | "patch"
  | "junk"
  | "draft"
  | "odd"
  | "large";

/** A message before it is written: all that other messages and the mailbox depend on. */
export interface PlannedMessage {
  /** Its number in the plan, which seeds everything random about its content. */
  readonly index: number;
  readonly mailbox: string;
  readonly kind: Kind;
  readonly date: Date;
  readonly flags: readonly string[];
  readonly from: Person;
  readonly to: readonly Person[];
  readonly subject: string;
  readonly messageId: string;
  /** Message-IDs of the conversation so far, oldest first; empty for the message that starts it. */
  readonly references: readonly string[];
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** The mail goes back two years. */
const SPAN_DAYS = 730;
/** RFC 5322 sets no bound, but mail programs keep the References of a conversation short. */
const MAX_REFERENCES = 12;

/** The mailboxes of the demo account, with `/` between levels, in the order in which they are filled. */
export const DEMO_MAILBOXES: readonly string[] = [
  "INBOX",
  "Sent",
  "Drafts",
  "Archive",
  "Junk",
  "Trash",
  "Projects/Apollo",
  "Projects/Gemini",
  "Lists/dev",
  "Lists/announce",
  TRAVEL_MAILBOX,
];

/** Messages that stand alone: how many of which kind in which mailbox. */
const SINGLES: readonly (readonly [mailbox: string, kind: Kind, count: number])[] = [
  ["INBOX", "foreign", 36],
  ["INBOX", "alternative", 14],
  ["INBOX", "inline-images", 10],
  ["INBOX", "attachments", 12],
  ["INBOX", "calendar", 8],
  ["INBOX", "forward", 8],
  ["INBOX", "bounce", 3],
  ["INBOX", "notification", 24],
  ["INBOX", "odd", 12],
  ["INBOX", "large", 2],
  ["Archive", "plain", 20],
  ["Archive", "flowed", 12],
  ["Archive", "foreign", 24],
  ["Archive", "attachments", 12],
  ["Archive", "large", 1],
  ["Drafts", "draft", 8],
  ["Junk", "junk", 30],
  ["Trash", "notification", 14],
  ["Trash", "newsletter", 10],
  ["Projects/Apollo", "attachments", 10],
  ["Projects/Gemini", "large", 1],
  ["Lists/announce", "newsletter", 24],
  [TRAVEL_MAILBOX, "travel", 28],
];

/** Conversations: where the other side's mail is filed, how many, and whether they run on a mailing list. */
const CONVERSATIONS: readonly (readonly [mailbox: string, count: number, list: boolean])[] = [
  ["INBOX", 22, false],
  ["Archive", 14, false],
  ["Projects/Apollo", 10, false],
  ["Projects/Gemini", 6, false],
  ["Lists/dev", 22, true],
];

/** All messages of the demo account, each mailbox's oldest first, the mailboxes in the order of {@link DEMO_MAILBOXES}. */
export function planDemoMail(seed: number, until: Date): readonly PlannedMessage[] {
  const random = new Random(seed);
  const planned: PlannedMessage[] = [];
  for (const [mailbox, kind, count] of SINGLES) {
    for (let number = 0; number < count; number++) planned.push(planSingle(random, planned.length, mailbox, kind, until));
  }
  for (const [mailbox, count, list] of CONVERSATIONS) {
    for (let number = 0; number < count; number++) planned.push(...planConversation(random, planned.length, mailbox, list, until));
  }
  const order = (message: PlannedMessage) => DEMO_MAILBOXES.indexOf(message.mailbox);
  return planned.sort((one, other) => order(one) - order(other) || one.date.getTime() - other.date.getTime() || one.index - other.index);
}

function planSingle(random: Random, index: number, mailbox: string, kind: Kind, until: Date): PlannedMessage {
  const from = kind === "draft" ? DEMO_USER : random.pick(PEOPLE);
  const to =
    kind === "draft"
      ? random.sample(PEOPLE, random.between(0, 2))
      : [
          DEMO_USER,
          ...random.sample(
            PEOPLE.filter((person) => person !== from),
            random.between(0, 2),
          ),
        ];
  const date = new Date(until.getTime() - random.between(0, SPAN_DAYS * 24 * 60) * 60_000);
  return {
    index,
    mailbox,
    kind,
    date,
    flags: flagsOf(random, mailbox, date, until, false),
    from,
    to,
    subject: random.pick(SUBJECTS),
    messageId: messageId(random, from),
    references: [],
  };
}

/** Two to six messages that answer each other; the demo user's own are in Sent, save on a mailing list, which sends them back. */
function planConversation(random: Random, firstIndex: number, mailbox: string, list: boolean, until: Date): readonly PlannedMessage[] {
  const others = random.sample(PEOPLE, random.between(list ? 2 : 1, 3));
  const topic = random.pick(list ? CODE_TOPICS : SUBJECTS);
  const length = random.between(2, 6);
  let time = until.getTime() - random.between(8, SPAN_DAYS) * DAY;
  const references: string[] = [];
  const messages: PlannedMessage[] = [];
  for (let number = 0; number < length; number++) {
    const mine = number % 2 === 1 && random.chance(0.7);
    const [first = DEMO_USER] = others;
    const from = mine ? DEMO_USER : (others[number % others.length] ?? first);
    const everyone = [DEMO_USER, ...others];
    const place = mine && !list ? "Sent" : mailbox;
    const date = new Date(time);
    const id = messageId(random, from);
    const kind: Kind = list
      ? number === 0 && topic.startsWith("[PATCH]")
        ? "patch"
        : "plain"
      : random.pick(["plain", "plain", "flowed", "alternative", "attachments"]);
    messages.push({
      index: firstIndex + number,
      mailbox: place,
      kind,
      date,
      flags: flagsOf(random, place, date, until, number < length - 1),
      from,
      to: list ? [{ name: "Gauge developers", address: "dev@lists.example" }] : everyone.filter((person) => person !== from),
      subject: number === 0 ? topic : `Re: ${topic}`,
      messageId: id,
      references: references.slice(-MAX_REFERENCES),
    });
    references.push(id);
    time += random.between(1, 24) * HOUR + random.between(0, 59) * 60_000;
  }
  return messages;
}

function messageId(random: Random, from: Person): string {
  return `<${random.hex(16)}.${random.hex(8)}@${from.address.slice(from.address.indexOf("@") + 1)}>`;
}

function flagsOf(random: Random, mailbox: string, date: Date, until: Date, hasReply: boolean): readonly string[] {
  if (mailbox === "Drafts") return ["\\Seen", "\\Draft"];
  if (mailbox === "Junk") return random.chance(0.3) ? ["\\Seen", "$Junk"] : ["$Junk"];
  const flags: string[] = [];
  const recent = until.getTime() - date.getTime() < 21 * DAY;
  if (mailbox === "Sent" || random.chance(recent ? 0.4 : 0.93)) flags.push("\\Seen");
  if (hasReply && mailbox !== "Sent" && random.chance(0.6)) flags.push("\\Answered");
  if (random.chance(0.08)) flags.push("\\Flagged");
  if (random.chance(0.1)) flags.push(`$Label${random.between(1, 5)}`);
  if (random.chance(0.05)) flags.push("$Forwarded");
  if (mailbox === "INBOX" && random.chance(0.2)) flags.push("$NotJunk");
  return flags;
}
