/** What stands between a command that has been read and the octets of its answer. */
import type { OctetScanner } from "../../packages/mime/src/octet-scanner.ts";
import type { FetchAttribute } from "../../packages/imap/src/fetch/attributes.ts";
import { MessageCursor } from "../../packages/imap/src/fetch/message-cursor.ts";
import { givePage, takePage } from "../../packages/imap/src/fetch/page-pool.ts";
import { compilePlan } from "../../packages/imap/src/fetch/plan.ts";
import { readFetch } from "../../packages/imap/src/fetch/read-fetch.ts";
import type { MessagePage } from "../../packages/imap/src/mailbox/message-page.ts";
import { formatRanges, rangesOf, type UidRanges } from "../../packages/imap/src/mailbox/uid-ranges.ts";
import { ArgumentReader } from "../../packages/imap/src/parser/argument-reader.ts";
import type { Tokenizer } from "../../packages/imap/src/parser/tokenizer.ts";
import { ByteWriter } from "../../packages/imap/src/protocol/byte-writer.ts";
import { writeResponse } from "../../packages/imap/src/protocol/response.ts";
import { parseSequenceSet } from "../../packages/imap/src/protocol/sequence-set.ts";
import type { Session } from "../../packages/imap/src/session/session.ts";
import type { View } from "../../packages/imap/src/session/view.ts";
import type { Inputs } from "../inputs.ts";
import { expectWork, segmentOf, type Run, type Setup } from "../subjects.ts";

/** Repetitions of what takes about a microsecond. */
const REPEAT = 64;
/** Messages of the mailbox that is walked through; their UIDs are 1 and so on. */
const MESSAGES = 4096;

/** A program reads one command, so the tokenizer's speed does not count here. */
export function answerSubjects(inputs: Inputs, tokenizer: () => Tokenizer, scanner: OctetScanner): Readonly<Record<string, Setup>> {
  return {
    "fetch.plan": () => planFetch(attributesOf(tokenizer(), inputs.fetch), scanner),
    "fetch.pages": () => walkPages(inputs.pageSet),
    "response.status": writeStatus,
    "set.format": () => formatUids(inputs.uids),
  };
}

function attributesOf(tokenizer: Tokenizer, line: Uint8Array): readonly FetchAttribute[] {
  const args = new ArgumentReader(segmentOf(tokenizer, line));
  args.tag();
  args.commandName();
  return readFetch(args, "a UID set").attributes;
}

function planFetch(attributes: readonly FetchAttribute[], scanner: OctetScanner): Run {
  return () => {
    let items = 0;
    for (let time = 0; time < REPEAT; time++) {
      const { scalars, texts } = compilePlan(attributes, { uid: true, modSeq: false }, scanner);
      items = scalars.length + texts.length;
    }
    expectWork(items === 4);
  };
}

/** All that the cursor asks of its view and, as no flags are told, of its session. */
function isView(value: object): value is View {
  return "mailbox" in value && "rank" in value;
}

function isSession(value: object): value is Session {
  return "enabled" in value;
}

/** What a mailbox does, without reading anything. */
function read(from: number, to: number, page: MessagePage): number {
  const last = Math.min(to, MESSAGES);
  page.count = 0;
  for (let uid = from; uid <= last && page.count < page.capacity; uid++) page.uid[page.count++] = uid;
  return page.count;
}

function walkPages(set: Uint8Array): Run {
  const view: object = {
    mailbox: { record: {}, exists: true, read },
    readOnly: true,
    pendingExpunged: new Uint32Array(0),
    rank: (uid: number) => uid - 1,
  };
  const session: object = { enabled: {} };
  if (!isView(view) || !isSession(session)) throw new Error("no view");
  const selection: UidRanges = Uint32Array.from(parseSequenceSet(set));
  return () => {
    const page = takePage();
    const cursor = new MessageCursor(session, view, selection, page, { since: undefined, setsSeen: false, tellsFlags: false });
    let messages = 0;
    let sum = 0;
    cursor.resume();
    for (let next = cursor.next(); next !== "end"; next = cursor.next()) {
      if (next === "page") continue;
      messages++;
      sum += cursor.sequence - (cursor.page.uid[cursor.row] ?? 0);
    }
    givePage(page);
    expectWork(messages > MESSAGES / 2 && sum === 0);
  };
}

/** What a STORE, a NOOP and a SELECT say beside FETCH responses. */
function writeStatus(): Run {
  const out = new ByteWriter(65_536);
  const tag = new TextEncoder().encode("a1042");
  return () => {
    out.length = 0;
    for (let time = 0; time < REPEAT; time++) {
      writeResponse(out, { kind: "exists", count: 172 + time });
      writeResponse(out, { kind: "expunge", sequence: 4 + time });
      writeResponse(out, { kind: "status", tag: undefined, status: "OK", code: `UIDNEXT ${4392 + time}`, text: "Predicted next UID" });
      writeResponse(out, { kind: "status", tag, status: "OK", text: "STORE completed" });
    }
    expectWork(out.length > REPEAT * 80);
  };
}

/** UIDs as COPYUID and VANISHED tell them. */
function formatUids(uids: Uint32Array): Run {
  return () => expectWork(formatRanges(rangesOf(uids)).length > uids.length);
}
