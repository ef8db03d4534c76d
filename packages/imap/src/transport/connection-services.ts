import type { Authenticator } from "../auth/authenticator.ts";
import type { Limits } from "../limits.ts";
import type { Logger } from "../observability/logger.ts";
import type { Meter } from "../observability/meter.ts";
import type { Tokenizer } from "../parser/tokenizer.ts";
import type { Command } from "../session/command.ts";
import type { SessionOrigin } from "../session/session-origin.ts";
import type { ServerInfo, Session } from "../session/session.ts";
import type { Clock, LinkOpener } from "./ports.ts";
import type { Shutdown } from "./shutdown.ts";

/** What all connections of one Worker share. */
export interface ConnectionServices {
  readonly tokenizer: Tokenizer;
  readonly registry: ReadonlyMap<string, Command>;
  /** The text after CAPABILITY for a session as it is now. */
  readonly capabilityText: (session: Session) => string;
  readonly server: ServerInfo;
  readonly limits: Limits;
  readonly authenticator: Authenticator;
  readonly links: LinkOpener;
  readonly clock: Clock;
  readonly shutdown: Shutdown;
  readonly log: Logger;
  readonly meter: Meter;
}

export type ClientFacts = Pick<SessionOrigin, "transport" | "remoteAddress">;
