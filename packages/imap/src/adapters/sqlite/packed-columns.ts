/**
 * Columns of whole numbers as what they differ from the least of them by. Flags, keywords and mod-sequences of neighbours
 * are alike: a column whose values are all the same takes its header, most others an octet or two a value.
 *
 * Each column: its least value (float64), octets per value (0, 1, 2, 4 or 8), seven octets of nothing, the differences, and
 * padding up to a multiple of eight. Of 8 octets the values themselves, as float64. Little-endian.
 */
export type Column = Float64Array | Uint32Array | Uint16Array;

type Width = 0 | 1 | 2 | 4 | 8;

const HEADER = 16;

/** The first `count` values of each column. */
export function packColumns(columns: readonly Column[], count: number): Uint8Array<ArrayBuffer> {
  const spans = columns.map((column) => spanOf(column, count));
  const packed = new Uint8Array(spans.reduce((size, { width }) => size + sizeOf(width, count), 0));
  const view = new DataView(packed.buffer);
  let at = 0;
  for (const [index, { least, width }] of spans.entries()) {
    const column = columns[index];
    if (column === undefined) throw new RangeError("Each span has a column");
    view.setFloat64(at, least, true);
    packed[at + 8] = width;
    if (width !== 0) {
      const differences = differencesAt(packed.buffer, at + HEADER, width, count);
      for (let row = 0; row < count; row++) differences[row] = (column[row] ?? 0) - least;
    }
    at += sizeOf(width, count);
  }
  return packed;
}

/** Fills the first `count` values of each column. @throws when these are not columns of so many values */
export function unpackColumns(stored: ArrayBuffer, columns: readonly Column[], count: number): void {
  const view = new DataView(stored);
  let at = 0;
  for (const column of columns) {
    const width = at + HEADER <= stored.byteLength ? widthOf(view.getUint8(at + 8)) : undefined;
    if (width === undefined || at + sizeOf(width, count) > stored.byteLength) throw damaged(stored, count);
    const least = view.getFloat64(at, true);
    if (width === 0) column.fill(least, 0, count);
    else {
      const differences = differencesAt(stored, at + HEADER, width, count);
      for (let row = 0; row < count; row++) column[row] = least + (differences[row] ?? 0);
    }
    at += sizeOf(width, count);
  }
  if (at !== stored.byteLength) throw damaged(stored, count);
}

function damaged(stored: ArrayBuffer, count: number): Error {
  return new Error(`Columns of ${count} messages have ${stored.byteLength} octets that are none`);
}

function spanOf(column: Column, count: number): { readonly least: number; readonly width: Width } {
  let least = column[0] ?? 0;
  let greatest = least;
  for (let row = 1; row < count; row++) {
    const value = column[row] ?? 0;
    if (value < least) least = value;
    else if (value > greatest) greatest = value;
  }
  const range = greatest - least;
  if (range === 0) return { least, width: 0 };
  if (range <= 0xff) return { least, width: 1 };
  if (range <= 0xffff) return { least, width: 2 };
  return range <= 0xffff_ffff ? { least, width: 4 } : { least: 0, width: 8 };
}

function sizeOf(width: Width, count: number): number {
  return HEADER + ((width * count + 7) & ~7);
}

function widthOf(octet: number): Width | undefined {
  return octet === 0 || octet === 1 || octet === 2 || octet === 4 || octet === 8 ? octet : undefined;
}

function differencesAt(buffer: ArrayBuffer, at: number, width: Exclude<Width, 0>, count: number): Uint8Array | Column {
  switch (width) {
    case 1:
      return new Uint8Array(buffer, at, count);
    case 2:
      return new Uint16Array(buffer, at, count);
    case 4:
      return new Uint32Array(buffer, at, count);
    default:
      return new Float64Array(buffer, at, count);
  }
}
