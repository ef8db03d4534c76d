import type { OctetScanner } from "@sluice/mime/octet-scanner";

import type { BodyStore } from "../mailbox/body-store.ts";
import type { MailboxIndex } from "../mailbox/mailbox-index.ts";
import type { AccountId } from "../mailbox/records.ts";
import type { Authenticator, Identity, LoginClient } from "../auth/authenticator.ts";
import type { SessionOutput } from "./session-output.ts";
import type { View } from "./view.ts";

/** What the rooms of a session need from the account object. */
export interface Account {
  readonly id: AccountId;
  readonly name: string;
  readonly index: MailboxIndex;
  readonly bodies: BodyStore;
  readonly octets: OctetScanner;
  /** Milliseconds since 1970. */
  now(): number;
}

/** Port: what a session that is not authenticated needs. */
export interface LoginPort {
  readonly authenticator: Authenticator;
  readonly client: LoginClient;
  /** Takes the session to the account, and says in which state that leaves it here. Called before the tagged OK is written; a throw fails the login with NO [UNAVAILABLE]. */
  admit(identity: Identity): Promise<SessionState>;
}

/**
 * The diagram of RFC 9051 section 3; each state carries only the data that exists in it. At the edge a
 * session ends as `handed-over`: from then on the account object's session answers.
 */
export type SessionState =
  | { readonly name: "not-authenticated"; readonly login: LoginPort }
  | { readonly name: "handed-over" }
  | { readonly name: "authenticated"; readonly account: Account }
  | { readonly name: "selected"; readonly account: Account; readonly view: View }
  | { readonly name: "logout" };

export type StateName = SessionState["name"];
export type SessionStateNamed<N extends StateName> = Extract<SessionState, { readonly name: N }>;

export function isStateOneOf<N extends StateName>(state: SessionState, names: readonly N[]): state is SessionStateNamed<N> {
  return (names as readonly StateName[]).includes(state.name);
}

/** What ENABLE (RFC 5161) and the CONDSTORE-enabling commands have switched on. */
export interface EnabledFeatures {
  condstore: boolean;
  /** Implies condstore (RFC 7162 section 3.2.3). */
  qresync: boolean;
  /** UTF8=ACCEPT (RFC 6855). */
  utf8: boolean;
}

/** What the server says of itself. */
export interface ServerInfo {
  readonly name: string;
  readonly version: string;
  /** APPENDLIMIT in octets (RFC 7889). */
  readonly appendLimit: number;
}

/** One client's conversation, whatever transport carries it. */
export class Session {
  /** UUIDv7. */
  readonly id: string;
  readonly server: ServerInfo;
  readonly output: SessionOutput;
  readonly enabled: EnabledFeatures = { condstore: false, qresync: false, utf8: false };
  /** What the client said of itself with ID (RFC 2971): names and values. */
  clientId: readonly (readonly [name: string, value: string])[] = [];
  state: SessionState;
  /** The octets of each piece that waits behind the command which is running, in order. Whoever runs the commands says it. */
  upcoming: (() => Iterable<Uint8Array>) | undefined;

  constructor(id: string, server: ServerInfo, output: SessionOutput, state: SessionState) {
    this.id = id;
    this.server = server;
    this.output = output;
    this.state = state;
  }

  /** The view of the selected mailbox, if one is selected. */
  get view(): View | undefined {
    return this.state.name === "selected" ? this.state.view : undefined;
  }
}
