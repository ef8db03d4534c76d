import { createServer, type Server } from "node:net";

import { formatAddress, type Address } from "./address.ts";
import { CliError, codeOf, messageOf } from "./cli-error.ts";
import { SOCKET_NAMES, type SocketName } from "./start-options.ts";

/**
 * Checks that each address can be listened on, all of them at the same time.
 *
 * @throws CliError with one line that names the address and the option to change.
 */
export async function checkAddressesFree(addresses: Readonly<Record<SocketName, Address>>): Promise<void> {
  const servers: Server[] = [];
  try {
    // One after the other, and kept open, so that two options that overlap (0.0.0.0 and 127.0.0.1) are seen too.
    for (const name of SOCKET_NAMES) servers.push(await listen(name, addresses[name]));
  } finally {
    await Promise.all(servers.map(close));
  }
}

function listen(name: SocketName, address: Address): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error) => reject(new CliError(`start: ${explain(name, address, error)}`)));
    server.listen({ host: address.host, port: address.port, exclusive: true }, () => resolve(server));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}

function explain(name: SocketName, address: Address, error: Error): string {
  const place = formatAddress(address);
  const advice = `choose another with --${name} HOST:PORT`;
  switch (codeOf(error)) {
    case "EADDRINUSE":
      return `${place} is already in use; ${advice}`;
    case "EACCES":
      return `not allowed to listen on ${place}; ${advice}`;
    case "EADDRNOTAVAIL":
    case "EAFNOSUPPORT":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `${address.host} is no address of this machine; ${advice}`;
    default:
      return `cannot listen on ${place} (${messageOf(error)}); ${advice}`;
  }
}
