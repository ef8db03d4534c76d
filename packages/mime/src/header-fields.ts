import { matches, toBytes } from "./ascii.ts";
import { FieldReader } from "./field-reader.ts";

/**
 * The raw values of every field called `name` (any case), in their order, as views of `header`.
 *
 * Folding and encoded words are left as they stand: pass a value to `decodeHeaderText` to read it.
 */
export function headerFieldValues(header: Uint8Array, name: string): Uint8Array[] {
  const wanted = toBytes(name.toLowerCase());
  const values: Uint8Array[] = [];
  const fields = new FieldReader(header);
  while (fields.next()) {
    if (fields.nameEnd === fields.nameStart || !matches(header, fields.nameStart, fields.nameEnd, wanted)) continue;
    values.push(header.subarray(fields.valueStart, fields.valueEnd));
  }
  return values;
}
