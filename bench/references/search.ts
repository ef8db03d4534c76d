import type { Inputs } from "../inputs.ts";
import type { Reference } from "../references.ts";
import { expectWork, type Run } from "../subjects.ts";

const REPEAT = 64;
const ROWS = 256;
const DAY = 86_400_000;
const FIRST_DAY = 20_000;
const latin1 = new TextDecoder("latin1");
const utf8 = new TextDecoder();

export function searchReferences({ header, plainHeader }: Inputs): Readonly<Record<string, Reference>> {
  const what = "a string, a regular expression, includes";
  return {
    "search.header": { what, setup: () => matchSubject(plainHeader, "long subject", true) },
    "search.header-miss": { what, setup: () => matchSubject(plainHeader, "heliotrope", false) },
    "search.header-encoded": { what, setup: () => matchSubject(header, "gr\u00fc\u00dfe", true) },
    "search.evaluate": { what: "an object a message, a Set of flags, filter", setup: filterRows },
  };
}

function matchSubject(header: Uint8Array, text: string, there: boolean): Run {
  return () => {
    let found = 0;
    for (let time = 0; time < REPEAT; time++) {
      const [, value = ""] = /^subject:(.*(?:\r\n[ \t].*)*)/im.exec(latin1.decode(header)) ?? [];
      const decoded = value.replaceAll("\r\n", "").replaceAll(/=\?utf-8\?q\?([^?]*)\?=/gi, (_, word: string) => decodeWord(word));
      if (decoded.toLowerCase().includes(text)) found++;
    }
    expectWork(found === (there ? REPEAT : 0));
  };
}

function decodeWord(word: string): string {
  const octets = word
    .replaceAll("_", " ")
    .replaceAll(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return utf8.decode(Uint8Array.from(octets, (character) => character.charCodeAt(0)));
}

function filterRows(): Run {
  const flags: readonly (readonly string[])[] = [[], ["\\Seen"], [], ["\\Deleted"]];
  const rows = Array.from({ length: ROWS }, (_, row) => ({
    flags: new Set(flags[row & 3]),
    size: 500 + ((row * 977) % 9000),
    date: new Date((FIRST_DAY + ((row * 31) % 64)) * DAY),
  }));
  const since = new Date((FIRST_DAY + 10) * DAY);
  return () => {
    const hits = rows.filter((row) => !row.flags.has("\\Seen") && !row.flags.has("\\Deleted") && row.date >= since && row.size > 2000);
    expectWork(hits.length > 64 && hits.length < 128);
  };
}
