import { webcrypto } from "node:crypto";
import { isIP, isIPv4 } from "node:net";

// oxlint-disable-next-line import/no-unassigned-import -- the library's decorators need it, and it has to come first
import "reflect-metadata";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
  type JsonGeneralName,
} from "@peculiar/x509";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Apple's systems refuse a leaf that is valid for longer, even under a CA that the user has added. */
const LEAF_LIFE = 825 * DAY;
const CA_LIFE = 3_652 * DAY;
/** So that a client whose clock is a little behind accepts a certificate made just now. */
const BACKDATE = HOUR;

const ECDSA = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** A certificate and its private key, both PEM; the key is PKCS #8. */
export interface KeyAndCertificate {
  readonly key: string;
  readonly certificate: string;
}

/** A certificate authority of our own, ECDSA P-256, ten years. It may sign leaves only. */
export async function makeAuthority(now: Date): Promise<KeyAndCertificate> {
  const keys = await makeKeys();
  const identifier = await SubjectKeyIdentifierExtension.create(keys.publicKey);
  const notBefore = backdated(now);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    // Each authority has its own name: NSS mixes up two that share one but not the key.
    name: subject(`Sluice local CA ${identifier.keyId.slice(0, 8)}`),
    keys,
    signingAlgorithm: ECDSA,
    notBefore,
    notAfter: new Date(notBefore.getTime() + CA_LIFE - 1_000),
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      identifier,
    ],
  });
  return exported(keys, certificate);
}

/**
 * A server certificate for the given host names and IP addresses, ECDSA P-256, 825 days, or as long as its authority.
 *
 * It is no CA and not self-signed: Thunderbird refuses a certificate that is its own authority.
 */
export async function makeLeaf(authority: KeyAndCertificate, hosts: readonly string[], now: Date): Promise<KeyAndCertificate> {
  const issuer = new X509Certificate(authority.certificate);
  const keys = await makeKeys();
  const notBefore = backdated(now);
  const certificate = await X509CertificateGenerator.create({
    subject: subject("localhost"),
    // The stored name as it is: some clients compare the two octet by octet.
    issuer: issuer.subjectName,
    publicKey: keys.publicKey,
    signingKey: await importKey(authority.key),
    signingAlgorithm: ECDSA,
    notBefore,
    notAfter: new Date(Math.min(notBefore.getTime() + LEAF_LIFE - 1_000, issuer.notAfter.getTime())),
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      await authorityIdentifier(issuer),
      new SubjectAlternativeNameExtension(hosts.map(generalName)),
    ],
  });
  return exported(keys, certificate);
}

function makeKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ECDSA, true, ["sign", "verify"]);
}

function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  return webcrypto.subtle.importKey("pkcs8", PemConverter.decodeFirst(pem), ECDSA, false, ["sign"]);
}

async function exported(keys: webcrypto.CryptoKeyPair, certificate: X509Certificate): Promise<KeyAndCertificate> {
  const key = PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey), PemConverter.PrivateKeyTag);
  return { key: `${key}\n`, certificate: `${certificate.toString("pem")}\n` };
}

/** Whole seconds: X.509 knows no fractions. */
function backdated(now: Date): Date {
  return new Date(Math.floor((now.getTime() - BACKDATE) / 1_000) * 1_000);
}

function subject(commonName: string): Record<string, string[]>[] {
  return [{ O: ["Sluice"] }, { CN: [commonName] }];
}

/** What the authority calls its key; an authority of another making may not say. */
function authorityIdentifier(issuer: X509Certificate): AuthorityKeyIdentifierExtension | Promise<AuthorityKeyIdentifierExtension> {
  const stored = issuer.getExtension(SubjectKeyIdentifierExtension);
  return stored === null ? AuthorityKeyIdentifierExtension.create(issuer.publicKey) : new AuthorityKeyIdentifierExtension(stored.keyId);
}

function generalName(host: string): JsonGeneralName {
  if (isIP(host) === 0) return { type: "dns", value: host };
  // The URL parser turns every way to write an IPv6 address into its one canonical form; a zone is no part of a certificate.
  const address = isIPv4(host) ? host : new URL(`http://[${host.replace(/%.*$/, "")}]`).hostname.slice(1, -1);
  return { type: "ip", value: address };
}
