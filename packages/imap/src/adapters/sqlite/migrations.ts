import { firstRowOf, numberOf, type SqlDatabase } from "./sql-database.ts";

/** The database cannot be used by this version of the server. The text is one line for the operator. */
export class SchemaError extends Error {
  override readonly name = "SchemaError";
}

/**
 * The schema, one step an entry; the version of a database is the number of steps it has had. Steps are never edited, only added.
 *
 * Rows are narrow where many are read, and a BLOB stands last, so that SQLite does not read its pages when it is not asked for.
 * Contents carry no reference count: most have exactly one reference for life, and a count in the row would rewrite the stored
 * header with every COPY. A content is in `orphan` when nothing refers to it, in `shared` when more than one message does.
 */
export const MIGRATIONS: readonly (readonly string[])[] = [
  [
    `CREATE TABLE account (key INTEGER PRIMARY KEY CHECK (key = 1), last_uid_validity INTEGER NOT NULL)`,
    `INSERT INTO account VALUES (1, 0)`,
    `CREATE TABLE mailbox (
      key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL UNIQUE, special_use TEXT,
      uid_validity INTEGER NOT NULL, uid_next INTEGER NOT NULL, highest_modseq INTEGER NOT NULL,
      messages INTEGER NOT NULL, unseen INTEGER NOT NULL, deleted INTEGER NOT NULL, size INTEGER NOT NULL,
      first_recent_uid INTEGER NOT NULL, expunged_floor INTEGER NOT NULL, expunged_ranges INTEGER NOT NULL)`,
    `CREATE TABLE keyword (mailbox INTEGER NOT NULL, bit INTEGER NOT NULL, name TEXT NOT NULL, PRIMARY KEY (mailbox, bit)) WITHOUT ROWID`,
    `CREATE TABLE subscription (name TEXT PRIMARY KEY) WITHOUT ROWID`,
    // The key is mailbox key * 2^32 + the lowest UID that the segment may hold.
    `CREATE TABLE segment (
      key INTEGER PRIMARY KEY, last_uid INTEGER NOT NULL, count INTEGER NOT NULL, unseen INTEGER NOT NULL, deleted INTEGER NOT NULL,
      max_modseq INTEGER NOT NULL, records BLOB NOT NULL)`,
    `CREATE TABLE expunged (
      mailbox INTEGER NOT NULL, modseq INTEGER NOT NULL, part INTEGER NOT NULL, ranges BLOB NOT NULL,
      PRIMARY KEY (mailbox, modseq, part)) WITHOUT ROWID`,
    `CREATE TABLE content (
      key INTEGER PRIMARY KEY, email_id TEXT NOT NULL, thread_id TEXT NOT NULL, size INTEGER NOT NULL, header_size INTEGER NOT NULL,
      body TEXT, message_id TEXT, envelope BLOB NOT NULL, body_structure BLOB NOT NULL, structure BLOB NOT NULL, head BLOB NOT NULL)`,
    `CREATE TABLE orphan (key INTEGER PRIMARY KEY)`,
    `CREATE TABLE shared (key INTEGER PRIMARY KEY, refs INTEGER NOT NULL)`,
    // `uses` counts the contents that carry the message id as their own.
    `CREATE TABLE thread (message_id TEXT PRIMARY KEY, thread_id TEXT NOT NULL, uses INTEGER NOT NULL) WITHOUT ROWID`,
    // The key is body key * 2^12 + chunk number; `size` is the whole body's; `after_content` the newest content at the time.
    `CREATE TABLE body_chunk (key INTEGER PRIMARY KEY, size INTEGER NOT NULL, after_content INTEGER NOT NULL, data BLOB NOT NULL)`,
    `CREATE TABLE pending_body (body TEXT PRIMARY KEY) WITHOUT ROWID`,
  ],
  [
    // By content. NULL: the Subject is not one that can be kept here. Contents from before this step have no row.
    `CREATE TABLE subject (key INTEGER PRIMARY KEY, folded TEXT)`,
  ],
  [
    // A segment's columns were one BLOB: modSeq, internalDate, content, uid, keywordsLow, keywordsHigh, size, saveDate, flags,
    // zoneMinutes, of 8, 8, 8, 4, 4, 4, 4, 4, 2 and 2 octets a message.
    `CREATE TABLE segment_records (key INTEGER PRIMARY KEY, records BLOB NOT NULL)`,
    `INSERT INTO segment_records SELECT key, CAST(
      substr(records, 8 * count + 1, 20 * count) || substr(records, 36 * count + 1, 8 * count) || substr(records, 46 * count + 1)
      AS BLOB) FROM segment`,
    // Those that STORE changes become packed columns that are as wide as they were, with 0 for the least value; all but the first may need
    // padding. A new table: in the old one each row would keep the page that it once filled.
    `CREATE TABLE segment_flags (
      key INTEGER PRIMARY KEY, last_uid INTEGER NOT NULL, count INTEGER NOT NULL, unseen INTEGER NOT NULL, deleted INTEGER NOT NULL,
      max_modseq INTEGER NOT NULL, flags BLOB NOT NULL)`,
    `INSERT INTO segment_flags SELECT key, last_uid, count, unseen, deleted, max_modseq, CAST(
      zeroblob(8) || x'0800000000000000' || substr(records, 1, 8 * count) ||
      zeroblob(8) || x'0400000000000000' || substr(records, 28 * count + 1, 4 * count) || zeroblob(4 * count % 8) ||
      zeroblob(8) || x'0400000000000000' || substr(records, 32 * count + 1, 4 * count) || zeroblob(4 * count % 8) ||
      zeroblob(8) || x'0200000000000000' || substr(records, 44 * count + 1, 2 * count) || zeroblob(6 * count % 8)
      AS BLOB) FROM segment ORDER BY key`,
    `DROP TABLE segment`,
    `ALTER TABLE segment_flags RENAME TO segment`,
  ],
  [
    // By content. NULL: there is no signature yet, which is so too for contents from before this step, which have no row.
    `CREATE TABLE text_signature (key INTEGER PRIMARY KEY, body BLOB, header BLOB)`,
    `ALTER TABLE account ADD COLUMN signed_since INTEGER NOT NULL DEFAULT 1`,
    `UPDATE account SET signed_since = (SELECT coalesce(max(key), 0) + 1 FROM content)`,
  ],
];

/** The newest schema that this code knows. The local server's data format goes up with it: one number says whether a data directory can be opened. */
export const SCHEMA_VERSION = MIGRATIONS.length;

/**
 * Brings the database to the newest schema, in one transaction. Costs one row when there is nothing to do.
 * Throws SchemaError when the database is newer than this code: an older server must not write into it.
 */
export function migrate(db: SqlDatabase, migrations: readonly (readonly string[])[] = MIGRATIONS): void {
  db.transactionSync(() => {
    db.sql.exec(`CREATE TABLE IF NOT EXISTS schema_version (key INTEGER PRIMARY KEY CHECK (key = 1), version INTEGER NOT NULL)`);
    const row = firstRowOf(db.sql.exec(`SELECT version FROM schema_version`));
    const version = row === undefined ? 0 : numberOf(row[0]);
    if (version > migrations.length) {
      throw new SchemaError(
        `The mailbox database has schema version ${version}, but this server knows only up to ${migrations.length}: run a newer server`,
      );
    }
    if (version === migrations.length) return;
    for (const step of migrations.slice(version)) for (const statement of step) db.sql.exec(statement);
    db.sql.exec(`INSERT INTO schema_version VALUES (1, ?) ON CONFLICT (key) DO UPDATE SET version = excluded.version`, migrations.length);
  });
}
