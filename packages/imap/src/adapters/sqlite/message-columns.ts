import type { FlagChange, NewMessage } from "../../mailbox/mailbox-index.ts";
import type { MessagePage } from "../../mailbox/message-page.ts";
import { ALL_SYSTEM_FLAGS } from "../../protocol/flags.ts";
import type { KeywordBits, KeywordTable } from "./keyword-table.ts";
import type { FlagMasks } from "./segment-writes.ts";

/** Fills a page with new messages, all but UIDs and mod-sequences. The table knows their keywords. */
export function fillPage(page: MessagePage, messages: readonly NewMessage[], keywords: KeywordTable): void {
  page.count = messages.length;
  for (const [at, message] of messages.entries()) {
    const bits = keywords.bitsOf(message.flags.keywords);
    page.flags[at] = message.flags.system & ALL_SYSTEM_FLAGS;
    page.keywordsLow[at] = bits.low;
    page.keywordsHigh[at] = bits.high;
    page.internalDate[at] = message.internalDate;
    page.zoneMinutes[at] = message.zoneMinutes;
    page.saveDate[at] = message.saveDate;
    page.size[at] = message.size;
    page.content[at] = message.content;
  }
}

/** A flag change as what happens to the bits of each column. */
export function masksOf(change: FlagChange, bits: KeywordBits): FlagMasks {
  const system = change.system & ALL_SYSTEM_FLAGS;
  if (change.mode === "remove")
    return { keepSystem: ~system, setSystem: 0, keepLow: ~bits.low, setLow: 0, keepHigh: ~bits.high, setHigh: 0 };
  const keep = change.mode === "add" ? -1 : 0;
  return { keepSystem: keep, setSystem: system, keepLow: keep, setLow: bits.low, keepHigh: keep, setHigh: bits.high };
}
