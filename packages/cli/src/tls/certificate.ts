import { createHash, createPublicKey, generateKeyPairSync, randomBytes, sign, type KeyObject } from "node:crypto";
import { isIP, isIPv4 } from "node:net";

import {
  bitString,
  booleanTrue,
  integer,
  namedBits,
  objectIdentifier,
  octetString,
  sequence,
  setOf,
  tagged,
  taggedPrimitive,
  time,
  utf8String,
} from "./der.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Apple's systems refuse a leaf that is valid for longer, even under a CA that the user has added. */
const LEAF_LIFE = 825 * DAY;
const CA_LIFE = 3_652 * DAY;
/** So that a client whose clock is a little behind accepts a certificate made just now. */
const BACKDATE = HOUR;

const ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";
const OID = {
  commonName: "2.5.4.3",
  organizationName: "2.5.4.10",
  subjectKeyIdentifier: "2.5.29.14",
  keyUsage: "2.5.29.15",
  subjectAltName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  authorityKeyIdentifier: "2.5.29.35",
  extKeyUsage: "2.5.29.37",
  serverAuth: "1.3.6.1.5.5.7.3.1",
} as const;
const KEY_USAGE = { digitalSignature: 0, keyCertSign: 5, cRLSign: 6 } as const;

/** A certificate and its private key, both PEM; the key is PKCS #8. */
export interface KeyAndCertificate {
  readonly key: string;
  readonly certificate: string;
}

/** Who signs: the subject to name as issuer, and the private key. */
interface Issuer {
  readonly commonName: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** Nothing that it signs may outlive it. */
  readonly notAfter: Date;
}

/** A certificate authority of our own, ECDSA P-256, ten years. It may sign leaves only. */
export function makeAuthority(now: Date): KeyAndCertificate {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  // Each authority has its own name: NSS mixes up two that share one but not the key.
  const commonName = `Sluice local CA ${Buffer.from(keyIdentifier(publicKey)).toString("hex").slice(0, 8)}`;
  const notBefore = new Date(now.getTime() - BACKDATE);
  const notAfter = new Date(notBefore.getTime() + CA_LIFE - 1_000);
  const certificate = makeCertificate({ commonName, privateKey, publicKey, notAfter }, commonName, publicKey, notBefore, notAfter, [
    extension(OID.basicConstraints, true, sequence(booleanTrue(), integer(Uint8Array.of(0)))),
    extension(OID.keyUsage, true, namedBits(KEY_USAGE.keyCertSign, KEY_USAGE.cRLSign)),
    extension(OID.subjectKeyIdentifier, false, octetString(keyIdentifier(publicKey))),
  ]);
  return { key: exportKey(privateKey), certificate };
}

/**
 * A server certificate for the given host names and IP addresses, ECDSA P-256, 825 days.
 *
 * It is no CA and not self-signed: Thunderbird refuses a certificate that is its own authority.
 */
export function makeLeaf(issuer: Issuer, hosts: readonly string[], now: Date): KeyAndCertificate {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const notBefore = new Date(now.getTime() - BACKDATE);
  const notAfter = new Date(Math.min(notBefore.getTime() + LEAF_LIFE - 1_000, issuer.notAfter.getTime()));
  const certificate = makeCertificate(issuer, "localhost", publicKey, notBefore, notAfter, [
    extension(OID.basicConstraints, true, sequence()),
    extension(OID.keyUsage, true, namedBits(KEY_USAGE.digitalSignature)),
    extension(OID.extKeyUsage, false, sequence(objectIdentifier(OID.serverAuth))),
    extension(OID.subjectKeyIdentifier, false, octetString(keyIdentifier(publicKey))),
    extension(OID.authorityKeyIdentifier, false, sequence(taggedPrimitive(0, keyIdentifier(issuer.publicKey)))),
    extension(OID.subjectAltName, false, sequence(...hosts.map(generalName))),
  ]);
  return { key: exportKey(privateKey), certificate };
}

/** RFC 5280 section 4.1, version 3. Returns PEM. */
function makeCertificate(
  issuer: Issuer,
  commonName: string,
  publicKey: KeyObject,
  notBefore: Date,
  notAfter: Date,
  extensions: readonly Uint8Array[],
): string {
  const algorithm = sequence(objectIdentifier(ECDSA_WITH_SHA256));
  const serial = randomBytes(16);
  // Positive, and never with leading zeros, which some parsers compare octet by octet.
  serial[0] = 0x40 | ((serial[0] ?? 0) & 0x3f);
  const tbs = sequence(
    tagged(0, integer(Uint8Array.of(2))),
    integer(serial),
    algorithm,
    name(issuer.commonName),
    sequence(time(notBefore), time(notAfter)),
    name(commonName),
    publicKey.export({ type: "spki", format: "der" }),
    tagged(3, sequence(...extensions)),
  );
  const der = sequence(tbs, algorithm, bitString(sign("sha256", tbs, issuer.privateKey)));
  const base64 = Buffer.from(der)
    .toString("base64")
    .replaceAll(/.{64}(?=.)/g, "$&\n");
  return `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`;
}

function attribute(type: string, value: string): Uint8Array {
  return setOf(sequence(objectIdentifier(type), utf8String(value)));
}

function name(commonName: string): Uint8Array {
  return sequence(attribute(OID.organizationName, "Sluice"), attribute(OID.commonName, commonName));
}

function extension(id: string, critical: boolean, value: Uint8Array): Uint8Array {
  return critical ? sequence(objectIdentifier(id), booleanTrue(), octetString(value)) : sequence(objectIdentifier(id), octetString(value));
}

/** RFC 7093 section 2, method 1: the first 160 bits of the SHA-256 of the public key. */
function keyIdentifier(publicKey: KeyObject): Uint8Array {
  const spki = publicKey.export({ type: "spki", format: "der" });
  // An uncompressed P-256 point is 65 octets, and the last thing in the structure.
  return createHash("sha256").update(spki.subarray(-65)).digest().subarray(0, 20);
}

function generalName(host: string): Uint8Array {
  return isIP(host) === 0 ? taggedPrimitive(2, new TextEncoder().encode(host)) : taggedPrimitive(7, addressOctets(host));
}

/** The 4 or 16 octets of an IP address in network order. */
function addressOctets(host: string): Uint8Array {
  if (isIPv4(host)) return Uint8Array.from(host.split("."), Number);
  // The URL parser turns every way to write an IPv6 address into its one canonical form.
  const canonical = new URL(`http://[${host.replace(/%.*$/, "")}]`).hostname.slice(1, -1);
  const [head = "", tail] = canonical.split("::");
  const before = hexGroups(head);
  const after = hexGroups(tail ?? "");
  const words = [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after];
  return Uint8Array.from(words.flatMap((word) => [word >> 8, word & 0xff]));
}

function hexGroups(text: string): readonly number[] {
  return text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16));
}

function exportKey(key: KeyObject): string {
  return key.export({ type: "pkcs8", format: "pem" }).toString();
}

/** The issuer that a stored authority is. `privateKey` belongs to the certificate whose common name and end are given. */
export function issuerOf(commonName: string, privateKey: KeyObject, notAfter: Date): Issuer {
  return { commonName, privateKey, publicKey: createPublicKey(privateKey), notAfter };
}
