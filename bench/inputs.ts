/** The inputs of the micro benchmarks: always the same octets, made here and given to every revision that is measured. */
export interface Inputs {
  /** Pipelined commands, a window full. */
  readonly short: Uint8Array;
  /** The same commands, a few network chunks of them. */
  readonly pipeline: Uint8Array;
  /** One command with a UID set of 5 KB, again and again. */
  readonly sets: Uint8Array;
  /** One command with a quoted string of 3.7 KB, again and again. */
  readonly quoted: Uint8Array;
  /** The shortest command there is, a window full. */
  readonly noop: Uint8Array;
  /** A SEARCH with most of its keys, again and again. */
  readonly search: Uint8Array;
  /** One command with parentheses 4,000 deep, again and again. */
  readonly parens: Uint8Array;
  /** One command with 8,000 words of one octet, again and again. */
  readonly tiny: Uint8Array;
  /** One command with a quoted string of 3 KB in which every tenth octet or so is escaped, again and again. */
  readonly escapes: Uint8Array;
  /** An APPEND with an inline literal of 1 KB, again and again. */
  readonly append1k: Uint8Array;
  /** A FETCH command as clients send it, with its line end. */
  readonly fetch: Uint8Array;
  /** A sequence set of 4 KB. */
  readonly set: Uint8Array;
  /** A multipart message of 100 KB with three parts. */
  readonly message: Uint8Array;
  /** A header of 3 KB, as of a mailing list. */
  readonly header: Uint8Array;
  /** The same with a Subject in plain ASCII. */
  readonly plainHeader: Uint8Array;
  /** A sequence set that leaves out every seventh hundred of 4,096 messages. */
  readonly pageSet: Uint8Array;
  /** 1,000 ascending UIDs, of which every fourth has a gap behind it. */
  readonly uids: Uint32Array;
  /** Names that Thunderbird asks for. */
  readonly fields: readonly string[];
  readonly boundary: string;
  /** Strings as ENVELOPE has them, of 2 to 90 octets, one of which must be a literal. */
  readonly strings: readonly Uint8Array[];
  /** A text of 16 KB. */
  readonly body: Uint8Array;
  /** What a client may search for; neither {@link body} nor {@link plainHeader} has any of them. */
  readonly words: readonly string[];
}

const WINDOW = 65_000;
/** What a TCP segment brings on Ethernet. */
export const NETWORK_CHUNK = 1460;

const SHORT = [
  "a1 NOOP",
  "a2 UID FETCH 12:20 (UID FLAGS RFC822.SIZE)",
  'a3 STATUS "Sent Items" (MESSAGES UNSEEN UIDNEXT)',
  "a4 UID STORE 8812 +FLAGS.SILENT (\\Seen)",
  "a5 UID SEARCH UNDELETED SINCE 1-Jan-2026",
  "a6 SELECT INBOX (CONDSTORE)",
  "",
].join("\r\n");
const SETS = `a1 UID FETCH ${Array.from({ length: 700 }, (_, at) => at * 3 + 100_000).join(",")} (FLAGS)\r\n`;
const QUOTED = `a1 UID SEARCH SUBJECT "${"durable object ".repeat(250)}"\r\n`;
const SEARCH =
  'a5 UID SEARCH RETURN (MIN MAX COUNT) OR (FROM "alice" SUBJECT report) NOT (SEEN DELETED) SINCE 1-Jan-2026 BEFORE 2-Feb-2026 LARGER 10000 SMALLER 900000 KEYWORD $Junk UNFLAGGED UNANSWERED UID 1:5000 TEXT "durable object" TO bob CC carol HEADER Message-ID <x@example.org>\r\n';
const PARENS = `a ${"(".repeat(4000)}${")".repeat(4000)}\r\n`;
const TINY = `a${" a".repeat(8000)}\r\n`;
const ESCAPES = `a1 UID SEARCH SUBJECT "${'a \\"quoted\\" word, \\\\ '.repeat(150)}"\r\n`;
const APPEND = `a APPEND INBOX (\\Seen) {1024+}\r\n${"x".repeat(1024)}\r\n`;
const FETCH =
  "a7 UID FETCH 1:4500,4502,4507:* (UID RFC822.SIZE FLAGS BODY.PEEK[HEADER.FIELDS (From To Cc Bcc Subject Date Message-ID)])\r\n";
const BOUNDARY = "----=_Part_7f3a_0001";
const FIELDS = "From To Cc Bcc Subject Date Message-ID Priority X-Priority References Newsgroups In-Reply-To Content-Type Reply-To".split(
  " ",
);

const STRINGS = [
  "Fri, 02 Jan 2026 03:04:05 +0000",
  'Re: [durable] A subject as people write it, with "quotes" in it',
  "Gr\xfc\xdfe aus K\xf6ln",
  "A. Writer",
  "writer",
  "example.org",
  "Durable list",
  "lists.example.net",
  "<CAF3mN7xkQ2Zq0001.7f3a5b1c9d2e4f60718293a4b5c6d7e8@mail.relay.example.org>",
  "<20260102030405.0001.7f3a@example.org>",
];
const WORDS = ["dana", "urgent", "invoice", "anna smith", "kilimanjaro", "meeting tomorrow"];
const PROSE =
  "the of and to in is that for it with as was on be at by this are from or have an they which you were their has been more when will would there if can all who what said about up time than into so some her him two other new could our do first any my now such like may then these only out people state over also well work back after use year even most way good us because man world need life day never however family system school house service program question company number point home water room mother area money story fact month lot right study book eye job word business issue side kind head far black long both little often away again".split(
    " ",
  );

function filled(text: string, size = WINDOW): Uint8Array {
  return new TextEncoder().encode(text.repeat(Math.ceil(size / text.length)));
}

function header(subject = "=?utf-8?q?Gr=C3=BC=C3=9Fe?="): string {
  const received = Array.from(
    { length: 8 },
    (_, at) =>
      `Received: from relay${at}.example.org (relay${at}.example.org [192.0.2.${at}])\r\n\tby mx.example.net with ESMTPS id 4Fc${at}x\r\n\tfor <list@example.net>; Fri, 02 Jan 2026 03:04:0${at} +0000\r\n`,
  ).join("");
  const list = ["Post", "Help", "Archive", "Subscribe"]
    .map((name) => `List-${name}: <https://lists.example.org/${name}/durable>\r\n`)
    .join("");
  return `${received}${list}From: "A. Writer" <writer@example.org>\r\nTo: Durable list <list@example.net>,\r\n another reader <reader@example.net>\r\nSubject: ${subject} and a long subject that is\r\n folded\r\nDate: Fri, 02 Jan 2026 03:04:05 +0000\r\nMessage-ID: <0001.7f3a@example.org>\r\nReferences: <1@example.org> <2@example.org>\r\n <3@example.org>\r\nDKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.org;\r\n\tb=${"Zm9vYmFy".repeat(40)}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="${BOUNDARY}"\r\n\r\n`;
}

function message(): string {
  const plain = "A line of text as people write it, of some seventy octets or so.\r\n".repeat(150);
  const html = `<p>${"A line of text as people write it, with <b>marks</b> in it.</p>\r\n<p>".repeat(250)}</p>\r\n`;
  const base64 = `${"QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0".slice(0, 76)}\r\n`.repeat(900);
  const part = (type: string, encoding: string, body: string): string =>
    `--${BOUNDARY}\r\nContent-Type: ${type}\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n${body}\r\n`;
  return `${header()}This is a message in MIME format.\r\n${part("text/plain; charset=utf-8", "8bit", plain)}${part("text/html", "7bit", html)}${part('application/pdf; name="a.pdf"', "base64", base64)}--${BOUNDARY}--\r\n`;
}

/** Words in no order, so that nothing that reads them learns it. */
function prose(size: number): string {
  let state = 1;
  const random = (below: number): number => (state = (state * 48_271) % 0x7fff_ffff) % below;
  let text = "";
  for (let column = 0; text.length < size; text += column === 0 ? "\r\n" : " ") {
    const word = PROSE[random(PROSE.length)] ?? "";
    text += random(12) === 0 ? word.charAt(0).toUpperCase() + word.slice(1) : word;
    column = column > 60 ? 0 : column + word.length + 1;
  }
  return text.slice(0, size);
}

export function createInputs(): Inputs {
  const encoder = new TextEncoder();
  return {
    short: filled(SHORT),
    pipeline: filled(SHORT, 8 * NETWORK_CHUNK),
    sets: filled(SETS),
    quoted: filled(QUOTED),
    noop: filled("a1 NOOP\r\n"),
    search: filled(SEARCH),
    // The tape has room for no more entries in one call.
    parens: filled(PARENS, 4 * PARENS.length),
    tiny: filled(TINY, 4 * TINY.length),
    escapes: filled(ESCAPES),
    append1k: filled(APPEND, 200_000),
    fetch: encoder.encode(FETCH),
    set: encoder.encode(
      Array.from({ length: 400 }, (_, at) => (at % 3 === 0 ? `${at * 7 + 1}:${at * 7 + 5}` : `${at * 7 + 100_000}`)).join(","),
    ),
    message: encoder.encode(message()),
    header: encoder.encode(header()),
    plainHeader: encoder.encode(header("Greetings")),
    pageSet: encoder.encode(Array.from({ length: 6 }, (_, at) => `${at * 700 + 1}:${Math.min(at * 700 + 600, 4096)}`).join(",")),
    uids: Uint32Array.from({ length: 1000 }, (_, at) => 100_000 + at + (at >> 2)),
    fields: FIELDS,
    boundary: BOUNDARY,
    strings: STRINGS.map((string) => Uint8Array.from(string, (character) => character.charCodeAt(0))),
    body: encoder.encode(prose(16_384)),
    words: WORDS,
  };
}
