import { LIMITS } from "../limits.ts";
import { decodeModifiedUtf7, encodeModifiedUtf7 } from "./modified-utf7.ts";
import { bad, no } from "./status-error.ts";

/** Separates the levels of a mailbox name, on the wire and inside. */
export const DELIMITER = "/";

/**
 * A mailbox name as a client writes it, as the text that the index knows: Unicode in NFC, INBOX in capitals.
 *
 * With `utf8` (UTF8=ACCEPT is enabled, RFC 6855) the octets are UTF-8 and `&` is itself; otherwise they are
 * modified UTF-7 (RFC 3501 section 5.1.3). @throws BAD for octets that the encoding does not allow at all,
 * NO [CANNOT] for a name that no mailbox can have.
 */
export function decodeMailboxName(octets: Uint8Array, utf8: boolean): string {
  const name = decodeMailboxText(octets, utf8);
  if (name === "") throw no("A mailbox name must not be empty", "CANNOT");
  if (name.split(DELIMITER).includes("")) throw no("A mailbox name must not have an empty level", "CANNOT");
  if (!isMailboxName(name)) throw no(`A mailbox name may have ${LIMITS.mailboxLevels} levels at most`, "LIMIT");
  return foldInbox(name);
}

/** Like {@link decodeMailboxName} for a mailbox that is to be made: a client may end it with the delimiter, to say that it will have children (RFC 3501 section 6.3.3). */
export function decodeNewMailboxName(octets: Uint8Array, utf8: boolean): string {
  return decodeMailboxName(octets.length > 1 && octets.at(-1) === 0x2f ? octets.subarray(0, -1) : octets, utf8);
}

/** The text of a name, of a LIST reference or of a LIST pattern, of which neither `%` nor `*` nor empty levels are judged. Throws like {@link decodeMailboxName}. */
export function decodeMailboxText(octets: Uint8Array, utf8: boolean): string {
  if (octets.length > LIMITS.mailboxName * 3) throw tooLong();
  const text = utf8 ? decodeUtf8(octets) : decodeModifiedUtf7(octets);
  if (HAS_CONTROL.test(text)) throw no("A mailbox name must not hold control characters", "CANNOT");
  const name = text.normalize("NFC");
  if (encoder.encode(name).length > LIMITS.mailboxName) throw tooLong();
  return name;
}

/** Whether a name, made of valid ones, keeps to the limits of length and depth. */
export function isMailboxName(name: string): boolean {
  return encoder.encode(name).length <= LIMITS.mailboxName && name.split(DELIMITER).length <= LIMITS.mailboxLevels;
}

/** A mailbox name as it stands in a response: an atom where it can be one, otherwise a quoted string. Never a literal: names hold no line ends. */
export function encodeMailboxName(name: string, utf8: boolean): string {
  const text = utf8 ? name : encodeModifiedUtf7(name);
  return IS_ATOM.test(text) && text.toUpperCase() !== "NIL" ? text : `"${text.replace(/["\\]/g, "\\$&")}"`;
}

/** The names above a mailbox, the topmost first: `a/b/c` has `a` and `a/b`. */
export function parentsOf(name: string): readonly string[] {
  const parents: string[] = [];
  for (let at = name.indexOf(DELIMITER); at >= 0; at = name.indexOf(DELIMITER, at + 1)) parents.push(name.slice(0, at));
  return parents;
}

/** INBOX has no case (RFC 3501 section 5.1), and so has it none as the parent of others. */
function foldInbox(name: string): string {
  const inbox = /^inbox(?=\/|$)/i.exec(name);
  return inbox === null ? name : `INBOX${name.slice(5)}`;
}

function decodeUtf8(octets: Uint8Array): string {
  try {
    return decoder.decode(octets);
  } catch {
    throw bad("A mailbox name is not valid UTF-8");
  }
}

function tooLong(): Error {
  return no(`A mailbox name may have ${LIMITS.mailboxName} octets at most`, "LIMIT");
}

// C0, DEL, C1, and the two separators that some programs take for line ends (RFC 6855 section 3).
const HAS_CONTROL = /[\p{Cc}\u2028\u2029]/u;
const IS_ATOM = /^[0-9A-Za-z&+,./_:=-]+$/;
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();
