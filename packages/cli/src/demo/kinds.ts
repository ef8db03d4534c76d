import { csv, deliveryStatus, invitation, pdf, png } from "./attachments.ts";
import { encodedWords } from "./encodings.ts";
import {
  dateText,
  filePart,
  type Entity,
  type Header,
  headerText,
  mailbox,
  messagePart,
  multipart,
  type Person,
  serialize,
  textPart,
} from "./mime.ts";
import type { Kind, PlannedMessage } from "./plan.ts";
import { html, paragraphs, quote, wrap } from "./prose.ts";
import type { Random } from "./random.ts";
import { DEMO_USER, FILE_NAMES, FOREIGN, JUNK_SUBJECTS, NEWS_SUBJECTS, PATCH, PEOPLE, TRAVEL } from "./texts.ts";

/** What a kind of message adds to the plan: its content, and header fields other than the common ones. */
export interface Content {
  readonly entity: Entity;
  /** Header values that replace the planned From, To or Subject, already encoded. An empty string leaves the field out. */
  readonly from?: string;
  readonly to?: string;
  readonly subject?: string;
  readonly extra?: readonly Header[];
}

type Writer = (plan: PlannedMessage, random: Random) => Content;

/** How each kind of message is written. */
export const KINDS: Readonly<Record<Kind, Writer>> = {
  plain: (plan, random) => ({
    entity: textPart("plain", wrap(reply(plan, random), 72), "utf-8", random.pick(["7bit", "quoted-printable"])),
  }),

  flowed: (plan, random) => ({ entity: textPart("plain", wrap(reply(plan, random), 70, true), "utf-8", "7bit", ["format=flowed"]) }),

  alternative: (plan, random) => {
    const text = reply(plan, random);
    return {
      entity: multipart(
        "alternative",
        [textPart("plain", wrap(text, 72), "utf-8", "quoted-printable"), textPart("html", html(text), "utf-8", "quoted-printable")],
        random,
      ),
    };
  },

  attachments: (plan, random) => {
    const text = textPart("plain", wrap(reply(plan, random), 72), "us-ascii", "7bit");
    return { entity: multipart("mixed", [text, ...someFiles(random)], random) };
  },

  "inline-images": (plan, random) => {
    const first = `${random.hex(12)}@images.example`;
    const second = `${random.hex(12)}@images.example`;
    const text = reply(plan, random);
    const page = html(text, `<p><img src="cid:${first}" alt="gauge"> <img src="cid:${second}" alt="gate"></p>\n`);
    const related = multipart(
      "related",
      [
        textPart("html", page, "utf-8", "quoted-printable"),
        filePart("image/png", "gauge.png", png(96, 64, random), { contentId: first }),
        filePart("image/png", "gate.png", png(48, 48, random), { contentId: second }),
      ],
      random,
      ['type="text/html"'],
    );
    const alternative = multipart("alternative", [textPart("plain", wrap(text, 72), "utf-8", "7bit"), related], random);
    return { entity: random.chance(0.4) ? multipart("mixed", [alternative, ...someFiles(random)], random) : alternative };
  },

  calendar: (plan, random) => {
    const start = new Date(Math.floor(plan.date.getTime() / 3_600_000) * 3_600_000 + random.between(24, 240) * 3_600_000);
    const invite = invitation({
      uid: plan.messageId.slice(1, -1),
      summary: plan.subject,
      organizer: plan.from.address,
      attendee: DEMO_USER.address,
      start,
      stamp: plan.date,
    });
    const text = `You are invited: ${plan.subject}\nWhen: ${dateText(start, 0)}\n`;
    return {
      entity: multipart(
        "alternative",
        [textPart("plain", text, "utf-8", "7bit"), textPart("calendar", invite, "utf-8", "base64", ["method=REQUEST"])],
        random,
      ),
      subject: `Invitation: ${plan.subject}`,
    };
  },

  forward: (plan, random) => {
    const author = random.pick(PEOPLE);
    const date = new Date(plan.date.getTime() - 86_400_000);
    const headers: readonly Header[] = [
      ["From", mailbox(author)],
      ["To", mailbox(plan.from)],
      ["Subject", plan.subject],
      ["Date", dateText(date, 60)],
      ["Message-ID", `<${random.hex(20)}@forward.example>`],
      ["MIME-Version", "1.0"],
    ];
    const inner = random.chance(0.5)
      ? multipart("mixed", [textPart("plain", wrap(paragraphs(random, 2), 72), "us-ascii", "7bit"), ...someFiles(random)], random)
      : textPart("plain", wrap(paragraphs(random, 2), 72), "us-ascii", "7bit");
    const message = serialize({ headers: [...headers, ...inner.headers], body: inner.body });
    return {
      entity: multipart("mixed", [textPart("plain", "See below.\n", "us-ascii", "7bit"), messagePart(message)], random),
      subject: `Fwd: ${plan.subject}`,
    };
  },

  bounce: (plan, random) => {
    const recipient = `nobody${random.between(1, 99)}@upstream.example`;
    const returned: readonly Header[] = [
      ["From", mailbox(DEMO_USER)],
      ["To", recipient],
      ["Subject", plan.subject],
      ["Message-ID", `<${random.hex(20)}@sluice.test>`],
    ];
    const notice = `Your message to ${recipient} could not be delivered:\nthere is no such user.\n`;
    const status: Entity = { headers: [["Content-Type", "message/delivery-status"]], body: crlf(deliveryStatus(recipient, plan.date)) };
    const original: Entity = {
      headers: [["Content-Type", "text/rfc822-headers"]],
      body: serialize({ headers: returned, body: new Uint8Array() }),
    };
    return {
      entity: multipart("report", [textPart("plain", notice, "us-ascii", "7bit"), status, original], random, [
        "report-type=delivery-status",
      ]),
      from: mailbox({ name: "Mail Delivery System", address: "mailer-daemon@relay.example" }),
      to: DEMO_USER.address,
      subject: "Undelivered Mail Returned to Sender",
      extra: [
        ["Return-Path", "<>"],
        ["Auto-Submitted", "auto-replied"],
      ],
    };
  },

  foreign: (plan) => {
    // In turn rather than by chance, so that every language is there.
    const text = FOREIGN[plan.index % FOREIGN.length] ?? FOREIGN[0];
    return {
      entity: textPart("plain", text.body, text.charset, text.encoding),
      from: mailbox(text.from, text.charset, text.words),
      subject: headerText(text.subject, text.charset, text.words),
    };
  },

  travel: (_plan, random) => {
    const [subject, body] = random.pick(TRAVEL);
    const [charset, encoding] = random.pick<readonly ["iso-8859-1" | "utf-8", "quoted-printable" | "8bit"]>([
      ["iso-8859-1", "quoted-printable"],
      ["iso-8859-1", "8bit"],
      ["utf-8", "8bit"],
    ]);
    return { entity: textPart("plain", body, charset, encoding), subject: headerText(subject, charset, random.pick(["B", "Q"])) };
  },

  notification: (plan, random) => {
    const number = random.between(1_000, 9_999);
    const text = `Alarm ${number}: level above ${random.between(180, 260)} cm at gate ${random.between(1, 6)}.\n\nThis message was sent by a machine.\n`;
    return {
      entity: textPart("plain", text, "us-ascii", "7bit"),
      from: mailbox({ name: "Gate alarms", address: "no-reply@alarms.example" }),
      to: DEMO_USER.address,
      subject: `[alarm ${number}] ${plan.subject}`,
      extra: [
        ["Auto-Submitted", "auto-generated"],
        ["X-Priority", random.pick(["1 (Highest)", "3 (Normal)"])],
      ],
    };
  },

  newsletter: (_plan, random) => {
    const page = html(
      paragraphs(random, random.between(4, 12)),
      `<p><a href="https://news.example/unsubscribe?u=${random.hex(8)}">Unsubscribe</a></p>\n`,
    );
    return {
      entity: textPart("html", page, "utf-8", random.pick(["base64", "quoted-printable"])),
      from: mailbox({ name: "Canal News", address: "news@lists.example" }),
      subject: `${random.pick(NEWS_SUBJECTS)} ${random.between(1, 250)}`,
      extra: [...listHeaders("Announcements", "announce"), ["List-Unsubscribe-Post", "List-Unsubscribe=One-Click"]],
    };
  },

  patch: (plan, random) => ({
    entity: textPart("plain", `${wrap(paragraphs(random, 1), 72)}\n---\n${PATCH}\n`, "utf-8", "8bit"),
    subject: plan.subject,
  }),

  junk: (_plan, random) => {
    const domain = `${random.hex(6)}.junk.example`;
    const page = html(
      `${paragraphs(random, 1)}\n\nCLICK NOW\n`,
      `<a href="http://${domain}/${random.hex(10)}"><b>claim your water</b></a>\n`,
    );
    const subject = random.pick(JUNK_SUBJECTS);
    return {
      entity: textPart("html", page, "iso-8859-1", random.pick(["7bit", "base64"])),
      from: `"${subject.slice(0, 12)}" <offer@${domain}>`,
      to: random.chance(0.5) ? "undisclosed-recipients:;" : DEMO_USER.address,
      subject: random.chance(0.3) ? encodedWords(subject, "utf-8", "B") : subject,
      extra: [
        ["X-Spam-Flag", "YES"],
        ["X-Spam-Status", `Yes, score=${random.between(51, 240) / 10}`],
      ],
    };
  },

  draft: (plan, random) => ({
    entity: textPart("plain", random.chance(0.2) ? "" : wrap(paragraphs(random, 1), 72), "utf-8", "7bit", ["format=flowed"]),
    extra: [["X-Mozilla-Draft-Info", `internal/draft; vcard=0; receipt=0; uuencode=0; attachmentreminder=${plan.index % 2}`]],
  }),

  odd: (plan, random) => ODD[plan.index % ODD.length]?.(plan, random) ?? KINDS.plain(plan, random),

  large: (plan, random) => {
    const width = random.between(600, 760);
    const photo = filePart("image/png", "site-photo.png", png(width, random.between(600, 720), random, true));
    return { entity: multipart("mixed", [textPart("plain", wrap(reply(plan, random), 72), "us-ascii", "7bit"), photo], random) };
  },
};

/** Rare but valid messages, each a trap for some mail program. */
const ODD: readonly Writer[] = [
  // No Subject at all.
  (_plan, random) => ({ entity: textPart("plain", wrap(paragraphs(random, 1), 72), "us-ascii", "7bit"), subject: "" }),
  // No MIME fields, as before 1993.
  (_plan, random) => ({ entity: { headers: [], body: crlf(wrap(paragraphs(random, 1), 72)) } }),
  // A header and no body.
  () => ({ entity: { headers: [], body: new Uint8Array() } }),
  // Very many recipients.
  (_plan, random) => {
    const people: Person[] = [];
    for (let number = 1; number <= 80; number++)
      people.push({ name: number % 3 === 0 ? `Lock, Keeper ${number}` : "", address: `keeper${number}@locks.example` });
    return {
      entity: textPart("plain", wrap(paragraphs(random, 1), 72), "us-ascii", "7bit"),
      to: people.map((person) => mailbox(person)).join(", "),
    };
  },
  // A named group, and a comment in the address.
  (_plan, random) => ({
    entity: textPart("plain", wrap(paragraphs(random, 1), 72), "us-ascii", "7bit"),
    from: "ada@riverside.example (Ada Brook)",
    to: 'Lock keepers: ada@riverside.example, "Falk, Emil" <falk@institute.example>;, demo@sluice.test',
  }),
  // A Subject of several encoded words, in which a fold falls between two of them.
  (plan, random) => {
    const { subject, charset, words } = random.pick(FOREIGN);
    return {
      entity: textPart("plain", wrap(reply(plan, random), 72), "us-ascii", "7bit"),
      subject: encodedWords(`${subject}. ${subject}. ${subject}`, charset, words),
    };
  },
  // Signed: the second part is a signature over the first (which nobody can verify here).
  (plan, random) => ({
    entity: multipart(
      "signed",
      [
        textPart("plain", wrap(reply(plan, random), 72), "us-ascii", "quoted-printable"),
        filePart("application/pgp-signature", "signature.asc", random.bytes(96)),
      ],
      random,
      ["micalg=pgp-sha256", 'protocol="application/pgp-signature"'],
    ),
  }),
];

/** New text, and under it what is answered. */
function reply(plan: PlannedMessage, random: Random): string {
  const text = paragraphs(random, random.between(1, 4));
  if (plan.references.length === 0) return text;
  const [answered = DEMO_USER] = plan.to;
  // Printable ASCII, for the parts that say so.
  const author = /^[\x20-\x7e]+$/.test(answered.name) ? answered.name : answered.address;
  return `${text}\n${quote(wrap(paragraphs(random, 1), 68), author)}`;
}

function someFiles(random: Random): readonly Entity[] {
  const files: Entity[] = [
    filePart("application/pdf", "report.pdf", pdf(["Report", `Number ${random.between(1, 500)}`])),
    filePart("image/png", "photo 1.png", png(random.between(40, 200), random.between(40, 160), random)),
    filePart("text/csv", "readings.csv", csv(random.between(10, 400), random)),
    filePart("text/csv", FILE_NAMES.umlaut, csv(random.between(5, 40), random), { style: random.pick(["rfc2231", "encoded-word"]) }),
    filePart("application/pdf", FILE_NAMES.japanese, pdf(["Inspection"]), { style: random.pick(["rfc2231", "encoded-word"]) }),
    filePart("application/pdf", FILE_NAMES.long, pdf(["Protocol"])),
    filePart("application/octet-stream", "levels.bin", random.bytes(random.between(100, 20_000))),
  ];
  return random.sample(files, random.between(1, 3));
}

/** RFC 2369 and RFC 2919. */
export function listHeaders(title: string, name: string): readonly Header[] {
  return [
    ["List-Id", `${title} <${name}.lists.example>`],
    ["List-Post", `<mailto:${name}@lists.example>`],
    ["List-Unsubscribe", `<mailto:${name}-leave@lists.example>, <https://lists.example/${name}/leave>`],
    ["List-Archive", `<https://lists.example/${name}/>`],
    ["Precedence", "list"],
  ];
}

function crlf(text: string): Uint8Array {
  return new TextEncoder().encode(text.replaceAll("\n", "\r\n"));
}
