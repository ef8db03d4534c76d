import { createHmac, scryptSync } from "node:crypto";

import type { PasswordHasher } from "../../auth/password.ts";

/** Twice what N=16384, r=8 needs. */
const MAX_MEMORY = 64 * 1024 * 1024;

/**
 * scrypt and HMAC of `node:crypto`, which Workers have too. There scrypt takes the only thread in either
 * of its forms; the synchronous one cannot be left half done by a connection that ends meanwhile.
 */
export const nodePasswordHasher: PasswordHasher = {
  scrypt: (password, salt, { n, r, p }, length) =>
    new Promise((resolve) => resolve(new Uint8Array(scryptSync(password, salt, length, { N: n, r, p, maxmem: MAX_MEMORY })))),
  hmac: (key, data) => new Uint8Array(createHmac("sha256", key).update(data).digest()),
};
