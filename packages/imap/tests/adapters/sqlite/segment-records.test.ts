import { test } from "vitest";

import { SegmentRecords, STORED_RECORD } from "../../../src/adapters/sqlite/segment-records.ts";
import { MessagePage } from "../../../src/mailbox/message-page.ts";

function filled(capacity: number, count: number): SegmentRecords {
  const page = new MessagePage(count);
  page.count = count;
  for (let at = 0; at < count; at++) {
    page.flags[at] = at & 31;
    page.keywordsLow[at] = 0x8000_0000 + at;
    page.keywordsHigh[at] = 0xffff_ffff - at;
    page.internalDate[at] = -62_135_596_800 + at;
    page.zoneMinutes[at] = -at;
    page.saveDate[at] = 0xffff_ffff - at;
    page.size[at] = 0xffff_0000 + at;
    page.content[at] = 2 ** 40 + at;
  }
  const records = new SegmentRecords(capacity);
  records.appendPage(page, 0, count, 0, 4_294_967_000, 2 ** 52);
  return records;
}

function rowsOf(records: SegmentRecords, count: number): unknown[] {
  const page = new MessagePage(count);
  records.readInto(page, 0, count);
  const columns = [
    page.uid,
    page.flags,
    page.keywordsLow,
    page.keywordsHigh,
    page.modSeq,
    page.internalDate,
    page.zoneMinutes,
    page.saveDate,
    page.size,
    page.content,
  ];
  return columns.map((column) => [...column]);
}

test("stored records come back with their flags, full or not", ({ expect }) => {
  for (const [capacity, count] of [
    [8, 8],
    [8, 3],
    [4, 8],
  ] as const) {
    const records = filled(Math.max(capacity, count), count);
    const stored = records.packRecords(count);
    expect(stored.byteLength).toBe(count * STORED_RECORD);
    const again = SegmentRecords.unpack(stored.slice().buffer, records.packFlags(count).slice().buffer, count, capacity);
    expect(again.capacity).toBe(Math.max(capacity, count));
    expect(rowsOf(again, count)).toEqual(rowsOf(records, count));
  }
});

test("a damaged segment is an error", ({ expect }) => {
  const flags = new SegmentRecords(2).packFlags(2).slice().buffer;
  expect(() => SegmentRecords.unpack(new ArrayBuffer(100), flags, 2, 8)).toThrow(/2 messages has 100 octets/);
  expect(() => SegmentRecords.unpack(new ArrayBuffer(60), new ArrayBuffer(3), 2, 8)).toThrow(/2 messages have 3 octets/);
});
