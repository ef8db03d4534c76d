import { uuidv7 } from "uuidv7";

import { ThreadId } from "../../mailbox/records.ts";
import { isThreadId, threadIds } from "../../mailbox/thread-ids.ts";
import { brandedOf, firstRowOf, type SqlDatabase } from "./sql-database.ts";

/** Which thread a message id leads to. One row per message id, written once by its own message and at most once by the first that refers to it. */
export class ThreadIndex {
  readonly #db: SqlDatabase;

  constructor(db: SqlDatabase) {
    this.#db = db;
  }

  /** The thread of a new message; all its message ids lead there from now on, if they led nowhere. */
  assign(message: { readonly messageId: string | undefined; readonly references: readonly string[] }): ThreadId {
    const ids = threadIds(message);
    const thread = this.#firstKnown(ids) ?? ThreadId.parse(uuidv7());
    const own = isThreadId(message.messageId);
    if (own) {
      this.#db.sql.exec(
        `INSERT INTO thread VALUES (?, ?, 1) ON CONFLICT (message_id) DO UPDATE SET uses = uses + 1`,
        message.messageId,
        thread,
      );
    }
    const references = own ? ids.slice(1) : ids;
    if (references.length > 0) {
      this.#db.sql.exec(
        `INSERT INTO thread SELECT value, ?, 0 FROM json_each(?) WHERE true ON CONFLICT (message_id) DO NOTHING`,
        thread,
        JSON.stringify(references),
      );
    }
    return thread;
  }

  #firstKnown(ids: readonly string[]): ThreadId | undefined {
    for (const id of ids) {
      const row = firstRowOf(this.#db.sql.exec(`SELECT thread_id FROM thread WHERE message_id = ?`, id));
      if (row !== undefined) return brandedOf<ThreadId>(row[0]);
    }
    return undefined;
  }

  /** Forgets a message id when the last content that carries it as its own goes, so that the table follows the mail that is there. */
  release(messageId: string): void {
    this.#db.sql.exec(`UPDATE thread SET uses = uses - 1 WHERE message_id = ?`, messageId);
    this.#db.sql.exec(`DELETE FROM thread WHERE message_id = ? AND uses <= 0`, messageId);
  }
}
