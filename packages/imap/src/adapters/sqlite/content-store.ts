import { uuidv7 } from "uuidv7";

import type { BodyRef } from "../../mailbox/body-store.ts";
import type { ContentColumns, ContentKey, ContentRow, NewContent } from "../../mailbox/mailbox-index.ts";
import type { MessagePage } from "../../mailbox/message-page.ts";
import type { EmailId, ThreadId } from "../../mailbox/records.ts";
import { isJournaled } from "./body-journal.ts";
import { ContentReferences } from "./content-references.ts";
import { isDense } from "./dense-keys.ts";
import { BLOB, brandedOf, bufferOf, firstRowOf, numberOf, rowsOf, type SqlDatabase, type SqlValue } from "./sql-database.ts";
import { removeSqliteBody } from "./sqlite-body-store.ts";
import { SignatureIndex } from "./signature-index.ts";
import { SubjectIndex } from "./subject-index.ts";
import { ThreadIndex } from "./thread-index.ts";

/** Groups of columns that a caller asks for, in the order of the table. */
const COLUMN_GROUPS: readonly (readonly [name: keyof ContentColumns, columns: string])[] = [
  ["ids", "c.email_id, c.thread_id"],
  ["body", "c.body"],
  ["envelope", "c.envelope"],
  ["bodyStructure", "c.body_structure"],
  ["structure", "c.structure"],
  ["head", "c.header_size, c.head"],
];

/** The contents of an account's messages: written once, shared by all copies. */
export class ContentStore {
  readonly references: ContentReferences;
  readonly subjects: SubjectIndex;
  readonly signatures: SignatureIndex;
  readonly #db: SqlDatabase;
  readonly #threads: ThreadIndex;
  /**
   * Never given twice while we live, even when a rollback or a collection makes the highest keys free again. Known from the
   * start: a body takes its message for one with a key above all that there are when it is written.
   */
  #nextKey: number;

  constructor(db: SqlDatabase) {
    this.#db = db;
    this.references = new ContentReferences(db);
    this.#threads = new ThreadIndex(db);
    this.signatures = new SignatureIndex(db);
    this.#nextKey = newestContent(db) + 1;
    this.subjects = new SubjectIndex(db, this.#nextKey);
  }

  add(content: NewContent): ContentKey {
    const key = this.#nextKey++;
    const thread = this.#threads.assign(content);
    this.#db.sql.exec(
      `INSERT INTO content VALUES (?, ?, ?, ?, ?, ?, ?, ${BLOB}, ${BLOB}, ${BLOB}, ${BLOB})`,
      key,
      uuidv7(),
      thread,
      content.size,
      content.headerSize,
      content.body ?? null,
      content.messageId ?? null,
      content.envelope,
      content.bodyStructure,
      content.structure,
      content.head,
    );
    // The content row takes the body over from its store's journal, in the same transaction.
    if (content.body !== undefined && isJournaled(content.body)) this.#db.sql.exec(`DELETE FROM pending_body WHERE body = ?`, content.body);
    this.subjects.add(key, content.head);
    this.signatures.add(key, content.signature);
    this.references.added(key);
    return key;
  }

  read(page: MessagePage, from: number, to: number, columns: ContentColumns): ContentRow[] {
    const keys = page.content.subarray(from, Math.min(to, page.count));
    const groups = COLUMN_GROUPS.filter(([name]) => columns[name] === true);
    if (groups.length === 0) return Array.from(keys, (key) => contentRow(key, groups, []));
    const select = `SELECT c.key, ${groups.map(([, names]) => names).join(", ")}`;
    return isDense(keys) ? this.#readRange(keys, select, groups) : this.#readList(keys, select, groups);
  }

  /** Neighbours in the table, as mail that was delivered to one mailbox is: one walk. Rows of other mailboxes in between are skipped. */
  #readRange(keys: Float64Array, select: string, groups: ColumnGroups): ContentRow[] {
    const cursor = this.#db.sql.exec(`${select} FROM content c WHERE c.key BETWEEN ? AND ?`, keys[0] ?? 0, keys.at(-1) ?? 0);
    const rows: ContentRow[] = [];
    for (const values of cursor.raw()) {
      if (values[0] === keys[rows.length]) rows.push(contentRow(numberOf(values[0]), groups, values));
    }
    if (rows.length !== keys.length) throw new Error(`Content ${keys[rows.length]} is missing in the database`);
    return rows;
  }

  #readList(keys: Float64Array, select: string, groups: ColumnGroups): ContentRow[] {
    // CROSS JOIN keeps the order of the list.
    const cursor = this.#db.sql.exec(
      `${select} FROM json_each(?) j CROSS JOIN content c ON c.key = j.value`,
      JSON.stringify(Array.from(keys)),
    );
    const rows: ContentRow[] = [];
    for (const values of cursor.raw()) {
      if (values[0] !== keys[rows.length]) break;
      rows.push(contentRow(numberOf(values[0]), groups, values));
    }
    if (rows.length !== keys.length) throw new Error(`Content ${keys[rows.length]} is missing in the database`);
    return rows;
  }

  /** Deletes contents without reference. Bodies in this database go in the same transaction; the others are journaled until their store has removed them. */
  collect(limit: number, pinned: (key: ContentKey) => boolean): { readonly bodies: readonly BodyRef[]; readonly more: boolean } {
    const found = this.references.unreferenced(limit + 1, pinned);
    const keys = found.slice(0, limit);
    if (keys.length === 0) return { bodies: [], more: found.length > 0 };
    const list = JSON.stringify(keys);
    const bodies: BodyRef[] = [];
    const rows = rowsOf(
      this.#db.sql.exec(`SELECT body, message_id FROM content WHERE key IN (SELECT value FROM json_each(?)) ORDER BY key`, list),
    );
    for (const [body, messageId] of rows) {
      if (typeof messageId === "string") this.#threads.release(messageId);
      if (typeof body !== "string") continue;
      const ref = brandedOf<BodyRef>(body);
      if (removeSqliteBody(this.#db, ref)) continue;
      if (isJournaled(ref)) this.#db.sql.exec(`INSERT OR IGNORE INTO pending_body VALUES (?)`, ref);
      bodies.push(ref);
    }
    this.#db.sql.exec(`DELETE FROM content WHERE key IN (SELECT value FROM json_each(?))`, list);
    this.subjects.remove(list);
    this.signatures.remove(list);
    this.references.remove(keys);
    return { bodies, more: found.length > keys.length };
  }
}

type ColumnGroups = typeof COLUMN_GROUPS;

/** The key of the newest content, 0 when there is none. */
function newestContent(db: SqlDatabase): number {
  const newest = firstRowOf(db.sql.exec(`SELECT max(key) FROM content`))?.[0] ?? null;
  return newest === null ? 0 : numberOf(newest);
}

function contentRow(key: ContentKey, groups: ColumnGroups, values: readonly SqlValue[]): ContentRow {
  const row: { -readonly [name in keyof ContentRow]: ContentRow[name] } = {
    key,
    emailId: undefined,
    threadId: undefined,
    envelope: undefined,
    bodyStructure: undefined,
    structure: undefined,
    head: undefined,
    headerSize: undefined,
    body: undefined,
  };
  let at = 1;
  for (const [name] of groups) {
    if (name === "ids") {
      row.emailId = brandedOf<EmailId>(values[at++]);
      row.threadId = brandedOf<ThreadId>(values[at++]);
    } else if (name === "body") {
      const body = values[at++] ?? null;
      row.body = body === null ? undefined : brandedOf<BodyRef>(body);
    } else {
      if (name === "head") row.headerSize = numberOf(values[at++]);
      row[name] = new Uint8Array(bufferOf(values[at++]));
    }
  }
  return row;
}
