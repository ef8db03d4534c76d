import type { Criterion } from "../../src/search/criteria.ts";
import { parseSearch } from "../../src/search/parse-search.ts";
import { SearchTask } from "../../src/search/search-task.ts";
import type { ResultOptions } from "../../src/search/results.ts";
import { Framer } from "../../src/parser/framer.ts";
import { ArgumentReader } from "../../src/parser/argument-reader.ts";
import { createReferenceTokenizer } from "../../src/parser/reference-tokenizer.ts";
import { LIMITS } from "../../src/limits.ts";
import type { Account } from "../../src/session/session.ts";
import type { TestSession } from "../session/fixture.ts";
import { bytes } from "../fetch/fixture.ts";

/** Reads the arguments of a SEARCH. */
export function parse({ session }: TestSession, text: string): ReturnType<typeof parseSearch> {
  const { view } = session;
  if (view === undefined) throw new Error("No mailbox is selected");
  let result: ReturnType<typeof parseSearch> | undefined;
  new Framer(createReferenceTokenizer(), LIMITS).push(bytes(`a SEARCH${text}\r\n`), {
    command(segment) {
      const args = new ArgumentReader(segment);
      args.tag();
      args.commandName();
      result = parseSearch(args, view);
      args.end();
    },
    literal: () => {
      throw new Error("A literal");
    },
    chunk: () => {},
    literalEnd: () => {},
    fatal: (reason) => {
      throw new Error(reason);
    },
  });
  if (result === undefined) throw new Error("No command");
  return result;
}

export function searchTask(
  client: TestSession,
  account: Account,
  search: string | Criterion,
  options: Partial<ResultOptions> = {},
): SearchTask {
  const { session } = client;
  if (session.view === undefined) throw new Error("No mailbox is selected");
  const criterion = typeof search === "string" ? parse(client, ` ${search}`).criterion : search;
  return new SearchTask(session, account, session.view, criterion, {
    tag: bytes("a"),
    byUid: true,
    returns: undefined,
    modSeq: false,
    ...options,
  });
}

/** Steps a search to its end. Answers what it says. */
export async function found(
  client: TestSession,
  task: Pick<SearchTask, "step">,
  afterStep: (step: number) => void = () => {},
): Promise<string> {
  let said = "";
  for (let step = 1; step < 1_000_000; step++) {
    const result = task.step();
    if ((result instanceof Promise ? await result : result) !== undefined) return (said + client.take()).trimEnd();
    said += client.take();
    afterStep(step);
  }
  throw new Error("The search does not end");
}
