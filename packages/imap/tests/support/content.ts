import type { BodyRef } from "../../src/mailbox/body-store.ts";
import type { NewContent, NewMessage } from "../../src/mailbox/mailbox-index.ts";

const encoder = new TextEncoder();

/** A content with recognizable columns; `overrides` say what a test is about. */
export function sampleContent(name: string, overrides: Partial<NewContent> = {}): NewContent {
  const head = encoder.encode(`Subject: ${name}\r\n\r\n`);
  return {
    size: head.length + 10,
    head,
    headerSize: head.length,
    envelope: encoder.encode(`(envelope ${name})`),
    bodyStructure: encoder.encode(`(structure ${name})`),
    structure: encoder.encode(`tree ${name}`),
    messageId: undefined,
    references: [],
    body: undefined satisfies BodyRef | undefined,
    ...overrides,
  };
}

/** A message that refers to a content. */
export function sampleMessage(content: number, overrides: Partial<NewMessage> = {}): NewMessage {
  return {
    content,
    size: 100 + content,
    flags: { system: 0, keywords: [] },
    internalDate: 1_700_000_000 + content,
    zoneMinutes: -90,
    saveDate: 1_750_000_000,
    ...overrides,
  };
}
