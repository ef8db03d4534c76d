const SPACE = 0x20;
const HTTP_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE", "PRI"]);
/** `HTTP/1.1`, `HTTP/1.0`, `HTTP/2.0`. */
const HTTP_VERSION_LENGTH = 8;
const LONGEST_METHOD = 7;

/**
 * Whether a connection's first octet shows that its client does not speak IMAP: 0x16 begins a TLS
 * hello, and no tag holds a control or anything beyond ASCII. Line ends are let through.
 */
export function isForeignOctet(octet: number): boolean {
  return (octet < SPACE && octet !== 0x0a && octet !== 0x0d) || octet >= 0x7f;
}

/** Whether a line is an HTTP request. A web page can make a browser send one anywhere: its headers must not run as commands. */
export function isHttpRequest(line: Uint8Array): boolean {
  const space = line.subarray(0, LONGEST_METHOD + 1).indexOf(SPACE);
  if (space <= 0 || !HTTP_METHODS.has(ascii(line.subarray(0, space)))) return false;
  let end = line.length;
  while (end > 0 && (line[end - 1] === 0x0a || line[end - 1] === 0x0d)) end--;
  return /^HTTP\/\d\.\d$/.test(ascii(line.subarray(Math.max(0, end - HTTP_VERSION_LENGTH), end)));
}

/** A copy of the tag that a command begins with, if that can be told: at most `longest` octets and a space. */
export function leadingTag(bytes: Uint8Array, longest: number): Uint8Array | undefined {
  const end = bytes.subarray(0, longest + 1).indexOf(SPACE);
  if (end <= 0) return undefined;
  const tag = bytes.slice(0, end);
  return tag.every(isTagOctet) ? tag : undefined;
}

/** tag = 1*<any ASTRING-CHAR except "+"> (RFC 9051 section 9). */
export function isTagOctet(octet: number): boolean {
  return (
    octet > SPACE &&
    octet < 0x7f &&
    !(
      octet === 0x22 ||
      octet === 0x25 ||
      octet === 0x28 ||
      octet === 0x29 ||
      octet === 0x2a ||
      octet === 0x2b ||
      octet === 0x5c ||
      octet === 0x7b
    )
  );
}

function ascii(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
