/** The charsets of the demo mail. All but UTF-8 are what old or regional mail programs still send. */
export type Charset =
  | "us-ascii"
  | "utf-8"
  | "iso-8859-1"
  | "iso-8859-2"
  | "windows-1252"
  | "koi8-r"
  | "gb18030"
  | "big5"
  | "shift_jis"
  | "euc-kr"
  | "iso-2022-jp";

/** Labels whose two-octet characters start at 0x81 and end anywhere above 0x40. */
const DOUBLE: ReadonlySet<Charset> = new Set(["gb18030", "big5", "shift_jis", "euc-kr"]);

const tables = new Map<string, ReadonlyMap<string, Uint8Array>>();

/**
 * Text in the octets of a charset. The platform only decodes these, so the table is made by decoding
 * every one- and two-octet sequence once.
 *
 * @throws Error when the charset has no such character.
 */
export function encodeText(text: string, charset: Charset): Uint8Array {
  if (charset === "utf-8" || charset === "us-ascii") return new TextEncoder().encode(text);
  if (charset === "iso-2022-jp") return encodeIso2022Jp(text);
  const table = tableOf(charset);
  const octets: number[] = [];
  for (const character of text) octets.push(...lookUp(table, character, charset));
  return Uint8Array.from(octets);
}

/** JIS X 0208 has the same numbers in EUC-JP and, without the high bits and between escapes, in ISO-2022-JP (RFC 1468). */
function encodeIso2022Jp(text: string): Uint8Array {
  const table = tableOf("euc-jp");
  const octets: number[] = [];
  let wide = false;
  for (const character of text) {
    const code = lookUp(table, character, "iso-2022-jp");
    const isWide = code.length === 2;
    if (isWide !== wide) {
      wide = isWide;
      octets.push(0x1b, ...(wide ? [0x24, 0x42] : [0x28, 0x42]));
    }
    octets.push(...code.map((octet) => octet & 0x7f));
  }
  if (wide) octets.push(0x1b, 0x28, 0x42);
  return Uint8Array.from(octets);
}

function lookUp(table: ReadonlyMap<string, Uint8Array>, character: string, charset: Charset): Uint8Array {
  const octets = table.get(character);
  if (octets === undefined) throw new Error(`${charset} has no ${JSON.stringify(character)}`);
  return octets;
}

function tableOf(label: Charset | "euc-jp"): ReadonlyMap<string, Uint8Array> {
  const known = tables.get(label);
  if (known !== undefined) return known;
  const decoder = new TextDecoder(label, { fatal: true });
  const table = new Map<string, Uint8Array>();
  const learn = (octets: Uint8Array) => {
    let character: string;
    try {
      character = decoder.decode(octets);
    } catch {
      // Not a whole character: nothing to learn.
      return;
    }
    if (Array.from(character).length === 1 && !table.has(character)) table.set(character, octets);
  };
  for (let octet = 0; octet < 256; octet++) learn(Uint8Array.of(octet));
  if (label === "euc-jp" || DOUBLE.has(label)) {
    for (let lead = 0x81; lead < 0xff; lead++) for (let trail = 0x40; trail < 0xff; trail++) learn(Uint8Array.of(lead, trail));
  }
  tables.set(label, table);
  return table;
}
