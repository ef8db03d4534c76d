import { connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { connect as connectTls } from "node:tls";

import { connectHost, formatAddress, type Address } from "./address.ts";
import type { AdminClient } from "./admin-client.ts";
import { CliError, messageOf } from "./cli-error.ts";
import { CLI_LIMITS } from "./limits.ts";

/**
 * Waits until the server says that it is healthy.
 *
 * @throws CliError after a bounded wait; the signal's reason when that aborts first.
 */
export async function waitUntilHealthy(admin: AdminClient, signal: AbortSignal): Promise<void> {
  const patience = AbortSignal.timeout(CLI_LIMITS.healthy);
  const either = AbortSignal.any([signal, patience]);
  while (!either.aborted) {
    if ((await admin.health(either)) !== undefined) return;
    await delay(CLI_LIMITS.healthyPause, undefined, { signal: either }).catch(() => undefined);
  }
  signal.throwIfAborted();
  throw new CliError(`the server is not healthy after ${CLI_LIMITS.healthy / 1_000} seconds`);
}

/**
 * Waits for the greeting of an IMAP socket; with `ca` over TLS, whose certificate must be valid.
 *
 * @throws CliError when it does not come.
 */
export function checkGreeting(address: Address, ca?: string): Promise<void> {
  const target = { host: connectHost(address.host), port: address.port };
  const place = formatAddress(address);
  return new Promise((resolve, reject) => {
    const socket: Socket = ca === undefined ? connect(target) : connectTls({ ...target, ca, servername: "localhost" });
    const fail = (reason: string) => {
      socket.destroy();
      reject(new CliError(`no IMAP greeting from ${place}: ${reason}`));
    };
    let text = "";
    socket.setTimeout(CLI_LIMITS.greeting, () => fail("no answer"));
    socket.on("error", (error) => fail(messageOf(error)));
    socket.on("close", () => fail("the connection was closed"));
    socket.on("data", (chunk: Buffer) => {
      text += chunk.toString("latin1");
      if (!text.includes("\n") && text.length < CLI_LIMITS.imapLine) return;
      if (!/^\* OK\b/i.test(text)) {
        fail(text.slice(0, 80).trim());
        return;
      }
      socket.end("x LOGOUT\r\n");
      resolve();
    });
  });
}
