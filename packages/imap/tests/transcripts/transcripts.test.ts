import { readdirSync, readFileSync } from "node:fs";

import octetsModule from "@sluice/mime/octets.wasm";
import { createWasmOctetScanner } from "@sluice/mime/wasm-octet-scanner";
import { describe, test } from "vitest";

import { createSqliteBodyStore } from "../../src/adapters/sqlite/sqlite-body-store.ts";
import { createSqliteMailboxIndex } from "../../src/adapters/sqlite/sqlite-mailbox-index.ts";
import { registry } from "../../src/commands/registry.ts";
import module from "../../src/parser/imap.wasm";
import { createWasmTokenizer } from "../../src/parser/wasm-tokenizer.ts";
import { NOW, type InMemoryServerOptions } from "../support/in-memory-server.ts";
import { openNodeSqlite } from "../support/node-sqlite.ts";
import { asOne, byteByByte, failureOf, parseTranscripts, randomSplits } from "../support/transcript.ts";

const wasm = createWasmTokenizer(module);
const octets = createWasmOctetScanner(octetsModule);

function overSqlite(): InMemoryServerOptions {
  const database = openNodeSqlite();
  return { account: { index: createSqliteMailboxIndex(database, { now: () => NOW }), bodies: createSqliteBodyStore(database), octets } };
}

const folder = new URL("./", import.meta.url);
const names = readdirSync(folder).filter((name) => name.endsWith(".md") && name !== "README.md");
const files = names.map((name) => ({ name, transcripts: parseTranscripts(readFileSync(new URL(name, folder), "utf8")) }));

for (const { name, transcripts } of files) {
  describe(`transcripts in ${name}`, () => {
    for (const transcript of transcripts) {
      test(`${transcript.title} (${name}:${transcript.line})`, async ({ expect }) => {
        expect(await failureOf(transcript, { split: asOne }), "in one piece").toBeUndefined();
        expect(await failureOf(transcript, { split: asOne, server: overSqlite() }), "over SQLite, with the WASM octet scanner").toBeUndefined();
        if (transcript.whole) return;
        expect(await failureOf(transcript, { split: byteByByte, server: { tokenizer: wasm } }), "byte by byte, with the WASM tokenizer").toBeUndefined();
        for (const seed of [1, 2, 3]) {
          expect(await failureOf(transcript, { split: randomSplits(seed) }), `split at random, seed ${seed}`).toBeUndefined();
        }
        expect(await failureOf(transcript, { split: randomSplits(4), inlineLiteral: 0 }), "with every literal streamed").toBeUndefined();
      });
    }
  });
}

describe("every command has a transcript", () => {
  const played = new Map<string, Set<string>>();
  for (const { name, transcripts } of files) {
    const commands = new Set<string>();
    for (const { steps } of transcripts) {
      for (const step of steps) {
        if (step.kind !== "client") continue;
        const command = /^\S+ ((?:UID )?[A-Z-]+)/i.exec(Buffer.from(step.octets).toString("latin1"))?.[1];
        if (command !== undefined) commands.add(command.toUpperCase());
      }
    }
    played.set(name, commands);
  }
  test.for([...registry.keys()])("%s", (command, { expect }) => {
    const file = `${command.replace("UID ", "").toLowerCase()}.md`;
    expect([...(played.get(file) ?? [])], file).toContain(command);
  });
});
