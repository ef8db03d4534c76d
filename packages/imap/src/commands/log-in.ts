import { authenticationFailed, type Credentials, type Identity } from "../auth/authenticator.ts";
import { no, StatusError } from "../protocol/status-error.ts";
import type { Completion } from "../session/command.ts";
import type { Session, SessionState, SessionStateNamed } from "../session/session.ts";

/** The text after `CAPABILITY` for a session, as it is now. */
export type CapabilityText = (session: Session) => string;

/**
 * What LOGIN and AUTHENTICATE have in common once the credentials are known. `undefined` stands for credentials that
 * cannot be right; whatever is wrong, the client is told the same.
 *
 * @throws NO [AUTHENTICATIONFAILED], or NO [UNAVAILABLE] when nobody could be asked or the account could not be reached.
 */
export async function logIn(
  session: Session,
  { login }: SessionStateNamed<"not-authenticated">,
  credentials: Credentials | undefined,
  capabilityText: CapabilityText,
): Promise<Completion> {
  const before = session.state;
  let identity: Identity | undefined;
  let state: SessionState | undefined;
  try {
    identity = credentials && (await login.authenticator.authenticate(credentials, login.client));
    state = identity && (await login.admit(identity));
  } catch (error) {
    // It says why: the account has too many connections, or too many logins have failed.
    if (error instanceof StatusError) throw error;
    const refusal = no("Logging in is not possible at the moment, please try again later", "UNAVAILABLE");
    // For the log: the dispatcher reports the cause of a refusal.
    refusal.cause = error;
    throw refusal;
  }
  if (state === undefined) throw authenticationFailed();
  // The client may have gone while the password was checked: what has ended stays so.
  if (session.state === before) session.state = state;
  return { code: `CAPABILITY ${capabilityText(session)}`, text: "Logged in" };
}
