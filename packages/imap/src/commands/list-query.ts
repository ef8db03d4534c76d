import { ListPattern } from "../protocol/list-pattern.ts";
import { parentsOf } from "../protocol/mailbox-name.ts";
import type { NamedMailbox } from "./mailbox-tree.ts";

/** Which names a LIST or LSUB selects (RFC 5258 section 3). */
export interface ListSelection {
  readonly subscribed: boolean;
  readonly specialUse: boolean;
  /** Also parents that are not selected themselves, when something below them is that the patterns leave out. */
  readonly recursive: boolean;
}

/** One line of the answer. */
export interface ListRow {
  readonly named: NamedMailbox;
  /** It meets the selection itself, and does not stand for what is below it. */
  readonly selected: boolean;
  /** Something below meets the selection. Only with `recursive`. */
  readonly selectedBelow: boolean;
}

/**
 * Chooses the names to list, a slice at a time: matching patterns is what costs.
 *
 * Call {@link next} until it returns `undefined`.
 */
export class ListQuery {
  readonly #names: readonly NamedMailbox[];
  readonly #patterns: readonly ListPattern[];
  readonly #selection: ListSelection;
  /** For RECURSIVEMATCH: names with something selected below, and those of them where a pattern leaves it out. */
  readonly #above = new Set<string>();
  readonly #aboveUnlisted = new Set<string>();
  #rows = 0;
  #prepared: number;

  constructor(names: readonly NamedMailbox[], patterns: readonly string[], selection: ListSelection) {
    this.#names = names;
    this.#patterns = patterns.map((pattern) => new ListPattern(pattern));
    this.#selection = selection;
    this.#prepared = selection.recursive ? 0 : names.length;
  }

  /** Looks at up to `count` names: the rows that they give, which may be none. `undefined` at the end. */
  next(count: number): readonly ListRow[] | undefined {
    if (this.#prepared < this.#names.length) {
      this.#prepare(count);
      return [];
    }
    if (this.#rows >= this.#names.length) return undefined;
    const rows: ListRow[] = [];
    for (const named of this.#names.slice(this.#rows, this.#rows + count)) {
      const selected = this.#selects(named);
      if ((selected || this.#aboveUnlisted.has(named.name)) && this.#matches(named.name)) {
        rows.push({ named, selected, selectedBelow: this.#above.has(named.name) });
      }
    }
    this.#rows += count;
    return rows;
  }

  #prepare(count: number): void {
    for (const named of this.#names.slice(this.#prepared, this.#prepared + count)) {
      if (!this.#selects(named)) continue;
      const parents = parentsOf(named.name);
      const unlisted = parents.length > 0 && !this.#matches(named.name);
      for (const parent of parents) {
        this.#above.add(parent);
        if (unlisted) this.#aboveUnlisted.add(parent);
      }
    }
    this.#prepared += count;
  }

  #selects({ record, hasChildren, subscribed }: NamedMailbox): boolean {
    const { subscribed: onlySubscribed, specialUse } = this.#selection;
    if (specialUse && record?.specialUse === undefined) return false;
    // A subscription is listed although there is no such mailbox; else a name that is no mailbox is listed for its children.
    return onlySubscribed ? subscribed : record !== undefined || hasChildren;
  }

  #matches(name: string): boolean {
    return this.#patterns.some((pattern) => pattern.matches(name));
  }
}

/** Attributes of a name (RFC 9051 section 7.3.1, RFC 6154). The special use is always there: old Outlook and Apple Mail do not ask for it. */
export function listAttributes({ record, hasChildren }: NamedMailbox): string[] {
  // \NonExistent implies \Noselect, but only for those who know RFC 5258.
  const attributes = record === undefined ? ["\\NonExistent", "\\Noselect"] : [];
  attributes.push(hasChildren ? "\\HasChildren" : "\\HasNoChildren");
  if (record?.specialUse !== undefined) attributes.push(record.specialUse);
  return attributes;
}
