import type { Session } from "./session.ts";

/**
 * Any command that enables CONDSTORE (RFC 7162 section 3.1) calls this. When a mailbox is selected already, the client is
 * told up to which mod-sequence it knows it: it has not heard HIGHESTMODSEQ as one that it may rely on.
 */
export function enableCondstore(session: Session): void {
  const { enabled, output, view } = session;
  if (enabled.condstore) return;
  enabled.condstore = true;
  if (view === undefined) return;
  const known = Math.min(view.flagsModSeq, view.expungedModSeq);
  output.emit({ kind: "status", tag: undefined, status: "OK", code: `HIGHESTMODSEQ ${known}`, text: "CONDSTORE is now enabled" });
}
