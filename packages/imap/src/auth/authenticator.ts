import type { AccountId } from "../mailbox/records.ts";
import type { Secret } from "../protocol/secret.ts";
import { StatusError } from "../protocol/status-error.ts";

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

/** The connection that a login comes from. */
export interface LoginClient {
  /** As the transport gives it, with or without a port; empty when it is unknown. */
  readonly remoteAddress: string;
  /** Waits so many milliseconds. False, and at once, when the connection ends: its login is of no interest any more. */
  pause(milliseconds: number): Promise<boolean>;
}

/** Port: checks credentials. Never in the account object. A failed check costs the same time as a good one, whether or not the account exists. */
export interface Authenticator {
  /**
   * `undefined`: refused, after a delay that grows with the failures.
   *
   * @throws NO, with BYE, when too many logins have failed. Any other error means that nobody could be asked: the client gets NO [UNAVAILABLE].
   */
  authenticate(credentials: Credentials, client: LoginClient): Promise<Identity | undefined>;
}

/** Says the same whatever is wrong; with `bye` the connection ends too. */
export function authenticationFailed(bye?: string): StatusError {
  return new StatusError("NO", "Authentication failed", "AUTHENTICATIONFAILED", bye);
}
