import { LIMITS } from "../limits.ts";
import type { BodyStore } from "./body-store.ts";
import type { ContentKey, MailboxIndex } from "./mailbox-index.ts";

/**
 * Removes contents that no message refers to, and their bodies, in a bounded number of rounds. True: there is more.
 *
 * Asks before each round whether all is `quiet`, because sessions go on while bodies are removed: one in the middle of a
 * command may have found a message that another expunges, and not have pinned its content yet.
 */
export async function reclaimContents(
  index: MailboxIndex,
  bodies: BodyStore,
  pinned: (key: ContentKey) => boolean,
  quiet: () => boolean = () => true,
): Promise<boolean> {
  for (let round = 0; round < LIMITS.reclaimRounds; round++) {
    if (!quiet()) return true;
    const { bodies: removed, more } = index.collectUnreferenced(LIMITS.reclaimBatch, pinned);
    for (const body of removed) await bodies.remove(body);
    if (!more) return false;
  }
  return true;
}

/** Removes every mailbox; the contents are then for {@link reclaimContents}. */
export function removeAllMailboxes(index: MailboxIndex): void {
  for (const { id } of index.mailboxes()) index.remove(id);
}
