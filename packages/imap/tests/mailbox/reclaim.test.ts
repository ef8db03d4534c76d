import { test } from "vitest";

import { createMemoryBodyStore } from "../../src/adapters/memory/memory-body-store.ts";
import { createMemoryMailboxIndex } from "../../src/adapters/memory/memory-mailbox-index.ts";
import { LIMITS } from "../../src/limits.ts";
import type { BodyStore } from "../../src/mailbox/body-store.ts";
import { reclaimContents, removeAllMailboxes } from "../../src/mailbox/reclaim.ts";
import { sampleContent, sampleMessage } from "../support/content.ts";
import { writeBody } from "./body-store-contract.ts";

/** An account whose mailbox is gone, with `count` contents to reclaim; `removed` is called before each body goes. */
async function abandoned(count: number, removed: (number: number) => void): Promise<Parameters<typeof reclaimContents>> {
  const inner = createMemoryBodyStore();
  const index = createMemoryMailboxIndex();
  const inbox = index.open(index.create("INBOX").id);
  for (let at = 0; at < count; at++) {
    const body = await writeBody(inner, Uint8Array.of(at & 0xff));
    inbox?.append([sampleMessage(index.addContent(sampleContent(`${at}`, { body })))]);
  }
  removeAllMailboxes(index);
  let number = 0;
  const bodies: BodyStore = {
    begin: (size) => inner.begin(size),
    read: (body, offset, length) => inner.read(body, offset, length),
    async remove(body) {
      removed(number++);
      await inner.remove(body);
    },
  };
  return [index, bodies, () => false];
}

test("everything that nothing refers to goes, with its body", async ({ expect }) => {
  let count = 0;
  const reclaim = await abandoned(LIMITS.reclaimBatch + 1, () => count++);
  expect(await reclaimContents(...reclaim)).toBe(false);
  expect(count).toBe(LIMITS.reclaimBatch + 1);
});

test("it stops between two rounds as soon as a session is at work", async ({ expect }) => {
  let quiet = true;
  let count = 0;
  const [index, bodies, pinned] = await abandoned(LIMITS.reclaimBatch * 2, () => {
    count++;
    quiet = false;
  });
  expect(await reclaimContents(index, bodies, pinned, () => quiet)).toBe(true);
  expect(count).toBe(LIMITS.reclaimBatch);
  quiet = true;
  expect(await reclaimContents(index, bodies, pinned, () => true)).toBe(false);
  expect(count).toBe(LIMITS.reclaimBatch * 2);
});
