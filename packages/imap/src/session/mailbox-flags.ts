import { LIMITS } from "../limits.ts";
import { SYSTEM_FLAG_NAMES } from "../protocol/flags.ts";
import type { Session } from "./session.ts";
import type { View } from "./view.ts";

/** FLAGS (RFC 9051 section 7.3.5): every flag that a message of the mailbox may have. From now on the client knows them. */
export function tellFlagNames(session: Session, view: View): void {
  const { keywords } = view.mailbox;
  view.keywordsTold = keywords.length;
  session.output.emit({ kind: "flags", flags: [...SYSTEM_FLAGS, ...keywords] });
}

/** PERMANENTFLAGS (RFC 9051 section 7.1): what the client may change, with `\*` while there is room for a new keyword. */
export function tellPermanentFlags(session: Session, view: View): void {
  const { keywords } = view.mailbox;
  const more = keywords.length < LIMITS.keywordsPerMailbox ? ["\\*"] : [];
  const names = view.readOnly ? [] : [...SYSTEM_FLAGS, ...keywords, ...more];
  const text = view.readOnly ? "No flag can be changed" : "Flags that can be changed";
  session.output.emit({ kind: "status", tag: undefined, status: "OK", code: `PERMANENTFLAGS (${names.join(" ")})`, text });
}

const SYSTEM_FLAGS: readonly string[] = SYSTEM_FLAG_NAMES.map(([name]) => name);
