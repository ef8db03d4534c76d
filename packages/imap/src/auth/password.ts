import * as z from "zod";

import { LIMITS } from "../limits.ts";
import type { Secret } from "../protocol/secret.ts";

/** A password as it is kept: scrypt (RFC 7914) with its parameters, salt and result in base64. */
export const PasswordRecord = z.object({
  algorithm: z.literal("scrypt"),
  n: z
    .int()
    .min(2)
    .max(1 << 20),
  r: z.int().min(1).max(32),
  p: z.int().min(1).max(16),
  salt: z.base64().max(200),
  hash: z.base64().max(200),
});
export type PasswordRecord = z.infer<typeof PasswordRecord>;

export interface ScryptParameters {
  readonly n: number;
  readonly r: number;
  readonly p: number;
}

/** Port: the two functions that the platform's cryptography gives us. */
export interface PasswordHasher {
  /** scrypt with a result of `length` octets. */
  scrypt(password: Uint8Array, salt: Uint8Array, parameters: ScryptParameters, length: number): Promise<Uint8Array>;
  /** HMAC-SHA-256, at once: a login from the cache waits for nothing. */
  hmac(key: Uint8Array, data: Uint8Array): Uint8Array;
}

/** 16 MiB and about 50 ms: what OWASP asks for at least, within what a Worker may take. */
const PARAMETERS: ScryptParameters = { n: 16_384, r: 8, p: 1 };
const SALT_OCTETS = 16;
const HASH_OCTETS = 32;

/** Hashes a new password with a salt of its own. */
export async function hashPassword(hasher: PasswordHasher, password: Secret): Promise<PasswordRecord> {
  const salt = crypto.getRandomValues(new Uint8Array(SALT_OCTETS));
  const hash = await hasher.scrypt(encoder.encode(password.reveal()), salt, PARAMETERS, HASH_OCTETS);
  return { algorithm: "scrypt", ...PARAMETERS, salt: toBase64(salt), hash: toBase64(hash) };
}

/** A record that no password matches: its check costs what any other does. */
export function unmatchedRecord(): PasswordRecord {
  const salt = crypto.getRandomValues(new Uint8Array(SALT_OCTETS));
  const hash = crypto.getRandomValues(new Uint8Array(HASH_OCTETS));
  return { algorithm: "scrypt", ...PARAMETERS, salt: toBase64(salt), hash: toBase64(hash) };
}

/** A password's octets, or `undefined` for one that is longer than any that could have been set. */
export function passwordOctets(password: Secret): Uint8Array | undefined {
  const text = password.reveal();
  if (text.length > LIMITS.passwordOctets) return undefined;
  const octets = encoder.encode(text);
  return octets.length > LIMITS.passwordOctets ? undefined : octets;
}

export function toBase64(octets: Uint8Array): string {
  return btoa(String.fromCharCode(...octets));
}

export function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

const encoder = new TextEncoder();
