import { Secret } from "../../protocol/secret.ts";
import type { SaslExchange, SaslMechanism, SaslStep } from "./mechanism.ts";
import { decodeText } from "./text.ts";

/** LOGIN, never standardized: Outlook and old mail programs know no other. An initial response is the user name. */
export const login: SaslMechanism = { name: "LOGIN", start: () => new LoginExchange() };

class LoginExchange implements SaslExchange {
  #username: Uint8Array | undefined;

  respond(response: Uint8Array | undefined): SaslStep {
    if (response === undefined) return { kind: "challenge", text: "Username:" };
    if (this.#username === undefined) {
      this.#username = response;
      return { kind: "challenge", text: "Password:" };
    }
    const username = decodeText(this.#username);
    const password = decodeText(response);
    if (username === undefined || password === undefined || username === "") return { kind: "refused" };
    return { kind: "credentials", credentials: { username, password: new Secret(password) } };
  }
}
