import { test } from "vitest";

import { InMemoryServer } from "../support/in-memory-server.ts";

/** tag = 1*<any ASTRING-CHAR except "+">: every octet that may stand in one, in both cases. */
const TAG_OCTETS = Array.from({ length: 0x7f - 0x21 }, (_, at) => String.fromCharCode(0x21 + at)).filter(
  (octet) => !'"%()*+\\{'.includes(octet),
);
const TAGS = ["a1", "aB.Cd", "NOOP", "uid", "42", "1,2:3", ...TAG_OCTETS, TAG_OCTETS.slice(0, 60).join("")];

async function selected() {
  const server = new InMemoryServer();
  const connection = server.connect();
  await connection.exchange("s APPEND INBOX {35+}", "From: a", "X-Odd]: b", "Subject: c", "", "");
  await connection.exchange("s SELECT INBOX");
  return { server, connection };
}

test("a tag comes back octet for octet in OK, NO, BAD and ESEARCH", async ({ expect }) => {
  const { server, connection } = await selected();
  for (const tag of TAGS) {
    expect(await connection.exchange(`${tag} NOOP`)).toBe(`${tag} OK NOOP completed\r\n`);
    expect((await connection.exchange(`${tag} SELECT`)).startsWith(`${tag} BAD `)).toBe(true);
    expect((await connection.exchange(`${tag} STATUS Nowhere (MESSAGES)`)).startsWith(`${tag} NO `)).toBe(true);
    expect(await connection.exchange(`${tag} SEARCH RETURN (ALL) ALL`)).toBe(
      `* ESEARCH (TAG "${tag}") ALL 1\r\n${tag} OK SEARCH completed\r\n`,
    );
  }
  expect(server.faults).toEqual([]);
});

test("a list of fields comes back octet for octet, whatever it is made of", async ({ expect }) => {
  const { server, connection } = await selected();
  const lists = [
    "(From)",
    "(fRoM sUbJeCt)",
    '(From "To" "a b" "q\\"u\\\\o")',
    "(X-Odd] 12 1:2,3 NIL BODY)",
    "(Subject Subject subject)",
    '("")',
  ];
  for (const list of lists) {
    for (const name of ["HEADER.FIELDS", "HEADER.FIELDS.NOT"]) {
      const said = await connection.exchange(`a FETCH 1 (UID BODY.PEEK[${name} ${list}]<0.3>)`);
      expect(said.slice(0, said.indexOf("{"))).toBe(`* 1 FETCH (UID 1 BODY[${name} ${list}]<0> `);
    }
  }
  expect(server.faults).toEqual([]);
});
