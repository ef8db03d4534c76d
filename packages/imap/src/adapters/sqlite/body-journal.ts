import type { BodyJournal } from "../../mailbox/body-journal.ts";
import type { BodyRef } from "../../mailbox/body-store.ts";
import { migrate } from "./migrations.ts";
import { brandedOf, rowsOf, type SqlDatabase } from "./sql-database.ts";

/** The journal of the bodies that one account keeps outside its database. */
export function createSqliteBodyJournal(db: SqlDatabase): BodyJournal {
  migrate(db);
  return {
    add(body) {
      db.sql.exec(`INSERT INTO pending_body VALUES (?)`, body);
    },
    remove(body) {
      db.sql.exec(`DELETE FROM pending_body WHERE body = ?`, body);
    },
    pending(store) {
      const rows = rowsOf(db.sql.exec(`SELECT body FROM pending_body WHERE body >= ? AND body < ?`, `${store}:`, `${store};`));
      return rows.map((row) => brandedOf<BodyRef>(row[0]));
    },
  };
}

/** Whether the bodies of a reference's store outlive a crash on their own, and so need the journal. */
export function isJournaled(body: BodyRef): boolean {
  return body.startsWith("disk:") || body.startsWith("r2:");
}
