import { Secret } from "../../protocol/secret.ts";
import { bad } from "../../protocol/status-error.ts";
import type { SaslMechanism, SaslStep } from "./mechanism.ts";
import { decodeText } from "./text.ts";

/** PLAIN (RFC 4616). An authorization identity is taken only when it is the one that logs in. */
export const plain: SaslMechanism = {
  name: "PLAIN",
  start: () => ({ respond: (response) => (response === undefined ? { kind: "challenge", text: "" } : readMessage(response)) }),
};

/** message = [authzid] NUL authcid NUL passwd */
function readMessage(message: Uint8Array): SaslStep {
  const first = message.indexOf(0);
  const second = first < 0 ? -1 : message.indexOf(0, first + 1);
  if (second < 0 || message.indexOf(0, second + 1) >= 0) throw bad("Invalid PLAIN response: expected [authzid] NUL authcid NUL passwd");
  const authorization = decodeText(message.subarray(0, first));
  const username = decodeText(message.subarray(first + 1, second));
  const password = decodeText(message.subarray(second + 1));
  if (username === undefined || password === undefined || username === "") return { kind: "refused" };
  if (authorization !== "" && authorization !== username) return { kind: "refused" };
  return { kind: "credentials", credentials: { username, password: new Secret(password) } };
}
