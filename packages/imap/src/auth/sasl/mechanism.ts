import type { Credentials } from "../authenticator.ts";

/** A SASL mechanism (RFC 4422) as the server plays it. */
export interface SaslMechanism {
  /** As in `AUTH=` and in AUTHENTICATE. */
  readonly name: string;
  start(): SaslExchange;
}

/** One run of a mechanism. */
export interface SaslExchange {
  /** Takes the client's next response; the first is `undefined` when the client sent no initial response. Throws BAD for one that the mechanism does not allow. */
  respond(response: Uint8Array | undefined): SaslStep;
}

export type SaslStep =
  /** Text of the next challenge, to be sent in base64. */
  | { readonly kind: "challenge"; readonly text: string }
  | { readonly kind: "credentials"; readonly credentials: Credentials }
  /** Well-formed, but never right: told like a wrong password. */
  | { readonly kind: "refused" };
