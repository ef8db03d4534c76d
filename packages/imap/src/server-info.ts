import type { Limits } from "./limits.ts";
import type { ServerInfo } from "./session/session.ts";

/** What the server says of itself, at the edge and in the account object alike. */
export function serverInfo(version: string, limits: Pick<Limits, "appendSize">): ServerInfo {
  return { name: "Sluice", version, appendLimit: limits.appendSize };
}
