import { DELIMITER } from "./mailbox-name.ts";

const STAR = -1;
const PERCENT = -2;

/**
 * A mailbox pattern of LIST (RFC 3501 section 6.3.8): `*` is any text, `%` any text within one level.
 *
 * Time is at most the product of the lengths of pattern and name, whatever the wildcards: all positions that the
 * pattern may have reached are followed at once, none is tried again.
 */
export class ListPattern {
  /** Code units, or STAR and PERCENT. Neighbouring wildcards are one. */
  readonly #pattern: readonly number[];

  constructor(text: string) {
    const pattern: number[] = [];
    for (let at = 0; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      if (unit !== 0x2a && unit !== 0x25) pattern.push(unit);
      else if (pattern.at(-1) === STAR) continue;
      else if (unit === 0x2a) {
        if (pattern.at(-1) === PERCENT) pattern.pop();
        pattern.push(STAR);
      } else if (pattern.at(-1) !== PERCENT) pattern.push(PERCENT);
    }
    this.#pattern = pattern;
  }

  /** Whether a name matches. The name `INBOX`, also as a parent, matches in any case. */
  matches(name: string): boolean {
    const pattern = this.#pattern;
    const caseless = name === "INBOX" || name.startsWith(`INBOX${DELIMITER}`) ? 5 : 0;
    let reached = new Uint8Array(pattern.length + 1);
    let next = new Uint8Array(pattern.length + 1);
    reached[0] = 1;
    // The positions that can be reached lie in [low, high]: with few wildcards, few.
    let low = 0;
    let high = skipWildcards(pattern, reached, 0, 0);
    for (let at = 0; at < name.length; at++) {
      const unit = name.charCodeAt(at);
      let nextLow = -1;
      let nextHigh = -1;
      for (let position = low; position <= high; position++) {
        if (reached[position] !== 1) continue;
        reached[position] = 0;
        const wanted = pattern[position];
        if (wanted === undefined) continue;
        let to = position;
        if (wanted === PERCENT) {
          if (unit === SLASH) continue;
        } else if (wanted !== STAR) {
          if (wanted !== unit && (at >= caseless || upper(wanted) !== unit)) continue;
          to = position + 1;
        }
        if (nextLow < 0) nextLow = to;
        next[to] = 1;
        nextHigh = Math.max(nextHigh, to);
      }
      if (nextLow < 0) return false;
      low = nextLow;
      high = skipWildcards(pattern, next, nextLow, nextHigh);
      [reached, next] = [next, reached];
    }
    return reached[pattern.length] === 1;
  }
}

/** A wildcard may stand for nothing: marks what follows each wildcard that is reached. Returns the highest position that is reached. */
function skipWildcards(pattern: readonly number[], reached: Uint8Array, low: number, high: number): number {
  let highest = high;
  for (let position = low; position <= highest; position++) {
    if (reached[position] !== 1 || (pattern[position] ?? 0) >= 0) continue;
    reached[position + 1] = 1;
    highest = Math.max(highest, position + 1);
  }
  return highest;
}

function upper(unit: number): number {
  return unit >= 0x61 && unit <= 0x7a ? unit - 32 : unit;
}

const SLASH = 0x2f;
