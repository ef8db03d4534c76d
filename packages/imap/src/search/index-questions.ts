import { LIMITS } from "../limits.ts";
import { TextMatch, type MailboxIndex } from "../mailbox/mailbox-index.ts";
import type { MessagePage } from "../mailbox/message-page.ts";
import { GramMatch, type GramQuery } from "../mailbox/text-signature.ts";
import type { BodyTexts } from "./body-search.ts";
import { usesAny, type Criterion } from "./criteria.ts";
import type { Candidate } from "./evaluate.ts";
import { gramsOf } from "./grams.ts";
import { isSubjectQuery } from "./subject-text.ts";

/** What an index says of the texts of a page's messages, a column for each text. */
export interface KnownTexts extends Pick<Candidate, "subjects" | "absent"> {
  /** 1 for each message that has no signature yet. */
  readonly unsigned?: Uint8Array;
}

/** Something that a search asks its index about rows `[first, end)` of a page. */
export type IndexQuestion = (index: MailboxIndex, page: MessagePage, first: number, end: number) => KnownTexts;

/** What there is to ask for a search, the cheapest first. */
export function indexQuestions(criterion: Criterion, texts: BodyTexts): readonly IndexQuestion[] {
  const subjects = subjectsOf(criterion);
  const queries = queriesOf(texts);
  const questions: IndexQuestion[] = [];
  if (subjects.length > 0) questions.push((index, page, first, end) => ({ subjects: askSubjects(subjects, index, page, first, end) }));
  if (queries.length > 0) questions.push((index, page, first, end) => askSignatures(queries, index, page, first, end));
  return questions;
}

/** The strings that are looked for in Subjects; none when there are too many. */
function subjectsOf(criterion: Criterion): readonly string[] {
  const texts = new Set<string>();
  usesAny(criterion, (leaf) => {
    if (leaf.kind === "header" && leaf.field === "subject" && isSubjectQuery(leaf.text)) texts.add(leaf.text);
    return false;
  });
  return texts.size > LIMITS.subjectQueries ? [] : [...texts];
}

function askSubjects(
  subjects: readonly string[],
  index: MailboxIndex,
  page: MessagePage,
  first: number,
  end: number,
): ReadonlyMap<string, Uint8Array> {
  const known = new Map<string, Uint8Array>();
  for (const text of subjects) {
    const matches = new Uint8Array(page.count).fill(TextMatch.unknown);
    matches.set(index.matchSubjects(page, first, end, text), first);
    known.set(text, matches);
  }
  return known;
}

interface TextQuery extends GramQuery {
  readonly text: string;
}

/** The strings that the signatures are asked for: not those without a gram, nor those that a header holds only where two of its fields meet. */
function queriesOf({ body, text }: BodyTexts): readonly TextQuery[] {
  const queries = [...Array.from(body, (wanted) => queryOf("body", wanted)), ...Array.from(text, (wanted) => queryOf("text", wanted))];
  return queries.filter(({ text, grams }) => grams.length > 0 && !text.includes("\n")).slice(0, LIMITS.textQueries);
}

function queryOf(of: "body" | "text", text: string): TextQuery {
  return { of, text, grams: gramsOf(text) };
}

function askSignatures(queries: readonly TextQuery[], index: MailboxIndex, page: MessagePage, first: number, end: number): KnownTexts {
  const absent = { body: new Map<string, Uint8Array>(), text: new Map<string, Uint8Array>() };
  const unsigned = new Uint8Array(page.count);
  for (const query of queries) {
    const column = new Uint8Array(page.count);
    for (const [at, match] of index.matchSignatures(page, first, end, query).entries()) {
      if (match === GramMatch.no) column[first + at] = 1;
      else if (match === GramMatch.unsigned) unsigned[first + at] = 1;
    }
    absent[query.of].set(query.text, column);
  }
  return { absent, unsigned };
}
