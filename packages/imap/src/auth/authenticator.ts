import type { AccountId } from "../mailbox/records.ts";
import type { Secret } from "../protocol/secret.ts";

/** Whom a login has proved to be. */
export interface Identity {
  readonly accountId: AccountId;
  /** With its domain, as the directory spells it. */
  readonly name: string;
}

export interface Credentials {
  readonly username: string;
  readonly password: Secret;
}

/** Port: checks credentials. Never in the account object. A failed check costs the same time as a good one, whether or not the account exists. */
export interface Authenticator {
  /** `undefined`: refused. A throw means that nobody could be asked: the client gets NO [UNAVAILABLE]. */
  authenticate(credentials: Credentials): Promise<Identity | undefined>;
}
