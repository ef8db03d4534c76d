/**
 * A mailbox name as IMAP4rev1 writes it: modified UTF-7, RFC 3501 section 5.1.3. Printable ASCII
 * stands for itself, `&` becomes `&-`, everything else is UTF-16 in a base64 of its own.
 */
export function encodeMailboxName(name: string): string {
  return name.replaceAll(/&|[^\x20-\x7e]+/g, (run) => {
    if (run === "&") return "&-";
    const utf16 = Buffer.from(run, "utf16le").swap16();
    return `&${utf16.toString("base64").replace(/=+$/, "").replaceAll("/", ",")}-`;
  });
}
