import { percentile } from "../../tests/load/memory.ts";
import { median } from "../statistics.ts";
import type { AnswerCheck } from "./answer-check.ts";
import { appendCommands, hitsAmong, SUBJECT_HITS, SUBJECT_WORD, TEXT_HITS, TEXT_WORD } from "./corpus.ts";
import { type Command, type Endpoint, ImapWire } from "./imap-wire.ts";
import { type RunTime, timed } from "./run-time.ts";

/** A session that has selected an INBOX with the first `messages` messages of the corpus. */
export interface Session {
  readonly wire: ImapWire;
  readonly endpoint: Endpoint;
  readonly user: string;
  readonly password: string;
  readonly seed: number;
  readonly messages: number;
}

/** What a mail program asks of a server. */
export interface Operation {
  readonly name: string;
  /** What a rate counts; "latency" tells the time of one command. */
  readonly unit: "messages" | "commands" | "logins" | "latency";
  /** How many of them one run is. */
  count(messages: number): number;
  /** Commands that a run sends one after the other: what is told is of one of them. */
  readonly turns?: number;
  run(session: Session): Promise<RunTime>;
  /** Undoes a run, so that the next one has the same to do. Not measured. */
  undo?(session: Session): Promise<void>;
  /** Runs it with every answer read. @throws Error when one is not OK, or not all is there */
  check(session: Session): Promise<void>;
}

/** Commands of one pipeline. */
const FETCHES = 500;
const NOOPS = 2000;
const APPENDS = 200;
/** One after the other. */
const TURNS = 300;
const LOGINS = 20;
/** What Thunderbird asks for to show a list of messages. */
const FIELDS =
  "From To Cc Bcc Subject Date Message-ID Priority X-Priority References Newsgroups In-Reply-To Content-Type Reply-To Received";

/** In the order in which they are run: what is asked first is asked of a cold mailbox. */
export const OPERATIONS: readonly Operation[] = [
  fetchAll("headers", `(UID FLAGS RFC822.SIZE BODY.PEEK[HEADER.FIELDS (${FIELDS})])`),
  fetchAll("flags", "(FLAGS)"),
  fetchAll("sizes", "(UID FLAGS RFC822.SIZE)"),
  fetchAll("envelopes", "(ENVELOPE)"),
  fetchAll("structure", "(UID ENVELOPE BODYSTRUCTURE)"),
  fetchAll("bodies", "(BODY.PEEK[])"),
  pipeline(
    "body-pipeline",
    "commands",
    () => FETCHES,
    singleBodies,
    ({ fetches }) => expect("messages", fetches, FETCHES),
  ),
  pipeline(
    "noop-pipeline",
    "commands",
    () => NOOPS,
    () => Array.from({ length: NOOPS }, () => "NOOP"),
  ),
  sequentialNoops(),
  append(),
  {
    // A flag that no message of the corpus has.
    ...pipeline("store", "messages", everyMessage, () => ["STORE 1:* +FLAGS.SILENT (\\Draft)"]),
    undo: async ({ wire }) => {
      await wire.run(["STORE 1:* -FLAGS.SILENT (\\Draft)"]);
    },
  },
  search("search-subject", `SUBJECT ${SUBJECT_WORD}`, SUBJECT_HITS),
  search("search-body", `BODY ${TEXT_WORD}`, TEXT_HITS),
  pipeline("select", "latency", once, () => ["SELECT INBOX"]),
  logins(),
];

/** Commands that are sent at once; the time is that until the last one's tagged line. */
function pipeline(
  name: string,
  unit: Operation["unit"],
  count: (messages: number) => number,
  commands: (session: Session) => readonly Command[],
  verify?: (answers: AnswerCheck, session: Session) => void,
): Operation {
  return {
    name,
    unit,
    count,
    run: (session) => {
      const prepared = commands(session);
      return timed(() => session.wire.run(prepared));
    },
    check: async (session) => {
      const answers = await session.wire.runChecked(commands(session));
      verify?.(answers, session);
    },
  };
}

function fetchAll(name: string, items: string): Operation {
  const commands = (): readonly Command[] => [`UID FETCH 1:* ${items}`];
  return pipeline(name, "messages", everyMessage, commands, ({ fetches }, { messages }) => expect("messages", fetches, messages));
}

/** Spread over the mailbox; of a small one some are asked for again. */
function singleBodies({ messages }: Session): readonly Command[] {
  return Array.from({ length: FETCHES }, (_, at) => {
    const number = messages < FETCHES ? at % messages : Math.floor((at * messages) / FETCHES);
    return `UID FETCH ${number + 1} (BODY.PEEK[])`;
  });
}

function search(name: string, key: string, remainder: number): Operation {
  const verify = ({ hits }: AnswerCheck, { messages }: Session): void => expect("hits", hits, hitsAmong(messages, remainder));
  return pipeline(name, "latency", once, () => [`UID SEARCH ${key}`], verify);
}

/** Into the selected mailbox itself, so that its size counts. */
function append(): Operation {
  return {
    ...pipeline(
      "append",
      "messages",
      () => APPENDS,
      ({ seed, messages }) => appendCommands(seed, messages, APPENDS),
    ),
    undo: async ({ wire, messages }) => {
      // After it the session knows the new messages.
      await wire.run(["NOOP"]);
      await wire.run([`STORE ${messages + 1}:* +FLAGS.SILENT (\\Deleted)`]);
      await wire.run(["EXPUNGE"]);
    },
  };
}

function sequentialNoops(): Operation {
  return {
    name: "noop",
    unit: "latency",
    count: once,
    turns: TURNS,
    run: async ({ wire }) => {
      const times: number[] = [];
      const { driverSeconds } = await timed(async () => {
        for (let turn = 0; turn < TURNS; turn++) {
          const start = performance.now();
          await wire.run(["NOOP"]);
          times.push(performance.now() - start);
        }
      });
      return { milliseconds: median(times), p99: percentile(times, 99), driverSeconds: driverSeconds / TURNS };
    },
    check: async ({ wire }) => {
      await wire.runChecked(["NOOP"]);
    },
  };
}

function logins(): Operation {
  return {
    name: "login",
    unit: "logins",
    count: () => LOGINS,
    run: runLogins,
    // Each of its commands is sent alone, and so its answer is looked at anyway.
    check: async (session) => {
      await runLogins(session);
    },
  };
}

/** Connections one after the other, each with LOGIN and LOGOUT. */
function runLogins({ endpoint, user, password }: Session): Promise<RunTime> {
  return timed(async () => {
    for (let login = 0; login < LOGINS; login++) await (await ImapWire.login(endpoint, user, password)).logout();
  });
}

function everyMessage(messages: number): number {
  return messages;
}

function once(): number {
  return 1;
}

function expect(what: string, found: number, expected: number): void {
  if (found !== expected) throw new Error(`${found} ${what} instead of ${expected}`);
}
