/** `+`, which begins a run of base64, and `-`, which may end it. */
const PLUS = 0x2b;
const MINUS = 0x2d;

/**
 * Decodes UTF-7 (RFC 2152). Never throws: octets above ASCII are read as ISO-8859-1, a cut run gives the characters it
 * holds.
 */
export function decodeUtf7(bytes: Uint8Array): string {
  let text = "";
  let at = 0;
  while (at < bytes.length) {
    const octet = bytes[at++] ?? 0;
    if (octet !== PLUS) {
      text += String.fromCharCode(octet);
      continue;
    }
    if (bytes[at] === MINUS) {
      text += "+";
      at++;
      continue;
    }
    let bits = 0;
    let count = 0;
    for (let value = base64Value(bytes[at]); value >= 0; value = base64Value(bytes[++at])) {
      bits = (bits << 6) | value;
      count += 6;
      if (count < 16) continue;
      count -= 16;
      text += String.fromCharCode((bits >>> count) & 0xffff);
      bits &= (1 << count) - 1;
    }
    if (bytes[at] === MINUS) at++;
  }
  return text;
}

function base64Value(octet: number | undefined): number {
  if (octet === undefined) return -1;
  if (octet >= 0x41 && octet <= 0x5a) return octet - 0x41;
  if (octet >= 0x61 && octet <= 0x7a) return octet - 0x47;
  if (octet >= 0x30 && octet <= 0x39) return octet + 4;
  if (octet === PLUS) return 62;
  return octet === 0x2f ? 63 : -1;
}
