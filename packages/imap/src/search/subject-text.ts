import { headerFieldValues } from "@sluice/mime/header-fields";
import { decodeHeaderText } from "@sluice/mime/header-text";

import { LIMITS } from "../limits.ts";
import { foldText } from "./fold.ts";

/**
 * The Subject of a header as a mailbox index keeps it: folded as for every search, several fields a line each. `undefined`: it is no
 * text that can be kept; a search then reads the header. What an index has kept must be made anew when this, or the folding, changes.
 */
export function subjectText(head: Uint8Array): string | undefined {
  const lines = headerFieldValues(head, "subject").map((value) => foldText(decodeHeaderText(value)));
  const text = lines.join("\n");
  return text.length <= LIMITS.indexedSubject && isKept(text) ? text : undefined;
}

/** Whether looking for a folded string in what {@link subjectText} gives answers for the field: across two fields nothing is found, and the empty string asks whether there is one. */
export function isSubjectQuery(text: string): boolean {
  return text.length > 0 && text.length <= LIMITS.indexedSubject && !text.includes("\n") && isKept(text);
}

/** A database keeps text as UTF-8, and may end it at a NUL. */
function isKept(text: string): boolean {
  return text.isWellFormed() && !text.includes("\0");
}
