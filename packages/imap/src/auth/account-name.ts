import { LIMITS } from "../limits.ts";

/**
 * The one spelling of an account's name: NFC, lower case, with its domain. A name without `@` belongs to the
 * default domain. `undefined`: no account can have this name.
 */
export function normalizeAccountName(name: string, defaultDomain: string): string | undefined {
  if (name.length > LIMITS.accountName) return undefined;
  const lower = name.normalize("NFC").toLowerCase();
  const full = lower.includes("@") ? lower : `${lower}@${defaultDomain}`;
  return full.length <= LIMITS.accountName && NAME.test(full) ? full : undefined;
}

/** A local part of up to 64 characters without spaces, controls, quotes and slashes, and a domain. */
const NAME = /^[^\s\p{C}"(),/:;<>@[\\\]]{1,64}@[\p{L}\p{N}](?:[\p{L}\p{N}.-]{0,252}[\p{L}\p{N}])?$/u;
