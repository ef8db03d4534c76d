import * as z from "zod";

import { LIMITS } from "../limits.ts";
import { AccountId } from "../mailbox/records.ts";
import { PasswordRecord } from "./password.ts";

/** One account as the directory keeps it. */
export const AccountRecord = z.object({
  id: AccountId,
  /** As `normalizeAccountName` spells it. */
  name: z.string().min(1).max(LIMITS.accountName),
  password: PasswordRecord,
  /** Milliseconds since 1970. */
  createdAt: z.int().min(0),
});
export type AccountRecord = z.infer<typeof AccountRecord>;

/** An account without what must not be shown. */
export type AccountSummary = Pick<AccountRecord, "id" | "name" | "createdAt">;

/** Port: all accounts. Names are normalized by the caller. A throw means that nobody could be asked. */
export interface AccountDirectory {
  find(name: string): Promise<AccountRecord | undefined>;
  /** In the order of their names. */
  list(): Promise<readonly AccountSummary[]>;
  /** `undefined`: there is an account of this name already. */
  create(name: string, password: PasswordRecord): Promise<AccountSummary | undefined>;
  /** False: there is no such account. */
  setPassword(name: string, password: PasswordRecord): Promise<boolean>;
  /** False: there is no such account. */
  remove(name: string): Promise<boolean>;
}
