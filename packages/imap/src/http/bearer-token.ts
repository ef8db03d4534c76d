import { constantTimeEqual } from "../auth/constant-time.ts";
import { HttpError } from "./json.ts";

/**
 * Lets a request pass that bears one of the tokens; `undefined` is one that is not set.
 *
 * @throws HttpError 404 with the text `off` when none is set, 401 when the request bears none of them.
 */
export function checkBearerToken(request: Request, tokens: readonly (string | undefined)[], off: string): void {
  const set = tokens.filter((token) => token !== undefined);
  if (set.length === 0) throw new HttpError(404, off);
  const header = request.headers.get("Authorization") ?? "";
  // The scheme may be in any case (RFC 9110 section 11.1).
  const presented = encoder.encode(/^bearer +(\S+)$/i.exec(header)?.[1] ?? "");
  // All of them are compared: the time must not tell which one it was.
  const matches = set.filter((token) => constantTimeEqual(presented, encoder.encode(token)));
  if (matches.length === 0) throw new HttpError(401, "A valid token is required");
}

const encoder = new TextEncoder();
