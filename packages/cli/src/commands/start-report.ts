import { formatAddress, isLoopback, type Address } from "../address.ts";
import { type SocketName } from "../start-options.ts";
import type { TlsFiles } from "../tls/tls-files.ts";

/** All that the user of a started server is told. */
export interface StartReport {
  readonly version: string;
  readonly data: string;
  readonly addresses: Readonly<Record<SocketName, Address>>;
  readonly tls: TlsFiles;
  /** The demo account. Without a password when the user has set another; undefined when there is none. */
  readonly demo: { readonly user: string; readonly password?: string | undefined } | undefined;
}

/** The text for people: where to connect, as whom, whom to trust. Ends with an empty line. */
export function describeStart({ version, data, addresses, tls, demo }: StartReport): string {
  const { imaps, imap, http } = addresses;
  const host = isLoopback(imaps.host) ? "localhost" : imaps.host;
  const lines = [
    "",
    `Sluice ${version}, data in ${data}`,
    "",
    `  IMAP over TLS   ${formatAddress(imaps)}`,
    `  IMAP, no TLS    ${formatAddress(imap)}`,
    `  HTTP            http://${formatAddress(http)}`,
    `  Certificate     SHA-256 ${tls.fingerprint}`,
    `  Signed by       ${tls.caPath}`,
    `                  SHA-256 ${tls.caFingerprint}`,
    "",
  ];
  if (demo !== undefined) lines.push(`  User            ${demo.user}`, `  Password        ${demo.password ?? "the one you have set"}`, "");
  lines.push(
    "In Thunderbird:",
    "  1. Settings > Privacy & Security > Manage Certificates > Authorities > Import:",
    `     ${tls.caPath}`,
    '     and tick "Trust this CA to identify websites".',
    `  2. New account > e-mail: ${demo?.user ?? "the account's name"} and its password, then Configure manually:`,
    `     incoming IMAP, host ${host}, port ${imaps.port}, SSL/TLS, normal password.`,
    "     Sluice sends no mail: enter any outgoing server.",
    "",
  );
  return lines.map((line) => `${line}\n`).join("");
}

/** What the user should be warned of; each is one line. */
export function warnings({ addresses, tls }: Pick<StartReport, "addresses" | "tls">): readonly string[] {
  const found: string[] = [];
  for (const name of ["imap", "http"] as const) {
    if (!isLoopback(addresses[name].host))
      found.push(`--${name} ${formatAddress(addresses[name])} is open to other machines without TLS: passwords cross the network in clear`);
  }
  if (tls.made === "new authority")
    found.push(`the certificate authority was damaged or near its end and is made anew; mail programs have to trust ${tls.caPath}`);
  return found;
}

/** The last line, which programs read: `ready name=value ...`; `data` may hold spaces and comes last. */
export function readyLine({ data, addresses, demo }: StartReport): string {
  const fields = [
    `imaps=${formatAddress(addresses.imaps)}`,
    `imap=${formatAddress(addresses.imap)}`,
    `http=${formatAddress(addresses.http)}`,
  ];
  if (demo !== undefined) {
    fields.push(`user=${demo.user}`);
    if (demo.password !== undefined) fields.push(`password=${demo.password}`);
  }
  return `ready ${[...fields, `data=${data}`].join(" ")}\n`;
}
