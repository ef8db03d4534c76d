import { LF } from "./ascii.ts";
import { type FieldFilter, compileFieldFilter, fieldFilterOf } from "./field-filter.ts";
import { addGrams } from "./grams.ts";
import { isNameOctet, isTextOctet, packFieldNames, packPattern, PATTERN_OCTETS, PATTERN_SIZE, unpackFieldNames } from "./octet-patterns.ts";
import { MIME_LIMITS } from "./limits.ts";
import type { OctetScanner } from "./octet-scanner.ts";
import { mayMean } from "./plain-octet-scanner.ts";
import { instantiate, type WasmExports } from "./wasm-exports.ts";

const ABI_VERSION = 2;
const NOTHING = new Uint8Array(0);
/** What the functions that look for a text answer; the third is that the octets must be decoded. */
const ABSENT = 0;
const FOUND = 1;
const UNKNOWN = 2;

type Find = (...numbers: readonly number[]) => number;

/**
 * The octet scans of one isolate, from the compiled assembly/octets/index.ts. Its memory is fixed and its views are made once.
 * What is longer than its window comes in pieces, or is left to plain TypeScript.
 *
 * @param module a `WebAssembly.Module`
 * @throws if the module is not the one that this source belongs to
 */
export function createWasmOctetScanner(module: object): OctetScanner {
  const exports = instantiate(module, "octets module");
  if (exports.number("ABI_VERSION") !== ABI_VERSION) throw new Error(`octets module: expected ABI version ${ABI_VERSION}`);
  if (exports.number("PATTERN_SIZE") !== PATTERN_SIZE) throw new Error(`octets module: expected patterns of ${PATTERN_SIZE} octets`);
  return new WasmOctetScanner(exports);
}

class WasmOctetScanner implements OctetScanner {
  lines = 0;
  readonly #window: number;
  readonly #input: Uint8Array;
  readonly #output: Uint8Array;
  readonly #text: Pattern;
  readonly #name: Pattern;
  readonly #names: Uint8Array;
  readonly #result: Int32Array;
  readonly #nextLine: Find;
  readonly #nextHeaderLine: Find;
  readonly #holdsText: Find;
  readonly #headerHolds: Find;
  readonly #fieldHolds: Find;
  readonly #filterFields: Find;
  readonly #setGrams: Find;
  readonly #grams: Int32Array;
  #chunk: Uint8Array = NOTHING;
  /** Octets `[start, end)` of the chunk are in the window. */
  #start = 0;
  #end = 0;
  /** The names that are in the module's memory. */
  #loadedNames: Uint8Array | undefined;
  /** Filters of one name. */
  readonly #packedNames = new Map<string, Uint8Array>();

  constructor(exports: WasmExports) {
    this.#window = exports.number("INPUT_SIZE");
    this.#input = exports.octets("INPUT", this.#window);
    this.#output = exports.octets("OUTPUT", this.#window + 2);
    this.#text = new Pattern(exports.octets("TEXT", PATTERN_OCTETS), isTextOctet);
    this.#name = new Pattern(exports.octets("NAME", PATTERN_OCTETS), isNameOctet);
    this.#names = exports.octets("NAMES", exports.number("NAMES_SIZE"));
    this.#result = new Int32Array(this.#input.buffer, exports.number("RESULT"), 1);
    this.#nextLine = exports.function("nextLine");
    this.#nextHeaderLine = exports.function("nextHeaderLine");
    this.#holdsText = exports.function("holdsText");
    this.#headerHolds = exports.function("headerHolds");
    this.#fieldHolds = exports.function("fieldHolds");
    this.#filterFields = exports.function("filterFields");
    this.#setGrams = exports.function("setGrams");
    this.#grams = new Int32Array(this.#output.buffer, this.#output.byteOffset, this.#window / 4);
  }

  open(chunk: Uint8Array): void {
    this.#chunk = chunk;
    this.#start = 0;
    this.#end = 0;
  }

  nextLine(from: number, inHeader: boolean): number {
    const chunk = this.#chunk;
    const size = chunk.length;
    const scan = inHeader ? this.#nextHeaderLine : this.#nextLine;
    this.lines = 0;
    for (let at = from; at < size;) {
      if (at < this.#start || at >= this.#end) this.#load(chunk, at);
      const start = this.#start;
      const end = this.#end;
      at = start + scan(at - start, end - start);
      this.lines += this.#result[0] ?? 0;
      // At the edge of a window the module cannot see how the line goes on.
      if (at < end - 1 || (at < size && chunk[at - 1] === LF && mayMean(chunk, at, inHeader))) return at;
    }
    return size;
  }

  holdsText(octets: Uint8Array, text: string): boolean | undefined {
    const length = this.#text.load(text);
    if (length <= 0) return undefined;
    let found = false;
    // Two windows share the octets in which a text may lie across the edge.
    for (let at = 0; at === 0 || at + length <= octets.length; at += this.#window - length + 1) {
      const answer = this.#holdsText(this.#load(octets, at), length);
      if (answer !== ABSENT && answer !== FOUND) return undefined;
      found ||= answer === FOUND;
    }
    return found;
  }

  headerHolds(header: Uint8Array, text: string): boolean | undefined {
    const length = this.#text.load(text);
    if (length <= 0 || header.length > this.#window) return undefined;
    return answerOf(this.#headerHolds(this.#load(header, 0), length));
  }

  fieldHolds(header: Uint8Array, name: string, text: string): boolean | undefined {
    const nameLength = this.#name.load(name);
    const textLength = this.#text.load(text);
    if (nameLength <= 0 || textLength < 0 || header.length > this.#window) return undefined;
    return answerOf(this.#fieldHolds(this.#load(header, 0), nameLength, textLength));
  }

  fieldsNamed(header: Uint8Array, name: string): Uint8Array {
    const packed = header.length > this.#window ? undefined : this.#packName(name);
    return packed === undefined ? header : this.#output.slice(0, this.#filter(header, packed, false));
  }

  addGrams(octets: Uint8Array, inHeader: boolean, set: Uint8Array): boolean {
    // A call of the module goes over all of the set.
    if (octets.length < set.length / 4 || (inHeader && octets.length > this.#window)) return addGrams(octets, inHeader, set);
    const words = new Int32Array(set.buffer, set.byteOffset, set.length / 4);
    // Two windows share the octets of the grams that lie across the edge.
    for (let at = 0; at === 0 || at + 3 < octets.length; at += this.#window - 3) {
      const decided = this.#setGrams(this.#load(octets, at), inHeader ? 1 : 0, set.length * 8 - 1);
      // It has written over the window.
      this.#end = this.#start;
      if (decided === UNKNOWN) return false;
      for (let word = 0; word < words.length; word++) words[word] = (words[word] ?? 0) | (this.#grams[word] ?? 0);
    }
    return true;
  }

  fieldFilter(names: readonly (string | Uint8Array)[], not: boolean): FieldFilter {
    const packed = packFieldNames(names, this.#names.length);
    if (packed === undefined) return compileFieldFilter(names, not);
    let plain: FieldFilter | undefined;
    return fieldFilterOf((header, out, at) => {
      if (header.length <= this.#window) {
        const length = this.#filter(header, packed, not);
        out.set(this.#output.subarray(0, length), at);
        return at + length;
      }
      // Made for the first header that is too long, and from what was packed: the octets of names may be others by then.
      plain ??= compileFieldFilter(unpackFieldNames(packed), not);
      return plain.filter(header, out, at);
    });
  }

  /** Puts the fields that are wanted into the output, and says how many octets. */
  #filter(header: Uint8Array, names: Uint8Array, not: boolean): number {
    if (this.#loadedNames !== names) {
      this.#names.set(names);
      this.#loadedNames = names;
    }
    return this.#filterFields(this.#load(header, 0), not ? 1 : 0);
  }

  #packName(name: string): Uint8Array | undefined {
    // As of texts, what is too long is not kept.
    if (name.length > PATTERN_SIZE) return undefined;
    let packed = this.#packedNames.get(name);
    if (packed === undefined && (packed = packFieldNames([name], this.#names.length)) !== undefined) {
      if (this.#packedNames.size >= MIME_LIMITS.packedTexts) this.#packedNames.clear();
      this.#packedNames.set(name, packed);
    }
    return packed;
  }

  /** Puts what of the octets behind `from` fits into the window, where it does not stand there already, and says how many. */
  #load(octets: Uint8Array, from: number): number {
    const length = Math.min(octets.length - from, this.#window);
    const isChunk = octets === this.#chunk;
    if (isChunk && from === this.#start && from + length === this.#end) return length;
    this.#start = from;
    // Of other octets nobody has promised that they stay as they are.
    this.#end = isChunk ? from + length : from;
    this.#input.set(length === octets.length ? octets : octets.subarray(from, from + length));
    return length;
  }
}

/** The text in the module's memory that is looked for. A search asks for the same few of all messages. */
class Pattern {
  readonly #target: Uint8Array;
  readonly #isAllowed: (octet: number) => boolean;
  readonly #packed = new Map<string, Uint8Array | undefined>();
  #text = "";
  #length = 0;

  constructor(target: Uint8Array, isAllowed: (octet: number) => boolean) {
    this.#target = target;
    this.#isAllowed = isAllowed;
  }

  /** Octets of the text, -1 where it is none that octets can be compared with. */
  load(text: string): number {
    // What is too long is not compared here, and not kept: all accounts of the isolate share this.
    if (text.length > PATTERN_SIZE) return -1;
    if (text !== this.#text) {
      const packed = this.#pack(text);
      if (packed !== undefined) this.#target.set(packed);
      this.#text = text;
      this.#length = packed === undefined ? -1 : text.length;
    }
    return this.#length;
  }

  #pack(text: string): Uint8Array | undefined {
    if (this.#packed.has(text)) return this.#packed.get(text);
    if (this.#packed.size >= MIME_LIMITS.packedTexts) this.#packed.clear();
    const packed = packPattern(text, this.#isAllowed);
    this.#packed.set(text, packed);
    return packed;
  }
}

function answerOf(answer: number): boolean | undefined {
  return answer === ABSENT || answer === FOUND ? answer === FOUND : undefined;
}
