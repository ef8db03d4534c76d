import * as z from "zod";

import { LIMITS } from "../limits.ts";
import type { Dispatcher } from "./dispatcher.ts";
import { SessionOrigin } from "./session-origin.ts";
import type { Account, Session } from "./session.ts";
import { View, ViewSnapshot } from "./view.ts";

/**
 * Where a session stands when nothing but an IDLE is in progress. Its edge keeps the last one, and presents it when
 * the account object has restarted. Every field is bounded: `recent` by LIMITS.recentRanges, the tag by LIMITS.tagLength.
 */
export const Checkpoint = z.object({
  format: z.literal(1),
  enabled: z.object({ condstore: z.boolean(), qresync: z.boolean(), utf8: z.boolean() }),
  view: ViewSnapshot.optional(),
  /** The tag of the IDLE in progress, one character per octet. */
  idleTag: z.string().max(LIMITS.tagLength).optional(),
  /** Pieces received that have not been reported as settled: those of the IDLE. */
  unsettled: z.int().min(0),
});
export type Checkpoint = z.infer<typeof Checkpoint>;

/** A session that outlives the object's memory: kept in the attachment of its WebSocket, at most LIMITS.snapshot octets. */
export const SessionSnapshot = z.object({ origin: SessionOrigin, checkpoint: Checkpoint });
export type SessionSnapshot = z.infer<typeof SessionSnapshot>;

/** Takes the checkpoint of a session at a quiescent point, which is when nothing but an IDLE is in progress. */
export function takeCheckpoint(session: Session, dispatcher: Dispatcher, unsettled: number): Checkpoint {
  const { view } = session;
  const { idleTag } = dispatcher;
  return {
    format: 1,
    enabled: { ...session.enabled },
    ...(view === undefined ? {} : { view: view.snapshot() }),
    ...(idleTag === undefined ? {} : { idleTag: String.fromCharCode(...idleTag) }),
    unsettled,
  };
}

/** Gives a new session what the checkpoint holds, save for its IDLE. @throws ViewLostError when the selected mailbox is gone. */
export function restoreSession(session: Session, account: Account, checkpoint: Checkpoint): void {
  Object.assign(session.enabled, checkpoint.enabled);
  session.state =
    checkpoint.view === undefined
      ? { name: "authenticated", account }
      : { name: "selected", account, view: View.restore(account.index, checkpoint.view) };
}

/** The octets of a checkpoint's idle tag. */
export function idleTagOf({ idleTag }: Checkpoint): Uint8Array | undefined {
  return idleTag === undefined ? undefined : Uint8Array.from(idleTag, (character) => character.charCodeAt(0));
}

/** Whether two checkpoints say the same: then there is nothing to tell or save. */
export function sameCheckpoint(a: Checkpoint, b: Checkpoint): boolean {
  return a.unsettled === b.unsettled && a.idleTag === b.idleTag && sameEnabled(a.enabled, b.enabled) && sameView(a.view, b.view);
}

function sameEnabled(a: Checkpoint["enabled"], b: Checkpoint["enabled"]): boolean {
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
