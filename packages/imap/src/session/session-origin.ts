import * as z from "zod";

import { LIMITS } from "../limits.ts";
import { AccountId } from "../mailbox/records.ts";
import { Transport } from "../observability/events.ts";

/** For whom a session is and where its client is: known once the client has logged in. */
export const SessionOrigin = z.object({
  /** UUIDv7; the same at the edge and in the account object, and in both their logs. */
  sessionId: z.uuidv7(),
  accountId: AccountId,
  accountName: z.string().min(1).max(LIMITS.accountName),
  transport: Transport,
  remoteAddress: z.string().max(LIMITS.remoteAddress),
});
export type SessionOrigin = z.infer<typeof SessionOrigin>;
