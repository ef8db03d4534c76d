import { uuidv7 } from "uuidv7";

import { LIMITS } from "../../limits.ts";
import type { BodyRef } from "../../mailbox/body-store.ts";
import type { ContentColumns, ContentKey, ContentRow, Mailbox, MailboxIndex, NewContent } from "../../mailbox/mailbox-index.ts";
import { compareMailboxNames } from "../../mailbox/mailbox-order.ts";
import { MessagePage } from "../../mailbox/message-page.ts";
import { MailboxId, type MailboxRecord, type SpecialUse } from "../../mailbox/records.ts";
import type { GramQuery, TextSignature } from "../../mailbox/text-signature.ts";
import { no } from "../../protocol/status-error.ts";
import { ContentStore } from "./content-store.ts";
import { ExpungedHistory } from "./expunged-history.ts";
import { LruCache } from "./lru-cache.ts";
import { MailboxRows, recordOf, type MailboxRow } from "./mailbox-rows.ts";
import { migrate } from "./migrations.ts";
import { SegmentStore } from "./segment-store.ts";
import { firstRowOf, numberOf, rowsOf, textOf, type SqlDatabase } from "./sql-database.ts";
import { SqlTransactions } from "./sql-transactions.ts";
import { SqliteMailbox, type SqliteMailboxHost } from "./sqlite-mailbox.ts";

/** Rows that an operation carries from segment to segment at a time. */
const SCRATCH_ROWS = 1024;

/** What an open mailbox weighs in LIMITS.mailboxCache beside its segments. */
const MAILBOX_WEIGHT = 16;

/** Bounds that default to LIMITS, and the clock (milliseconds since 1970). Tests lower the bounds. */
export interface SqliteMailboxIndexOptions {
  readonly now?: () => number;
  readonly segmentRows?: number;
  readonly segmentCache?: number;
  readonly mailboxCache?: number;
  readonly expungedHistory?: number;
}

/** The mailboxes of one account in a Durable Object's SQLite. Brings the schema up to date; throws SchemaError when it is newer than this code. */
export function createSqliteMailboxIndex(db: SqlDatabase, options: SqliteMailboxIndexOptions = {}): MailboxIndex {
  migrate(db);
  return new SqliteMailboxIndex(db, options);
}

class SqliteMailboxIndex implements MailboxIndex {
  readonly #db: SqlDatabase;
  readonly #now: () => number;
  readonly #rows: MailboxRows;
  readonly #contents: ContentStore;
  readonly #transactions: SqlTransactions;
  readonly #host: SqliteMailboxHost;
  /** One object per mailbox that was ever opened: small, and at most LIMITS.mailboxes. Their images are what is large, and bounded. */
  readonly #open = new Map<MailboxId, SqliteMailbox>();
  readonly #images: LruCache<SqliteMailbox>;
  /** The mailbox that was last found by its name and is open: an upload names the same one with each APPEND. */
  #lastFound: SqliteMailbox | undefined;
  /** Mailboxes removed in this transaction; if it is rolled back they are there again. */
  readonly #removed = new Set<MailboxId>();

  constructor(db: SqlDatabase, options: SqliteMailboxIndexOptions) {
    this.#db = db;
    this.#now = options.now ?? Date.now;
    this.#rows = new MailboxRows(db);
    this.#contents = new ContentStore(db);
    this.#images = new LruCache(options.mailboxCache ?? LIMITS.mailboxCache, (mailbox) => mailbox.dropImage());
    const { references } = this.#contents;
    const segments = new SegmentStore(db, options.segmentRows ?? LIMITS.segmentRows, options.segmentCache ?? LIMITS.segmentCache);
    this.#transactions = new SqlTransactions(db, {
      flush: () => references.flush(),
      rolledBack: () => {
        references.rolledBack();
        this.#images.clear();
        segments.clear();
        this.#removed.clear();
      },
      committed: () => {
        for (const id of this.#removed) this.#open.delete(id);
        this.#removed.clear();
      },
    });
    this.#host = {
      db,
      rows: this.#rows,
      segments,
      history: new ExpungedHistory(db, options.expungedHistory),
      references,
      scratch: new MessagePage(SCRATCH_ROWS),
      join: (operation) => this.#transactions.join(operation),
      touch: (mailbox, count) => this.#images.touch(mailbox, MAILBOX_WEIGHT + count),
      nowSeconds: () => this.#nowSeconds(),
    };
  }

  #nowSeconds(): number {
    return Math.floor(this.#now() / 1000);
  }

  transaction<T>(work: () => T): T {
    return this.#transactions.run(work);
  }

  mailboxes(): readonly MailboxRecord[] {
    return this.#rows
      .all()
      .map(recordOf)
      .sort((a, b) => compareMailboxNames(a.name, b.name));
  }

  findByName(name: string): MailboxRecord | undefined {
    const last = this.#lastFound;
    // It may have been renamed or removed since, or the search undone.
    if (last?.exists === true && last.record.name === name) return last.record;
    const row = this.#rows.byName(name);
    if (row === undefined) return undefined;
    this.#lastFound = this.#open.get(row.id);
    return recordOf(row);
  }

  create(name: string, specialUse?: SpecialUse): MailboxRecord {
    return this.#transactions.join(() => {
      if (this.#rows.byName(name) !== undefined) throw no("Mailbox already exists", "ALREADYEXISTS");
      if (this.#rows.count() >= LIMITS.mailboxes) throw no(`An account has at most ${LIMITS.mailboxes} mailboxes`, "LIMIT");
      const id = MailboxId.parse(uuidv7());
      this.#rows.insert(id, name, specialUse, this.#newUidValidity());
      return recordOf(this.#existing(id));
    });
  }

  /** At least the time, so that an account that is made anew does not repeat what clients remember of the old one. */
  #newUidValidity(): number {
    const last = numberOf(firstRowOf(this.#db.sql.exec(`SELECT last_uid_validity FROM account`))?.[0]);
    const next = Math.max(last + 1, this.#nowSeconds());
    this.#db.sql.exec(`UPDATE account SET last_uid_validity = ?`, next);
    return next;
  }

  rename(id: MailboxId, name: string): void {
    this.#transactions.join(() => {
      const from = this.#existing(id).name;
      const renamed = this.#rows.tree(from).map((row) => ({ row, name: name + row.name.slice(from.length) }));
      if (renamed.some((target) => this.#rows.byName(target.name) !== undefined)) throw no("Mailbox already exists", "ALREADYEXISTS");
      for (const target of renamed) {
        this.#rows.rename(target.row.key, target.name);
        this.#open.get(target.row.id)?.dropImage();
      }
    });
  }

  remove(id: MailboxId): void {
    this.#transactions.join(() => {
      const mailbox = this.#mailbox(this.#existing(id));
      mailbox.releaseAll();
      this.#rows.remove(mailbox.key);
      mailbox.dropImage();
      this.#removed.add(id);
    });
  }

  setSpecialUse(id: MailboxId, specialUse: SpecialUse | undefined): void {
    this.#transactions.join(() => {
      this.#rows.setSpecialUse(this.#existing(id).key, specialUse);
      this.#open.get(id)?.dropImage();
    });
  }

  #existing(id: MailboxId): MailboxRow {
    const row = this.#rows.byId(id);
    if (row === undefined) throw no("No such mailbox", "NONEXISTENT");
    return row;
  }

  subscriptions(): readonly string[] {
    return rowsOf(this.#db.sql.exec(`SELECT name FROM subscription`))
      .map((row) => textOf(row[0]))
      .sort(compareMailboxNames);
  }

  setSubscribed(name: string, subscribed: boolean): void {
    if (!subscribed) {
      this.#db.sql.exec(`DELETE FROM subscription WHERE name = ?`, name);
      return;
    }
    if (firstRowOf(this.#db.sql.exec(`SELECT 1 FROM subscription WHERE name = ?`, name)) !== undefined) return;
    const count = numberOf(firstRowOf(this.#db.sql.exec(`SELECT count(*) FROM subscription`))?.[0]);
    if (count >= LIMITS.subscriptions) throw no(`An account has at most ${LIMITS.subscriptions} subscriptions`, "LIMIT");
    this.#db.sql.exec(`INSERT INTO subscription VALUES (?)`, name);
  }

  open(id: MailboxId): Mailbox | undefined {
    const open = this.#open.get(id);
    if (open !== undefined) return open.exists ? open : undefined;
    const row = this.#rows.byId(id);
    return row === undefined ? undefined : this.#mailbox(row);
  }

  #mailbox(row: MailboxRow): SqliteMailbox {
    const open = this.#open.get(row.id);
    if (open !== undefined) return open;
    const mailbox = new SqliteMailbox(this.#host, row);
    this.#open.set(row.id, mailbox);
    this.#host.touch(mailbox, 0);
    return mailbox;
  }

  addContent(content: NewContent): ContentKey {
    return this.#transactions.join(() => this.#contents.add(content));
  }

  readContents(page: MessagePage, from: number, to: number, columns: ContentColumns): ContentRow[] {
    return this.#contents.read(page, from, to, columns);
  }

  matchSubjects(page: MessagePage, from: number, to: number, text: string): Uint8Array {
    return this.#contents.subjects.match(page.content.subarray(from, Math.min(to, page.count)), text);
  }

  matchSignatures(page: MessagePage, from: number, to: number, query: GramQuery): Uint8Array {
    return this.#contents.signatures.match(page.content.subarray(from, Math.min(to, page.count)), query);
  }

  sign(content: ContentKey, signature: TextSignature): void {
    this.#transactions.join(() => this.#contents.signatures.replace(content, signature));
  }

  collectUnreferenced(
    limit: number,
    pinned: (key: ContentKey) => boolean,
  ): { readonly bodies: readonly BodyRef[]; readonly more: boolean } {
    return this.#transactions.join(() => this.#contents.collect(limit, pinned));
  }
}
