import { LIMITS } from "../limits.ts";
import { SYSTEM_FLAG_NAMES, type FlagSet } from "../protocol/flags.ts";
import { bad, no } from "../protocol/status-error.ts";

/**
 * The flags that a client names in STORE and APPEND. `\Recent` is passed over: only the server can set it, and a
 * client that copies the FLAGS of a FETCH sends it along.
 *
 * @throws BAD for another flag that begins with a backslash (RFC 9051: reserved), NO [LIMIT] for a keyword too long or too many.
 */
export function flagSetOf(names: readonly string[]): FlagSet {
  let system = 0;
  const keywords = new Map<string, string>();
  for (const name of names) {
    const lower = name.toLowerCase();
    if (!name.startsWith("\\")) {
      if (name.length > LIMITS.keywordLength) throw no(`A keyword has at most ${LIMITS.keywordLength} characters`, "LIMIT");
      if (!keywords.has(lower)) keywords.set(lower, name);
    } else if (lower !== "\\recent") {
      const bit = SYSTEM_FLAGS.get(lower);
      if (bit === undefined) throw bad(`Unknown system flag ${name.slice(0, 32)}`);
      system |= bit;
    }
  }
  if (keywords.size > LIMITS.keywordsPerMailbox) throw no(`A mailbox has at most ${LIMITS.keywordsPerMailbox} keywords`, "LIMIT");
  return { system, keywords: [...keywords.values()] };
}

const SYSTEM_FLAGS: ReadonlyMap<string, number> = new Map(SYSTEM_FLAG_NAMES.map(([name, bit]) => [name.toLowerCase(), bit]));
