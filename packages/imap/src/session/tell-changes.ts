import { LIMITS } from "../limits.ts";
import { MessagePage } from "../mailbox/message-page.ts";
import { formatRanges } from "../mailbox/uid-ranges.ts";
import { FlagText } from "./flag-text.ts";
import { tellFlagNames, tellPermanentFlags } from "./mailbox-flags.ts";
import type { Session } from "./session.ts";
import type { View } from "./view.ts";
import { ViewLostError } from "./view-lost-error.ts";

/**
 * Tells the client what has changed in its selected mailbox since it was last told: EXPUNGE (only where
 * `expunges` allows it), EXISTS, RECENT, FLAGS and FETCH, in an order in which each sequence number is right.
 *
 * Costs a comparison of numbers when nothing has changed, otherwise what has changed. Notices that do not
 * fit in the output window wait for the next call. @throws ViewLostError when the view cannot be kept.
 */
export function tellChanges(session: Session, expunges: boolean): void {
  const { view } = session;
  if (view === undefined) return;
  if (!view.mailbox.exists) throw new ViewLostError("The selected mailbox was deleted");
  if (view.upToDate) return;
  if (!tellExpunged(session, view, expunges)) return;
  const known = view.uidNextSeen;
  tellArrived(session, view);
  tellFlags(session, view, known);
}

/** False: the window is full, and more is to be told before anything else. */
function tellExpunged(session: Session, view: View, allowed: boolean): boolean {
  if (view.pendingExpunged.length > 0) {
    if (!allowed) return true;
    if (session.enabled.qresync) session.output.emit({ kind: "vanished", earlier: false, uids: formatRanges(view.pendingRanges) });
    else if (!tellExpungeLines(session, view)) return false;
  }
  view.forgetExpunged();
  return true;
}

function tellExpungeLines(session: Session, view: View): boolean {
  const { highestModSeq } = view.mailbox.record;
  for (;;) {
    const uids = view.expungedToTell;
    const modSeq = view.expungedPartly?.modSeq ?? highestModSeq;
    // From the end: each number is then right whatever was told before it.
    for (let at = uids.length - 1; at >= 0; at--) {
      const uid = uids[at] ?? 0;
      if (!session.output.hasRoom) {
        view.expungedPartly = { uid: uid + 1, modSeq };
        return false;
      }
      session.output.emit({ kind: "expunge", sequence: view.rank(uid) + 1 });
    }
    view.expungedModSeq = modSeq;
    view.expungedPartly = undefined;
    if (modSeq === highestModSeq) return true;
  }
}

function tellArrived(session: Session, view: View): void {
  const { record } = view.mailbox;
  if (record.uidNext === view.uidNextSeen) return;
  const before = view.count;
  view.uidNextSeen = record.uidNext;
  // A message that came and went while an expunge could not be told is counted here, and told as expunged later:
  // the view is what was said, and has to follow from the mod-sequences alone.
  const { count } = view;
  if (count === before) return;
  view.claimRecent();
  session.output.emit({ kind: "exists", count });
  session.output.emit({ kind: "recent", count: view.recentCount });
}

/** FETCH for messages below `below` (the others were only just told of, with EXISTS) whose flags have changed. */
function tellFlags(session: Session, view: View, below: number): void {
  const { mailbox } = view;
  tellKeywords(session, view);
  const { highestModSeq } = mailbox.record;
  if (highestModSeq === view.flagsModSeq) return;
  // A client that takes HIGHESTMODSEQ from a FETCH would skip an expunge that it was not told: with one pending, flags wait.
  if (session.enabled.condstore && view.pendingExpunged.length > 0) return;
  let { uid: from, modSeq: target } = view.flagsPartly ?? { uid: 1, modSeq: highestModSeq };
  for (;;) {
    while (from < below) {
      if (!session.output.hasRoom) {
        view.flagsPartly = { uid: from, modSeq: target };
        return;
      }
      const count = mailbox.readChanged(view.flagsModSeq, from, below - 1, page);
      for (let row = 0; row < count; row++) writeFlagsFetch(session, view, page, row);
      if (count < page.capacity) break;
      from = (page.uid[count - 1] ?? 0) + 1;
    }
    view.flagsPartly = undefined;
    view.flagsModSeq = target;
    if (target === highestModSeq) return;
    // What changed behind a pass that had to pause is the next pass.
    from = 1;
    target = highestModSeq;
  }
}

/** A keyword that is new in the mailbox stands in FLAGS before any FETCH names it (RFC 9051 section 7.3.5). */
export function tellKeywords(session: Session, view: View): void {
  if (view.mailbox.keywords.length === view.keywordsTold) return;
  tellFlagNames(session, view);
  tellPermanentFlags(session, view);
}

/** `* n FETCH (UID u FLAGS (...) [MODSEQ (m)])` for one row of a page. */
export function writeFlagsFetch(session: Session, view: View, rows: MessagePage, row: number): void {
  const { output, enabled } = session;
  const { writer } = output;
  const uid = rows.uid[row] ?? 0;
  const keywordsLow = rows.keywordsLow[row] ?? 0;
  const keywordsHigh = rows.keywordsHigh[row] ?? 0;
  writer.ascii("* ");
  writer.number(view.rank(uid) + 1);
  writer.ascii(" FETCH (UID ");
  writer.number(uid);
  writer.ascii(" FLAGS (");
  writer.octets(flagText.render(view.mailbox.keywords, rows.flags[row] ?? 0, keywordsLow, keywordsHigh, view.isRecent(uid)));
  writer.byte(0x29);
  if (enabled.condstore) {
    writer.ascii(" MODSEQ (");
    writer.number(rows.modSeq[row] ?? 0);
    writer.byte(0x29);
  }
  writer.ascii(")\r\n");
  output.flushIfFull();
}

/** `* n FETCH (UID u MODSEQ (m))`: the answer to a conditional `.SILENT` STORE (RFC 7162 section 3.1.3). */
export function writeModSeqFetch(session: Session, view: View, rows: MessagePage, row: number): void {
  const { output } = session;
  const { writer } = output;
  const uid = rows.uid[row] ?? 0;
  writer.ascii("* ");
  writer.number(view.rank(uid) + 1);
  writer.ascii(" FETCH (UID ");
  writer.number(uid);
  writer.ascii(" MODSEQ (");
  writer.number(rows.modSeq[row] ?? 0);
  writer.ascii("))\r\n");
  output.flushIfFull();
}

const page = new MessagePage(LIMITS.pageRows);
const flagText = new FlagText();
