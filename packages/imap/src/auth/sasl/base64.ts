import { LIMITS } from "../../limits.ts";
import { bad } from "../../protocol/status-error.ts";

/** Decodes one line of an AUTHENTICATE exchange, padding required (RFC 9051 section 9, `base64`). @throws BAD */
export function decodeBase64Line(line: Uint8Array): Uint8Array {
  if (line.length > LIMITS.saslLine) throw bad(`An authentication response may have ${LIMITS.saslLine} octets at most`, "LIMIT");
  let text = "";
  for (let at = 0; at < line.length; at++) text += String.fromCharCode(line[at] ?? 0);
  // atob alone would forgive white space and missing padding.
  if (text.length % 4 !== 0 || !IS_BASE64.test(text)) throw bad("Invalid base64 in an authentication response");
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

const IS_BASE64 = /^[0-9A-Za-z+/]*={0,2}$/;
