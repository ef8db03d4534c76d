/**
 * The octet scans' module: no imports, no allocation, one fixed memory. One instance serves all of an isolate, because a call keeps
 * nothing for the next one.
 */
export { fieldHolds, headerHolds } from "./fields";
export { filterFields } from "./filter";
export { holdsText } from "./find";
export { setGrams } from "./grams";
export { ABI_VERSION, INPUT, INPUT_SIZE, NAME, NAMES, NAMES_SIZE, OUTPUT, PATTERN_SIZE, RESULT, TEXT } from "./layout";
export { nextHeaderLine, nextLine } from "./lines";
