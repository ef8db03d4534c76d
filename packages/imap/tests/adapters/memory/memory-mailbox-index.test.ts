import { createMemoryMailboxIndex } from "../../../src/adapters/memory/memory-mailbox-index.ts";
import { mailboxIndexContract, NOW } from "../../mailbox/mailbox-index-contract.ts";

mailboxIndexContract(() => createMemoryMailboxIndex({ now: () => NOW }));
