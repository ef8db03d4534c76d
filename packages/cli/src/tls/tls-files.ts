import { createPrivateKey, X509Certificate, type KeyObject } from "node:crypto";
import { isIP } from "node:net";
import { hostname } from "node:os";
import { join } from "node:path";

import { isWildcard } from "../address.ts";
import { PRIVATE, PUBLIC, readSmallFile, writeWholeFile } from "../files/private-file.ts";
import { CLI_LIMITS } from "../limits.ts";
import type * as Certificates from "./certificate.ts";

/** What the server presents, and what a client is told to trust. */
export interface TlsFiles {
  readonly caPath: string;
  readonly keyPath: string;
  readonly chainPath: string;
  /** PEM of the authority. */
  readonly ca: string;
  /** SHA-256 of the leaf, as clients show it: upper-case hexadecimal with colons. */
  readonly fingerprint: string;
  readonly caFingerprint: string;
  /** What was made this time. A new authority in place of another (not the first one) has to be trusted again. */
  readonly made: "nothing" | "leaf" | "first authority" | "new authority";
}

interface Authority {
  readonly certificate: X509Certificate;
  readonly key: KeyObject;
}

/** The names a certificate for a server listening on `host` is made for. */
export function certificateHosts(host: string): readonly string[] {
  const hosts = ["localhost", "127.0.0.1"];
  // Whoever listens on every interface is reached by the machine's name.
  const own = isWildcard(host) ? hostname() : host;
  if (isIP(own) === 0 && !/^[A-Za-z0-9.-]{1,253}$/.test(own)) return hosts;
  return hosts.includes(own.toLowerCase()) ? hosts : [...hosts, own];
}

/**
 * Makes the authority and the leaf in `directory` where they are missing, damaged, near their end or
 * made for another host, and keeps them otherwise.
 *
 * @throws CliError when the files cannot be read or written.
 */
export async function ensureTlsFiles(directory: string, host: string, now: Date): Promise<TlsFiles> {
  const paths = {
    ca: join(directory, "ca.pem"),
    caKey: join(directory, "ca-key.pem"),
    chain: join(directory, "cert.pem"),
    key: join(directory, "key.pem"),
  };
  const hosts = certificateHosts(host);
  let what: TlsFiles["made"] = "nothing";

  let authority = readAuthority(paths.ca, paths.caKey, now);
  if (authority === undefined) {
    what = readSmallFile(paths.ca) === undefined ? "first authority" : "new authority";
    const { makeAuthority } = await certificates();
    const made = await makeAuthority(now);
    writeWholeFile(paths.caKey, made.key, PRIVATE);
    writeWholeFile(paths.ca, made.certificate, PUBLIC);
    authority = { certificate: new X509Certificate(made.certificate), key: createPrivateKey(made.key) };
  }

  let leaf = what === "nothing" ? readLeaf(paths.chain, paths.key, authority, hosts, now) : undefined;
  if (leaf === undefined) {
    const { makeLeaf } = await certificates();
    const key = authority.key.export({ type: "pkcs8", format: "pem" }).toString();
    const made = await makeLeaf({ key, certificate: authority.certificate.toString() }, hosts, now);
    writeWholeFile(paths.key, made.key, PRIVATE);
    writeWholeFile(paths.chain, `${made.certificate}${authority.certificate.toString()}`, PUBLIC);
    leaf = new X509Certificate(made.certificate);
    if (what === "nothing") what = "leaf";
  }
  return {
    caPath: paths.ca,
    keyPath: paths.key,
    chainPath: paths.chain,
    ca: authority.certificate.toString(),
    fingerprint: leaf.fingerprint256,
    caFingerprint: authority.certificate.fingerprint256,
    made: what,
  };
}

/** Loaded where a certificate is made, which few starts do: it takes a third of a second. */
function certificates(): Promise<typeof Certificates> {
  return import("./certificate.ts");
}

/** The stored authority, unless it is missing, damaged or near its end. */
function readAuthority(path: string, keyPath: string, now: Date): Authority | undefined {
  const certificate = readCertificate(path);
  const key = readKey(keyPath);
  if (certificate === undefined || key === undefined) return undefined;
  if (!certificate.ca || !certificate.checkPrivateKey(key) || nearEnd(certificate, now)) return undefined;
  return { certificate, key };
}

/** The stored leaf, unless it is missing, damaged, near its end, signed by another authority or made for other hosts. */
function readLeaf(path: string, keyPath: string, authority: Authority, hosts: readonly string[], now: Date): X509Certificate | undefined {
  const leaf = readCertificate(path);
  const key = readKey(keyPath);
  if (leaf === undefined || key === undefined || !leaf.checkPrivateKey(key)) return undefined;
  if (!leaf.checkIssued(authority.certificate) || !leaf.verify(authority.certificate.publicKey) || nearEnd(leaf, now)) return undefined;
  const covered = hosts.every((host) => (isIP(host) === 0 ? leaf.checkHost(host, { subject: "never" }) : leaf.checkIP(host)) !== undefined);
  return covered ? leaf : undefined;
}

function nearEnd(certificate: X509Certificate, now: Date): boolean {
  return certificate.validToDate.getTime() - now.getTime() < CLI_LIMITS.certificateRenewal;
}

function readCertificate(path: string): X509Certificate | undefined {
  const text = readSmallFile(path);
  if (text === undefined) return undefined;
  try {
    return new X509Certificate(text);
  } catch {
    // A damaged certificate is as good as none: it is made again.
    return undefined;
  }
}

function readKey(path: string): KeyObject | undefined {
  const text = readSmallFile(path);
  if (text === undefined) return undefined;
  try {
    return createPrivateKey(text);
  } catch {
    // As with a damaged certificate.
    return undefined;
  }
}
