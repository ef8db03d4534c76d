import type { Charset } from "./charsets.ts";
import type { Encoding, Person } from "./mime.ts";

/** The words of the demo mail, all made up. Text that is not ASCII is escaped, with its meaning beside it. */

export const DEMO_USER: Person = { name: "Demo User", address: "demo@sluice.test" };

export const PEOPLE: readonly [Person, ...Person[]] = [
  { name: "Ada Brook", address: "ada@riverside.example" },
  { name: "Bela Novak", address: "bela.novak@hydro.example" },
  { name: "Chen, Li", address: "li.chen@survey.example" },
  { name: "Dr. Emil Falk", address: "falk@institute.example" },
  { name: "Fatima Haddad", address: "fatima@canal.example" },
  { name: "Grace O'Neil", address: "grace.oneil@lockworks.example" },
  { name: 'Hugo "Hal" Ito', address: "hal@gauges.example" },
  { name: "Ines Prado", address: "ines@upstream.example" },
  { name: "", address: "control-room@dam.example" },
  { name: "J\u00f6rg M\u00fc\u00dfig", address: "joerg@schleuse.example" },
  { name: "\u0141ucja \u0179r\u00f3d\u0142o", address: "lucja@potok.example" },
  { name: "Ma\u00eblle Lef\u00e8vre", address: "maelle@ecluse.example" },
];

export const SUBJECTS: readonly [string, ...string[]] = [
  "Water levels for the week",
  "Gate 4 inspection",
  "Budget for the new pumps",
  "Draft of the yearly report",
  "Photos from the site",
  "Which contractor for the east lock?",
  "Minutes of Monday's meeting",
  "Training day in spring",
  "Question about the sensor readings",
  "Replacement parts have arrived",
  "Plan for the maintenance window",
  "Visitors next month",
  "Paint, again",
  "Boat traffic statistics",
  "Night shift rota",
  "The fish ladder works",
];

export const SENTENCES: readonly [string, ...string[]] = [
  "The readings from last night look right to me.",
  "Could you check the figures before they go out?",
  "I have put the details in the shared folder.",
  "We lost about two hours to the fog, and nothing else.",
  "The crew asked for one more day, which seems fair.",
  "Please let me know whether Thursday works for you.",
  "The second gate closes a little too slowly for my taste.",
  "Nothing urgent, but I would like to settle it this month.",
  "The supplier promised delivery within ten days.",
  "I will bring the drawings along.",
  "As far as I can see the seal is worn and has to be replaced.",
  "Thank you for the quick answer.",
  "There were 42 boats in the morning and only 7 after lunch.",
  "I would rather wait for the test results.",
  "Let us talk about it over coffee.",
  "The old manual says otherwise, but the old manual is wrong.",
  "From here on it is downhill, literally.",
  "Somebody left the lights on in the control room.",
];

export const CODE_TOPICS: readonly [string, ...string[]] = [
  "[PATCH] gauge: read the level as an unsigned number",
  "[PATCH 0/3] Calibrate the flow meter at start",
  "Release 2.4 on Friday?",
  "Build fails on big-endian machines",
  "RFC: a new format for the daily log",
  "Memory use of the level daemon",
  "How do I run a single test?",
  "Deprecating the serial protocol",
];

export const PATCH = [
  "diff --git a/gauge.c b/gauge.c",
  "--- a/gauge.c",
  "+++ b/gauge.c",
  "@@ -12,7 +12,7 @@ int read_level(const struct gauge *gauge)",
  " {",
  "-\tint level = gauge->raw;",
  "+\tunsigned int level = gauge->raw;",
  " \treturn level / gauge->scale;",
  " }",
  "-- ",
  "2.39.2",
].join("\n");

export const JUNK_SUBJECTS: readonly [string, ...string[]] = [
  "You have WON a hydroelectric dam",
  "RE: RE: your unpaid bucket",
  "Cheap barges, today only!!!",
  "Your account will be drained",
  "A prince needs your lock keys",
  "Lose 10 tons of ballast in a week",
];

export const NEWS_SUBJECTS: readonly [string, ...string[]] = [
  "Canal news, edition",
  "River weekly",
  "The lock keeper's letter",
  "Flow and ebb, number",
];

/** One message in another language: how a program of that part of the world would send it. */
export interface ForeignText {
  readonly charset: Charset;
  readonly encoding: Encoding;
  readonly words: "B" | "Q";
  readonly from: Person;
  readonly subject: string;
  readonly body: string;
}

export const FOREIGN: readonly [ForeignText, ...ForeignText[]] = [
  // German: "Greetings from the lock", the gate opens again on Tuesday.
  {
    charset: "iso-8859-1",
    encoding: "quoted-printable",
    words: "Q",
    from: { name: "J\u00fcrgen Wei\u00df", address: "weiss@schleuse.example" },
    subject: "Sch\u00f6ne Gr\u00fc\u00dfe von der Schleuse",
    body: "Hallo,\n\ndas Tor \u00f6ffnet ab Dienstag wieder. Bitte fr\u00fch kommen, es wird voll.\n\nViele Gr\u00fc\u00dfe\nJ\u00fcrgen\n",
  },
  // French: "Meeting postponed", the gauge was frozen.
  {
    charset: "windows-1252",
    encoding: "8bit",
    words: "Q",
    from: { name: "H\u00e9l\u00e8ne G\u00e9rard", address: "helene@ecluse.example" },
    subject: "R\u00e9union report\u00e9e \u00e0 l\u2019\u00e9t\u00e9",
    body: "Bonjour,\n\nla r\u00e9union est report\u00e9e : la jauge \u00e9tait gel\u00e9e. Le co\u00fbt reste de 1200 \u20ac.\n\n\u00c0 bient\u00f4t\n",
  },
  // Polish: "Water level in the stream", please confirm.
  {
    charset: "iso-8859-2",
    encoding: "quoted-printable",
    words: "Q",
    from: { name: "Zbigniew \u017b\u00f3\u0142ko\u015b", address: "zbyszek@potok.example" },
    subject: "Poziom wody w \u017ar\u00f3dle",
    body: "Cze\u015b\u0107,\n\nprosz\u0119 potwierdzi\u0107 odczyt. Ja\u017a i \u015bluza s\u0105 ju\u017c gotowe.\n\nPozdrowienia\n",
  },
  // Russian: "Report for the month", attached tomorrow.
  {
    charset: "koi8-r",
    encoding: "8bit",
    words: "B",
    from: { name: "\u041e\u043b\u044c\u0433\u0430 \u0420\u0435\u0447\u043d\u0430\u044f", address: "olga@reka.example" },
    subject:
      "\u041e\u0442\u0447\u0451\u0442 \u043e \u0440\u0430\u0431\u043e\u0442\u0435 \u0448\u043b\u044e\u0437\u0430 \u0437\u0430 \u043c\u0435\u0441\u044f\u0446, \u0438\u0441\u043f\u0440\u0430\u0432\u043b\u0435\u043d\u043d\u044b\u0439 \u0438 \u0434\u043e\u043f\u043e\u043b\u043d\u0435\u043d\u043d\u044b\u0439",
    body: "\u0417\u0434\u0440\u0430\u0432\u0441\u0442\u0432\u0443\u0439\u0442\u0435!\n\n\u041e\u0442\u0447\u0451\u0442 \u043f\u043e\u0447\u0442\u0438 \u0433\u043e\u0442\u043e\u0432, \u043f\u0440\u0438\u0448\u043b\u044e \u0437\u0430\u0432\u0442\u0440\u0430 \u0443\u0442\u0440\u043e\u043c.\n\n\u0421 \u0443\u0432\u0430\u0436\u0435\u043d\u0438\u0435\u043c,\n\u041e\u043b\u044c\u0433\u0430\n",
  },
  // Russian in base64: "Water is rising".
  {
    charset: "koi8-r",
    encoding: "base64",
    words: "Q",
    from: { name: "\u0418\u0432\u0430\u043d \u041c\u043e\u0441\u0442\u043e\u0432", address: "ivan@reka.example" },
    subject: "\u0412\u043e\u0434\u0430 \u043f\u043e\u0434\u043d\u0438\u043c\u0430\u0435\u0442\u0441\u044f",
    body: "\u0423\u0440\u043e\u0432\u0435\u043d\u044c \u0432\u044b\u0448\u0435 \u043d\u043e\u0440\u043c\u044b \u043d\u0430 \u043f\u044f\u0442\u044c \u0441\u0430\u043d\u0442\u0438\u043c\u0435\u0442\u0440\u043e\u0432. \u041d\u0430\u0431\u043b\u044e\u0434\u0430\u0435\u043c.\n",
  },
  // Chinese (simplified): "Notes of the meeting", tomorrow at nine.
  {
    charset: "gb18030",
    encoding: "base64",
    words: "B",
    from: { name: "\u738b\u5c0f\u6cb3", address: "wang@shuizha.example" },
    subject: "\u5173\u4e8e\u6c34\u95f8\u4f1a\u8bae\u7684\u7eaa\u8981\u548c\u4e0b\u4e00\u6b65\u5b89\u6392",
    body: "\u5404\u4f4d\u597d\uff1a\n\n\u4f1a\u8bae\u7eaa\u8981\u5df2\u7ecf\u6574\u7406\u5b8c\u6bd5\uff0c\u8bf7\u660e\u5929\u4e0a\u5348\u4e5d\u70b9\u4ee5\u524d\u56de\u590d\u610f\u89c1\u3002\n\n\u738b\u5c0f\u6cb3\n",
  },
  // Chinese (traditional): "Boat schedule".
  {
    charset: "big5",
    encoding: "base64",
    words: "B",
    from: { name: "\u6797\u5927\u5ddd", address: "lin@yunhe.example" },
    subject: "\u4e0b\u9031\u7684\u8239\u671f",
    body: "\u60a8\u597d\uff1a\n\n\u4e0b\u9031\u7684\u8239\u671f\u5df2\u7d93\u66f4\u65b0\uff0c\u8acb\u67e5\u6536\u3002\n\n\u6797\u5927\u5ddd\n",
  },
  // Japanese: "About the inspection of the gate".
  {
    charset: "iso-2022-jp",
    encoding: "7bit",
    words: "B",
    from: { name: "\u5ddd\u53e3 \u6075\u5b50", address: "keiko@suimon.example" },
    subject: "\u6c34\u9580\u306e\u70b9\u691c\u306b\u3064\u3044\u3066\uff08\u3054\u78ba\u8a8d\u306e\u304a\u9858\u3044\uff09",
    body: "\u5ddd\u53e3\u3067\u3059\u3002\n\n\u6765\u9031\u306e\u6c34\u9580\u306e\u70b9\u691c\u306b\u3064\u3044\u3066\u3001\u65e5\u7a0b\u3092\u3054\u78ba\u8a8d\u304f\u3060\u3055\u3044\u3002\n\u3088\u308d\u3057\u304f\u304a\u9858\u3044\u3057\u307e\u3059\u3002\n",
  },
  // Japanese in Shift_JIS: "Photographs".
  {
    charset: "shift_jis",
    encoding: "base64",
    words: "B",
    from: { name: "\u5c71\u7530 \u592a\u90ce", address: "taro@suimon.example" },
    subject: "\u73fe\u5834\u306e\u5199\u771f",
    body: "\u73fe\u5834\u306e\u5199\u771f\u3092\u9001\u308a\u307e\u3059\u3002\n\u3054\u89a7\u304f\u3060\u3055\u3044\u3002\n",
  },
  // Korean: "Water level report".
  {
    charset: "euc-kr",
    encoding: "8bit",
    words: "B",
    from: { name: "\uac15\ud55c\ub098", address: "hanna@sumun.example" },
    subject: "\uc218\uc704 \ubcf4\uace0\uc11c",
    body: "\uc548\ub155\ud558\uc138\uc694.\n\n\uc774\ubc88 \uc8fc \uc218\uc704 \ubcf4\uace0\uc11c\ub97c \ubcf4\ub0b4 \ub4dc\ub9bd\ub2c8\ub2e4.\n",
  },
  // Greek: "Good morning from the canal".
  {
    charset: "utf-8",
    encoding: "quoted-printable",
    words: "Q",
    from: { name: "\u039d\u03af\u03ba\u03bf\u03c2 \u03a0\u03bf\u03c4\u03b1\u03bc\u03cc\u03c2", address: "nikos@dioryga.example" },
    subject: "\u039a\u03b1\u03bb\u03b7\u03bc\u03ad\u03c1\u03b1 \u03b1\u03c0\u03cc \u03c4\u03b7 \u03b4\u03b9\u03ce\u03c1\u03c5\u03b3\u03b1",
    body: "\u039a\u03b1\u03bb\u03b7\u03bc\u03ad\u03c1\u03b1!\n\n\u038c\u03bb\u03b1 \u03c0\u03ac\u03bd\u03b5 \u03ba\u03b1\u03bb\u03ac \u03b5\u03b4\u03ce.\n",
  },
  // Arabic: "The bridge is open".
  {
    charset: "utf-8",
    encoding: "base64",
    words: "B",
    from: { name: "\u0644\u064a\u0644\u0649 \u0627\u0644\u0646\u0647\u0631", address: "layla@qanat.example" },
    subject: "\u0627\u0644\u062c\u0633\u0631 \u0645\u0641\u062a\u0648\u062d",
    body: "\u0645\u0631\u062d\u0628\u0627\u060c\n\n\u0627\u0644\u062c\u0633\u0631 \u0645\u0641\u062a\u0648\u062d \u0645\u0646\u0630 \u0635\u0628\u0627\u062d \u0627\u0644\u064a\u0648\u0645.\n",
  },
];

/** German letters about a journey: hotel, ferry, weather, thanks. */
export const TRAVEL: readonly [readonly [subject: string, body: string], ...(readonly [subject: string, body: string])[]] = [
  [
    "Zimmer in Gr\u00fcnau ab Freitag",
    "Guten Tag,\n\nwir best\u00e4tigen Ihr Zimmer mit Fr\u00fchst\u00fcck f\u00fcr drei N\u00e4chte. Anreise ab 15 Uhr.\n\nMit freundlichen Gr\u00fc\u00dfen\n",
  ],
  [
    "Fahrplan der F\u00e4hre \u00fcber die Donau",
    "Hallo,\n\ndie F\u00e4hre f\u00e4hrt t\u00e4glich von acht bis zwanzig Uhr. Fahrr\u00e4der kosten zwei Euro.\n\nSch\u00f6ne Gr\u00fc\u00dfe\n",
  ],
  ["Wetter f\u00fcr die Wanderung", "Es wird sch\u00f6n, aber k\u00fchl: h\u00f6chstens zw\u00f6lf Grad. Bitte Jacke mitnehmen!\n"],
  [
    "Danke f\u00fcr die sch\u00f6nen Tage",
    "Liebe Freunde,\n\nes war gro\u00dfartig. N\u00e4chstes Jahr wieder, dann \u00fcber den Pass.\n\nBis bald\n",
  ],
  ["R\u00fcckfahrt \u00fcber Salzburg", "Der Zug geht um 14:05 Uhr. Pl\u00e4tze sind im dritten Wagen.\n"],
];

/** "Reisen" is German for travels. */
export const TRAVEL_MAILBOX = "Reisen/\u00d6sterreich";

/** A German file name with umlauts and spaces, a Japanese one, and one long enough to be cut in pieces. */
export const FILE_NAMES = {
  umlaut: "\u00dcbersicht Gr\u00f6\u00dfen.csv",
  japanese: "\u70b9\u691c\u5831\u544a\u66f8.pdf",
  long: "\u041f\u0440\u043e\u0442\u043e\u043a\u043e\u043b \u043e\u0441\u043c\u043e\u0442\u0440\u0430 \u0448\u043b\u044e\u0437\u0430 \u0438 \u043d\u0430\u0441\u043e\u0441\u043d\u043e\u0439 \u0441\u0442\u0430\u043d\u0446\u0438\u0438, \u043e\u043a\u043e\u043d\u0447\u0430\u0442\u0435\u043b\u044c\u043d\u044b\u0439.pdf",
} as const;
