import * as z from "zod";

import { AccountRecord } from "./account-directory.ts";

/** How many logins have failed lately. */
export const FailureCounts = z.object({
  /** For this account name, from anywhere. */
  account: z.int().min(0),
  /** From this address, for any name. 0 when the address is unknown. */
  address: z.int().min(0),
  /** For this name from this address: part of both. */
  both: z.int().min(0),
});
export type FailureCounts = z.infer<typeof FailureCounts>;

/** All that a login has to know of its account and its address: one question to the directory. */
export const LoginFacts = z.object({ record: AccountRecord.optional(), failures: FailureCounts });
export type LoginFacts = z.infer<typeof LoginFacts>;

/**
 * Port: the directory, as a login sees it. Names are normalized by the caller, and need not exist; addresses are
 * `addressKey`s, and empty when unknown. A throw means that nobody could be asked.
 */
export interface LoginDirectory {
  lookUp(name: string, address: string): Promise<LoginFacts>;
  /** Counts one more failed login. No two at the same time get the same answer. */
  countFailure(name: string, address: string): Promise<FailureCounts>;
  /** Takes back what has failed for this name from this address, and nothing else. */
  forgive(name: string, address: string): Promise<void>;
}
