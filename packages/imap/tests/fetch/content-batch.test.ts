import { test } from "vitest";

import { ContentBatch } from "../../src/fetch/content-batch.ts";
import { LIMITS } from "../../src/limits.ts";
import type { ContentColumns, ContentRow, MailboxIndex } from "../../src/mailbox/mailbox-index.ts";
import { MessagePage } from "../../src/mailbox/message-page.ts";
import { createAccount } from "../session/fixture.ts";
import { overriding } from "./fixture.ts";

/** An index that only tells which rows are read. */
function recordingIndex(): { readonly index: MailboxIndex; readonly reads: [from: number, to: number][] } {
  const reads: [number, number][] = [];
  const readContents = (page: MessagePage, from: number, to: number): ContentRow[] => {
    reads.push([from, to]);
    const nothing = { emailId: undefined, threadId: undefined, envelope: undefined, bodyStructure: undefined };
    return Array.from(page.content.subarray(from, to), (key) => ({
      ...nothing,
      key,
      structure: undefined,
      head: undefined,
      headerSize: undefined,
      body: undefined,
    }));
  };
  return { index: overriding(createAccount().index, { readContents }), reads };
}

function pageOf(sizes: readonly number[]): MessagePage {
  const page = new MessagePage(LIMITS.pageRows);
  for (const [row, size] of sizes.entries()) {
    page.size[row] = size;
    page.content[row] = row + 100;
  }
  page.count = sizes.length;
  return page;
}

function readsFor(sizes: readonly number[], columns: ContentColumns): [number, number][] {
  const { index, reads } = recordingIndex();
  const batch = new ContentBatch(index, columns);
  const page = pageOf(sizes);
  for (let row = 0; row < page.count; row++) if (batch.at(page, row).key !== row + 100) throw new Error(`Row ${row} has another's content`);
  return reads;
}

test("a page of ordinary messages is read at once", ({ expect }) => {
  const sizes = Array.from({ length: LIMITS.pageRows }, () => 5_000);
  expect(readsFor(sizes, { head: true, body: true })).toEqual([[0, LIMITS.pageRows]]);
});

test("headers that may be long are read a few at a time", ({ expect }) => {
  const sizes = Array.from({ length: 40 }, () => 10_000_000);
  const fit = LIMITS.fetchContents / LIMITS.storedHeader;
  const reads = readsFor(sizes, { head: true });
  expect(reads[0]).toEqual([0, fit]);
  expect(reads.at(-1)).toEqual([32, 40]);
});

test("a message whose structure may be larger than the bound is read alone", ({ expect }) => {
  const sizes = [100, 5_000_000, 5_000_000, 5_000_000, 5_000_000, 5_000_000, 100];
  const reads = readsFor(sizes, { bodyStructure: true, head: true });
  expect(Math.max(...reads.map(([from, to]) => to - from))).toBeLessThanOrEqual(4);
  expect(reads.flatMap(([from, to]) => Array.from({ length: to - from }, (_, at) => from + at))).toEqual([0, 1, 2, 3, 4, 5, 6]);
});

test("what was dropped is read again", ({ expect }) => {
  const { index, reads } = recordingIndex();
  const batch = new ContentBatch(index, { ids: true });
  const page = pageOf([1, 1, 1]);
  batch.at(page, 0);
  batch.at(page, 2);
  batch.drop();
  batch.at(page, 1);
  expect(reads).toEqual([
    [0, 3],
    [1, 3],
  ]);
});
