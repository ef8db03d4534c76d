import type { MessagePage } from "../../mailbox/message-page.ts";
import type { KeywordBits, KeywordTable } from "./keyword-table.ts";
import type { SelectionReader } from "./segment-list.ts";

/** For each bit of one mailbox's keywords, the bits of another's. */
export type KeywordMap = readonly KeywordBits[];

/** The map between two tables; `undefined` when all bits stay where they are. */
export function keywordMap(from: KeywordTable, to: KeywordTable): KeywordMap | undefined {
  if (from.names.every((name, bit) => to.bitOf(name) === bit)) return undefined;
  return from.names.map((name) => to.bitsOf([name]));
}

/** The keywords that any of the messages has. Uses the page. */
export function usedKeywords(reader: SelectionReader, page: MessagePage): KeywordBits {
  let low = 0;
  let high = 0;
  while (reader.next(page) > 0) {
    for (let at = 0; at < page.count; at++) {
      low |= page.keywordsLow[at] ?? 0;
      high |= page.keywordsHigh[at] ?? 0;
    }
  }
  return { low: low >>> 0, high: high >>> 0 };
}

/** Rewrites the keyword columns of a page. */
export function mapKeywords(page: MessagePage, map: KeywordMap): void {
  for (let at = 0; at < page.count; at++) mapRow(page, at, map);
}

function mapRow(page: MessagePage, at: number, map: readonly KeywordBits[]): void {
  const oldLow = page.keywordsLow[at] ?? 0;
  const oldHigh = page.keywordsHigh[at] ?? 0;
  if ((oldLow | oldHigh) === 0) return;
  let low = 0;
  let high = 0;
  for (const [bit, mapped] of map.entries()) {
    if (((bit < 32 ? oldLow >>> bit : oldHigh >>> (bit - 32)) & 1) === 0) continue;
    low |= mapped.low;
    high |= mapped.high;
  }
  page.keywordsLow[at] = low;
  page.keywordsHigh[at] = high;
}
