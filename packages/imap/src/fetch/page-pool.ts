import { LIMITS } from "../limits.ts";
import { MessagePage } from "../mailbox/message-page.ts";

/**
 * Pages for FETCH, kept for the next one: clients pipeline hundreds of FETCHes of one message each, and a
 * page is eleven arrays.
 */
const free: MessagePage[] = [];

export function takePage(): MessagePage {
  const page = free.pop() ?? new MessagePage(LIMITS.pageRows);
  page.count = 0;
  return page;
}

/** The caller no longer uses the page. */
export function givePage(page: MessagePage): void {
  if (free.length < LIMITS.sparePages) free.push(page);
}
