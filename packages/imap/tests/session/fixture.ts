import { plainOctetScanner } from "@sluice/mime/plain-octet-scanner";
import { uuidv7 } from "uuidv7";

import { createMemoryBodyStore } from "../../src/adapters/memory/memory-body-store.ts";
import { createMemoryMailboxIndex } from "../../src/adapters/memory/memory-mailbox-index.ts";
import { createAccountMailboxes } from "../../src/mailbox/default-mailboxes.ts";
import type { Mailbox } from "../../src/mailbox/mailbox-index.ts";
import { AccountId } from "../../src/mailbox/records.ts";
import { NO_FLAGS, type FlagSet } from "../../src/protocol/flags.ts";
import { Session, type Account } from "../../src/session/session.ts";
import { SessionOutput } from "../../src/session/session-output.ts";
import { View } from "../../src/session/view.ts";

/** 2024-01-01 10:00:00 UTC, always. */
export const NOW = 1_704_103_200_000;

export function createAccount(): Account {
  const index = createMemoryMailboxIndex({ now: () => NOW });
  createAccountMailboxes(index);
  return { id: AccountId.parse(uuidv7()), name: "user", index, bodies: createMemoryBodyStore(), octets: plainOctetScanner, now: () => NOW };
}

export function openMailbox(account: Account, name = "INBOX"): Mailbox {
  const record = account.index.findByName(name);
  const mailbox = record && account.index.open(record.id);
  if (mailbox === undefined) throw new Error(`No mailbox ${name}`);
  return mailbox;
}

/** Adds messages that have nothing but their flags. */
export function addMessages(account: Account, mailbox: Mailbox, count: number, flags: FlagSet = NO_FLAGS): void {
  const nothing = new Uint8Array(0);
  const content = account.index.addContent({
    size: 1,
    head: Uint8Array.of(0x61),
    headerSize: 1,
    envelope: nothing,
    bodyStructure: nothing,
    structure: nothing,
    messageId: undefined,
    references: [],
    body: undefined,
  });
  const message = { content, size: 1, flags, internalDate: NOW / 1000, zoneMinutes: 0, saveDate: NOW / 1000 };
  mailbox.append(Array.from({ length: count }, () => message));
}

export interface TestSession {
  readonly session: Session;
  /** What has been said since the last call, and acknowledges it. */
  take(): string;
  /** What has been said since the last call counts as not said, and is not acknowledged yet. */
  forget(): void;
}

/** A session that is authenticated, or has the mailbox selected. */
export function createSession(account: Account, mailbox?: Mailbox, readOnly = false): TestSession {
  let said = "";
  let octets = 0;
  const output = new SessionOutput((bytes) => {
    said += decoder.decode(bytes);
    octets += bytes.length;
  });
  const view = mailbox && new View(mailbox, readOnly);
  view?.claimRecent();
  const session = new Session(
    uuidv7(),
    { name: "Sluice", version: "1.0.0", appendLimit: 100_000 },
    output,
    view === undefined ? { name: "authenticated", account } : { name: "selected", account, view },
  );
  return {
    session,
    take() {
      output.flush();
      output.credit(octets);
      octets = 0;
      const taken = said;
      said = "";
      return taken;
    },
    forget: () => void (said = ""),
  };
}

const decoder = new TextDecoder("latin1");
