/** A value of an IMAP response: NIL, a number, a string (one character an octet) or a list. */
export type ImapValue = null | number | string | ImapValue[];

/**
 * Reads exactly one parenthesized list and nothing after it, by the letter of RFC 9051: one space between values (none between
 * the bodies of a multipart), no CR, LF, NUL or octet above ASCII in a quoted string, no NUL in a literal.
 */
export function readImapList(bytes: Uint8Array): ImapValue[] {
  let at = 0;
  const text = Array.from(bytes, (octet) => String.fromCharCode(octet)).join("");
  const fail = (what: string): never => {
    throw new Error(`${what} at ${at} of ${JSON.stringify(text)}`);
  };

  function list(): ImapValue[] {
    at++;
    const values: ImapValue[] = [];
    if (text[at] === ")") fail("an empty list");
    for (;;) {
      values.push(value());
      if (text[at] === ")") break;
      if (text[at] === "(" && text[at - 1] === ")") continue;
      if (text[at] !== " ") fail("no space");
      at++;
    }
    at++;
    return values;
  }

  function value(): ImapValue {
    if (text[at] === "(") return list();
    if (text[at] === '"') return quoted();
    if (text[at] === "{") return literal();
    const atom = /(?:NIL|\d+)(?=[ )])/y;
    atom.lastIndex = at;
    const found = atom.exec(text)?.[0] ?? fail("no value");
    at += found.length;
    return found === "NIL" ? null : Number(found);
  }

  function quoted(): string {
    const start = ++at;
    let content = "";
    for (; text[at] !== '"'; at++) {
      const isEscaped = text[at] === "\\";
      if (isEscaped) at++;
      const octet = text.charCodeAt(at);
      if (Number.isNaN(octet) || octet === 0 || octet === 10 || octet === 13 || octet > 127) fail(`a broken quoted string from ${start}`);
      if (isEscaped && octet !== 34 && octet !== 92) fail("a needless backslash");
      content += text[at];
    }
    at++;
    return content;
  }

  function literal(): string {
    const pattern = /\{(\d+)\}\r\n/y;
    pattern.lastIndex = at;
    const found = pattern.exec(text) ?? fail("a broken literal");
    at += found[0].length;
    const size = Number(found[1]);
    const content = text.slice(at, at + size);
    if (content.length !== size || content.includes("\0")) fail("a broken literal");
    at += size;
    return content;
  }

  if (text[0] !== "(") fail("no list");
  const result = list();
  if (at !== text.length) fail("more than a list");
  return result;
}
