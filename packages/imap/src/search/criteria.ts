import type { UidRanges } from "../mailbox/uid-ranges.ts";

/**
 * A search, compiled: sets are UIDs already, dates are days, strings are folded. What it costs to decide
 * a key grows down this list: the index row, the header, the body.
 */
export type Criterion =
  | { readonly kind: "all" }
  /** A system flag's bit, or all of several bits, set or not. */
  | { readonly kind: "flag"; readonly bit: number; readonly set: boolean }
  /** The keyword's bit in the mailbox's table; `undefined` when no message has it. */
  | { readonly kind: "keyword"; readonly bit: number | undefined }
  | { readonly kind: "recent" }
  | { readonly kind: "uids"; readonly ranges: UidRanges }
  | { readonly kind: "size"; readonly above: number; readonly below: number }
  /** Days since 1970 of INTERNALDATE, inclusive, in the zone in which it was given. */
  | { readonly kind: "internal-day"; readonly from: number; readonly to: number }
  | { readonly kind: "mod-sequence"; readonly atLeast: number }
  | { readonly kind: "object-id"; readonly of: "email" | "thread"; readonly id: string }
  /** Days since 1970 of the Date field, inclusive, without regard to its time and zone. */
  | { readonly kind: "sent-day"; readonly from: number; readonly to: number }
  /** The field's name in lower case. An empty text asks only whether the field is there (RFC 9051 section 6.4.4, HEADER). */
  | { readonly kind: "header"; readonly field: string; readonly text: string }
  | { readonly kind: "body"; readonly text: string }
  /** TEXT: header or body. */
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "not"; readonly operand: Criterion }
  | { readonly kind: "and"; readonly operands: readonly Criterion[] }
  | { readonly kind: "or"; readonly operands: readonly [Criterion, Criterion] };

/** Whether any part of the criterion is of a kind for which `is` holds. */
export function usesAny(criterion: Criterion, is: (leaf: Criterion) => boolean): boolean {
  switch (criterion.kind) {
    case "not":
      return usesAny(criterion.operand, is);
    case "and":
    case "or":
      return criterion.operands.some((operand) => usesAny(operand, is));
    default:
      return is(criterion);
  }
}
