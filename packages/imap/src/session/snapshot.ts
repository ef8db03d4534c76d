import { z } from "zod";

import { LIMITS } from "../limits.ts";
import type { Dispatcher } from "./dispatcher.ts";
import { SessionOrigin } from "./session-origin.ts";
import type { Account, Session } from "./session.ts";
import { View, ViewSnapshot } from "./view.ts";

/**
 * What of a session outlives the object's memory: kept in the attachment of its WebSocket, at most
 * LIMITS.snapshot octets. Every field is bounded: `recent` by LIMITS.recentRanges, the tag by LIMITS.commandTag.
 */
export const SessionSnapshot = z.object({
  format: z.literal(1),
  origin: SessionOrigin,
  enabled: z.object({ condstore: z.boolean(), qresync: z.boolean(), utf8: z.boolean() }),
  view: ViewSnapshot.optional(),
  /** The tag of the IDLE in progress, one character per octet. */
  idleTag: z.string().max(LIMITS.commandTag).optional(),
  /** Pieces received that have not been reported as settled: those of the IDLE. */
  unsettled: z.int().min(0),
});
export type SessionSnapshot = z.infer<typeof SessionSnapshot>;

/** Takes the snapshot of a session at a quiescent point, which is when nothing but an IDLE is in progress. */
export function takeSnapshot(session: Session, dispatcher: Dispatcher, origin: SessionOrigin, unsettled: number): SessionSnapshot {
  const { view } = session;
  const { idleTag } = dispatcher;
  return {
    format: 1,
    origin,
    enabled: { ...session.enabled },
    ...(view === undefined ? {} : { view: view.snapshot() }),
    ...(idleTag === undefined ? {} : { idleTag: String.fromCharCode(...idleTag) }),
    unsettled,
  };
}

/** Gives a new session what the snapshot holds, save for its IDLE. @throws ViewLostError when the selected mailbox is gone. */
export function restoreSession(session: Session, account: Account, snapshot: SessionSnapshot): void {
  Object.assign(session.enabled, snapshot.enabled);
  session.state =
    snapshot.view === undefined
      ? { name: "authenticated", account }
      : { name: "selected", account, view: View.restore(account.index, snapshot.view) };
}

/** The octets of a snapshot's idle tag. */
export function idleTagOf(snapshot: SessionSnapshot): Uint8Array | undefined {
  return snapshot.idleTag === undefined ? undefined : Uint8Array.from(snapshot.idleTag, (character) => character.charCodeAt(0));
}

/** Whether two snapshots say the same: then there is nothing to save. */
export function sameSnapshot(a: SessionSnapshot, b: SessionSnapshot): boolean {
  return a.unsettled === b.unsettled && a.idleTag === b.idleTag && sameEnabled(a.enabled, b.enabled) && sameView(a.view, b.view);
}

function sameEnabled(a: SessionSnapshot["enabled"], b: SessionSnapshot["enabled"]): boolean {
  return a.condstore === b.condstore && a.qresync === b.qresync && a.utf8 === b.utf8;
}

function sameView(a: ViewSnapshot | undefined, b: ViewSnapshot | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return (
    a.mailbox === b.mailbox &&
    a.readOnly === b.readOnly &&
    a.uidNextSeen === b.uidNextSeen &&
    a.expungedModSeq === b.expungedModSeq &&
    a.flagsModSeq === b.flagsModSeq &&
    a.keywordsTold === b.keywordsTold &&
    a.expungedPartly?.uid === b.expungedPartly?.uid &&
    a.expungedPartly?.modSeq === b.expungedPartly?.modSeq &&
    a.recent.length === b.recent.length &&
    a.recent.every((uid, at) => uid === b.recent[at])
  );
}
