import { SYSTEM_FLAG_NAMES } from "../protocol/flags.ts";

/**
 * The text between the parentheses of FLAGS, for example `\Seen $Label1`. Made once for each
 * combination that occurs: a mailbox has few, whatever its size.
 */
export class FlagText {
  #keywords: readonly string[] = [];
  #cache = new Map<string | number, Uint8Array>();

  /** `keywords` is the mailbox's table; `recent` adds `\Recent`. */
  render(keywords: readonly string[], system: number, low: number, high: number, recent: boolean): Uint8Array {
    if (keywords !== this.#keywords || this.#cache.size > 4096) {
      this.#keywords = keywords;
      this.#cache = new Map();
    }
    const key = (low | high) === 0 ? system | (recent ? 256 : 0) : `${system},${low},${high},${recent ? 1 : 0}`;
    let text = this.#cache.get(key);
    if (text === undefined) {
      text = encoder.encode(flagNames(keywords, system, low, high, recent).join(" "));
      this.#cache.set(key, text);
    }
    return text;
  }
}

/** Names of the flags that are set, system flags first. */
export function flagNames(keywords: readonly string[], system: number, low: number, high: number, recent: boolean): string[] {
  const names = SYSTEM_FLAG_NAMES.filter(([, bit]) => (system & bit) !== 0).map(([name]) => name);
  if (recent) names.push("\\Recent");
  for (let bit = 0; bit < keywords.length; bit++) {
    const column = bit < 32 ? low : high;
    const keyword = keywords[bit];
    if (keyword !== undefined && ((column >>> (bit & 31)) & 1) === 1) names.push(keyword);
  }
  return names;
}

const encoder = new TextEncoder();
