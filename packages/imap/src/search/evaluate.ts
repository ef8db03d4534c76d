import { TextMatch, type ContentRow } from "../mailbox/mailbox-index.ts";
import type { MessagePage } from "../mailbox/message-page.ts";
import { includesUid } from "../mailbox/uid-ranges.ts";
import type { BodySearch } from "./body-search.ts";
import type { Criterion } from "./criteria.ts";
import type { HeaderText } from "./header-text.ts";
import { sentDay } from "./sent-day.ts";

/** What is known of one message so far; what is `undefined` has not been read yet. */
export interface Candidate {
  readonly page: MessagePage;
  readonly row: number;
  readonly recent: boolean;
  /** What the mailbox index says of the page's Subjects, by string: a TextMatch per row. */
  readonly subjects?: ReadonlyMap<string, Uint8Array> | undefined;
  /** The texts of BODY and TEXT that the signatures of the page's messages rule out: 1 where one does. */
  readonly absent?: { readonly body: AbsentTexts; readonly text: AbsentTexts } | undefined;
  readonly content?: ContentRow | undefined;
  readonly header?: HeaderText | undefined;
  /** What has been found in the body so far. */
  readonly body?: Pick<BodySearch, "finds"> | undefined;
}

/** By text, a column of a page. */
export type AbsentTexts = ReadonlyMap<string, Uint8Array>;

/**
 * Decides a criterion from what is known: `undefined` means that it depends on what has not been read.
 * So a message is decided by its index row wherever that is enough, and no body is read for one that
 * another key has ruled out.
 */
export function evaluate(criterion: Criterion, candidate: Candidate): boolean | undefined {
  const { page, row } = candidate;
  switch (criterion.kind) {
    case "all":
      return true;
    case "flag":
      return (((page.flags[row] ?? 0) & criterion.bit) !== 0) === criterion.set;
    case "keyword": {
      if (criterion.bit === undefined) return false;
      const column = criterion.bit < 32 ? page.keywordsLow : page.keywordsHigh;
      return (((column[row] ?? 0) >>> (criterion.bit & 31)) & 1) === 1;
    }
    case "recent":
      return candidate.recent;
    case "uids":
      return includesUid(criterion.ranges, page.uid[row] ?? 0);
    case "size":
      return (page.size[row] ?? 0) > criterion.above && (page.size[row] ?? 0) < criterion.below;
    case "internal-day": {
      const day = Math.floor(((page.internalDate[row] ?? 0) + (page.zoneMinutes[row] ?? 0) * 60) / 86_400);
      return day >= criterion.from && day <= criterion.to;
    }
    case "mod-sequence":
      return (page.modSeq[row] ?? 0) >= criterion.atLeast;
    case "object-id":
      if (candidate.content === undefined) return undefined;
      return (criterion.of === "email" ? candidate.content.emailId : candidate.content.threadId) === criterion.id;
    case "sent-day": {
      if (candidate.content?.head === undefined) return undefined;
      const day = sentDay(candidate.content.head);
      return day !== undefined && day >= criterion.from && day <= criterion.to;
    }
    case "header":
      if (candidate.header !== undefined) return candidate.header.holds(criterion.field, criterion.text);
      return criterion.field === "subject" ? subjectHolds(candidate, criterion.text) : undefined;
    case "body":
      if (candidate.absent?.body.get(criterion.text)?.[row] === 1) return false;
      return candidate.body?.finds("body", criterion.text);
    case "text":
      if (candidate.absent?.text.get(criterion.text)?.[row] === 1) return false;
      if (candidate.header?.holdsAnywhere(criterion.text) === true) return true;
      return candidate.body?.finds("text", criterion.text);
    case "not": {
      const operand = evaluate(criterion.operand, candidate);
      return operand === undefined ? undefined : !operand;
    }
    case "and":
      return combine(criterion.operands, candidate, false);
    case "or":
      return combine(criterion.operands, candidate, true);
    default:
      return criterion satisfies never;
  }
}

function subjectHolds({ subjects, row }: Candidate, text: string): boolean | undefined {
  const match = subjects?.get(text)?.[row] ?? TextMatch.unknown;
  return match === TextMatch.unknown ? undefined : match === TextMatch.yes;
}

/** AND and OR: `decisive` is the answer of one operand that decides the whole. */
function combine(operands: readonly Criterion[], candidate: Candidate, decisive: boolean): boolean | undefined {
  let unknown = false;
  for (const operand of operands) {
    const answer = evaluate(operand, candidate);
    if (answer === decisive) return decisive;
    unknown ||= answer === undefined;
  }
  return unknown ? undefined : !decisive;
}
