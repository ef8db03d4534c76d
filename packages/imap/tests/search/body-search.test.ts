import type { OctetScanner } from "@sluice/mime/octet-scanner";
import octetsModule from "@sluice/mime/octets.wasm";
import { plainOctetScanner } from "@sluice/mime/plain-octet-scanner";
import { createWasmOctetScanner } from "@sluice/mime/wasm-octet-scanner";
import * as fc from "fast-check";
import { test } from "vitest";

import { MessagePage } from "../../src/mailbox/message-page.ts";
import { BodySearch, type SearchSizes } from "../../src/search/body-search.ts";
import type { Account } from "../../src/session/session.ts";
import { createAccount, openMailbox } from "../session/fixture.ts";
import { bodiesThat, deliver } from "../fetch/fixture.ts";

const SCANNERS = [
  ["without a module", plainOctetScanner],
  ["with the module", createWasmOctetScanner(octetsModule)],
] as const;

/** Which of the strings BODY and TEXT find, and how many octets each look took. */
async function search(
  message: string,
  strings: readonly string[],
  octets: OctetScanner,
  sizes?: SearchSizes,
): Promise<{ body: string[]; text: string[]; looks: number[]; reads: number[] }> {
  const account: Account = createAccount();
  const mailbox = openMailbox(account);
  await deliver(account, mailbox, message);
  const page = new MessagePage(1);
  mailbox.read(1, 1, page);
  const [content] = account.index.readContents(page, 0, 1, { head: true, structure: true, body: true });
  if (content === undefined) throw new Error("No content");
  const reads: number[] = [];
  const bodies = bodiesThat(account.bodies, (length) => void reads.push(length), true);
  const wanted = new Set(strings);
  const body = new BodySearch(bodies, content, { body: wanted, text: wanted }, octets, sizes);
  const looks: number[] = [];
  for (let read = await body.next(); read > 0; read = await body.next()) looks.push(read);
  const finds = (key: "body" | "text"): string[] => strings.filter((string) => body.finds(key, string) === true);
  for (const string of strings) if (body.finds("body", string) === undefined) throw new Error("It has not ended");
  return { body: finds("body"), text: finds("text"), looks, reads };
}

const MIXED = `From: a
Subject: outer subject
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

Sch=F6ne Gr=FC=DFe, soft=
break
--b
Content-Type: application/pdf; name="invoice-4711.pdf"

secret in pdf
--b
Content-Type: message/rfc822

From: inner@example.com
Subject: =?utf-8?Q?inner_s=C3=BCbject?=

inner text
--b--
`;

test.for(SCANNERS)(
  "text parts are decoded, attachments passed over, MIME headers are for TEXT only, %s",
  async ([, octets], { expect }) => {
    const { body, text } = await search(
      MIXED,
      ["sch\u00f6ne gr\u00fc\u00dfe", "softbreak", "secret", "invoice-4711", "inner s\u00fcbject", "inner text", "outer", ""],
      octets,
    );
    expect(body).toEqual(["sch\u00f6ne gr\u00fc\u00dfe", "softbreak", "inner s\u00fcbject", "inner text", ""]);
    expect(text).toEqual([...body.slice(0, 2), "invoice-4711", ...body.slice(2)]);
  },
);

test.for(SCANNERS)(
  "a string across the edge of two windows is found, and no window is larger than it may be, %s",
  async ([, octets], { expect }) => {
    const base64 = Buffer.from(`${"word ".repeat(400)}needle in hay${" word".repeat(400)}`)
      .toString("base64")
      .replace(/.{76}/g, "$&\n");
    for (const window of [100, 101, 256, 999]) {
      const sizes = { window, overlap: 20 };
      const plain = await search(
        `Subject: x\n\n${"line\n".repeat(200)}needle in hay\n${"line\n".repeat(200)}`,
        ["needle in hay", "missing"],
        octets,
        sizes,
      );
      expect(plain.body).toEqual(["needle in hay"]);
      expect(Math.max(...plain.reads)).toBe(window);
      const encoded = await search(
        `MIME-Version: 1.0\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\n${base64}\n`,
        ["needle in hay"],
        octets,
        sizes,
      );
      expect(encoded.text).toEqual(["needle in hay"]);
      expect(encoded.looks.every((read) => read <= window)).toBe(true);
    }
  },
);

test.for(SCANNERS)("UTF-8 without a label stays UTF-8 wherever a window ends, %s", async ([, octets], { expect }) => {
  for (let window = 40; window < 60; window++) {
    const { body } = await search(
      `Subject: x\n\n${"\u00c3\u00bcber ".repeat(60)}K\u00c3\u00b6ln`,
      ["\u00fcber \u00fcber k\u00f6ln"],
      octets,
      {
        window,
        overlap: 100,
      },
    );
    expect(body).toEqual(["\u00fcber \u00fcber k\u00f6ln"]);
  }
});

test.for(SCANNERS)("a message without text has nothing to be found, %s", async ([, octets], { expect }) => {
  const { body, text, looks } = await search("Subject: x\nContent-Type: image/png\n\nneedle", ["needle", ""], octets);
  expect([body, text, looks]).toEqual([[""], [""], []]);
});

test("the module finds what is found without it, in windows of any size, ASCII or not", async ({ expect }) => {
  const words = ["one", "TWO", "Caf\u00c3\u00a9", "cafe\u00cc\u0081", "\n", " ", "needle", "Need", "le", "\u00ef\u00ac\u0081n", "=3D", "="];
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...words), { maxLength: 80 }),
      fc.integer({ min: 1, max: 60 }),
      fc.constantFrom("utf-8", "us-ascii", "iso-8859-1", "utf-16", "iso-2022-jp"),
      fc.constantFrom("8bit", "quoted-printable"),
      async (parts, window, charset, encoding) => {
        const message = `Content-Type: text/plain; charset=${charset}\nContent-Transfer-Encoding: ${encoding}\n\n${parts.join("")}`;
        const strings = ["needle", "one", "two caf\u00e9", "cafe", "le need", "fin", "\u00e9", "e\r\nn"];
        const [plain, module] = await Promise.all(SCANNERS.map(([, octets]) => search(message, strings, octets, { window, overlap: 20 })));
        expect(module).toEqual(plain);
      },
    ),
    { numRuns: 300 },
  );
});
