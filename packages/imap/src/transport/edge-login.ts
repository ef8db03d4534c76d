import type { Identity, LoginClient } from "../auth/authenticator.ts";
import { LIMITS } from "../limits.ts";
import { Dispatcher } from "../session/dispatcher.ts";
import { SessionOutput } from "../session/session-output.ts";
import { Session, type SessionState } from "../session/session.ts";
import type { ConnectionServices } from "./connection-services.ts";

/** What a login needs of its connection. */
export interface LoginConnection {
  send(bytes: Uint8Array): void;
  /** More was said than anybody before a login needs. */
  saidTooMuch(): void;
  readonly client: LoginClient;
  /** The word on the literal that the last piece ended with. */
  decided(accepted: boolean): void;
  /** Takes the session to its account. @throws see LoginPort */
  admit(identity: Identity): Promise<SessionState>;
  /** The conversation is over without a login. */
  finished(): void;
}

/** The conversation before the login, which the edge itself holds. */
export class EdgeLogin {
  readonly session: Session;
  readonly dispatcher: Dispatcher;

  constructor(sessionId: string, services: ConnectionServices, connection: LoginConnection) {
    const { server, authenticator, registry, limits, clock, log, meter } = services;
    let said = 0;
    const output: SessionOutput = new SessionOutput((bytes) => {
      // It is short, and bounded as a whole: nobody knows yet who it is, and whether he reads it.
      output.credit(bytes.length);
      connection.send(bytes);
      said += bytes.length;
      if (said > LIMITS.loginOutput) connection.saidTooMuch();
    });
    this.session = new Session(sessionId, server, output, {
      name: "not-authenticated",
      login: { authenticator, client: connection.client, admit: (identity) => connection.admit(identity) },
    });
    this.dispatcher = new Dispatcher(this.session, registry, limits, {
      decideLiteral: (accepted) => connection.decided(accepted),
      idling() {},
      close: () => {
        output.flush();
        connection.finished();
      },
      consumed() {},
      yieldTurn: () => Promise.resolve(),
      commandEnded: (event) => meter.record({ kind: "command", sessionId, ...event }),
      limitHit: (limit) => meter.record({ kind: "limit", limit }),
      fault: (error) => log.fault("command failed", error, { session: sessionId }),
      now: () => clock.now(),
    });
    output.emit({
      kind: "status",
      tag: undefined,
      status: "OK",
      code: `CAPABILITY ${services.capabilityText(this.session)}`,
      text: `${server.name} ready`,
    });
    output.flush();
  }
}
