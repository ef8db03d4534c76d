import { isIP, isIPv4, isIPv6 } from "node:net";

import * as z from "zod";

/** A place to listen: a host name or IP address without brackets, and a TCP port (0: any free one). */
export const Address = z.object({ host: z.string().min(1), port: z.int().min(0).max(65_535) });
export type Address = z.infer<typeof Address>;

const HOST_NAME = /^(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/;

/** Reads `HOST:PORT` or `[IPV6]:PORT`. Returns undefined for anything else. */
export function parseAddress(text: string): Address | undefined {
  const match = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text);
  if (match === null) return undefined;
  const [, bracketed, plain, digits] = match;
  const port = Number(digits);
  if (port > 65_535) return undefined;
  if (bracketed !== undefined) return isIPv6(bracketed) ? { host: bracketed, port } : undefined;
  if (plain === undefined) return undefined;
  // Four numbers that are no IPv4 address (127.0.0.256) would otherwise pass as a host name.
  if (/^[\d.]+$/.test(plain) && !isIPv4(plain)) return undefined;
  return HOST_NAME.test(plain) ? { host: plain, port } : undefined;
}

/** `HOST:PORT`, with the brackets that IPv6 needs. */
export function formatAddress({ host, port }: Address): string {
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Whether the host stands for every interface of the machine. */
export function isWildcard(host: string): boolean {
  return host === "0.0.0.0" || (isIPv6(host) && /^[0:]+$/.test(host));
}

/** Whether only programs of this machine can reach the host. */
export function isLoopback(host: string): boolean {
  if (isIP(host) === 0) return host.toLowerCase() === "localhost";
  return isIPv4(host) ? host.startsWith("127.") : /^[0:]+:0*1$/.test(host);
}

/** The host a program of this machine connects to in order to reach a server listening on `host`. */
export function connectHost(host: string): string {
  if (!isWildcard(host)) return host;
  return isIPv4(host) ? "127.0.0.1" : "::1";
}
