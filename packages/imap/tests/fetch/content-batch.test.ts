import { test } from "vitest";

import { ContentBatch } from "../../src/fetch/content-batch.ts";
import { LIMITS } from "../../src/limits.ts";
import { createMemoryBodyStore } from "../../src/adapters/memory/memory-body-store.ts";
import { BodyRef, type BodyStore, type WholeBody } from "../../src/mailbox/body-store.ts";
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

/** A batch over messages with a head of 10 octets each, and a store that reads bodies together. */
function bodyBatch(readTogether: NonNullable<BodyStore["readTogether"]>): ContentBatch {
  const { index } = recordingIndex();
  const readContents: MailboxIndex["readContents"] = (page, from, to, columns) =>
    index.readContents(page, from, to, columns).map((content) => ({
      ...content,
      head: new Uint8Array(10),
      headerSize: 10,
      body: BodyRef.parse(`memory:${content.key}`),
    }));
  const store = overriding(createMemoryBodyStore(), { readTogether });
  return new ContentBatch(overriding(index, { readContents }), { head: true, body: true }, store);
}

test("small bodies are read together, within their bound", ({ expect }) => {
  const asked: (readonly WholeBody[])[] = [];
  const batch = bodyBatch((bodies) => {
    asked.push(bodies);
    return bodies.map(({ length }, at) => (at === 1 ? undefined : new Uint8Array(length).fill(at + 1)));
  });
  // One without a body among them, and one that is too large to be read with others.
  const page = pageOf([110, 10, 210, 310, LIMITS.fetchBodies, 510, 610]);
  const bodies = Array.from({ length: page.count }, (_, row) => {
    batch.at(page, row);
    return batch.body(row);
  });
  expect(bodies.map((body) => body?.length)).toEqual([100, undefined, undefined, 300, undefined, 500, undefined]);
  expect(bodies[3]?.[0]).toBe(3);
  expect(asked.map((together) => together.map(({ body, length }) => `${body} ${length}`))).toEqual([
    ["memory:100 100", "memory:102 200", "memory:103 300"],
    ["memory:105 500", "memory:106 600"],
  ]);
  batch.drop();
  expect(batch.body(5)).toBeUndefined();
});

test("when bodies cannot be read together, each is left to be read by itself", ({ expect }) => {
  const batch = bodyBatch(() => {
    throw new Error("damaged");
  });
  const page = pageOf([110, 210]);
  expect(batch.at(page, 0).key).toBe(100);
  expect([batch.body(0), batch.body(1)]).toEqual([undefined, undefined]);
});
