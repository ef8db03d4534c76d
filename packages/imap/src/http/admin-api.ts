import * as z from "zod";

import type { AccountDirectory } from "../auth/account-directory.ts";
import { normalizeAccountName } from "../auth/account-name.ts";
import { hashPassword, type PasswordHasher } from "../auth/password.ts";
import { LIMITS } from "../limits.ts";
import { Secret } from "../protocol/secret.ts";
import { checkBearerToken } from "./bearer-token.ts";
import { HttpError, jsonResponse, readJson } from "./json.ts";

const PREFIX = "/admin/v1/accounts";
const SHUTDOWN = "/admin/v1/shutdown";

export interface AdminServices {
  readonly directory: AccountDirectory;
  readonly hasher: PasswordHasher;
  readonly defaultDomain: string;
  /** `undefined`: the API is off. */
  readonly token: string | undefined;
  /** Wipes an account's mail and ends its connections. Safe to repeat. */
  wipe(accountId: string): Promise<void>;
  /** Ends an account's object, which its connections survive. */
  restart(accountId: string): Promise<void>;
  /** Ends all client connections with BYE; returns how many are left. `undefined`: this server cannot. */
  readonly shutDown: (() => number) | undefined;
}

const Password = z
  .string()
  .min(1, "a password is not empty")
  .refine(
    (text) => text.length <= LIMITS.passwordOctets && encoder.encode(text).length <= LIMITS.passwordOctets,
    `a password has ${LIMITS.passwordOctets} octets at most`,
  )
  // RFC 4616 and the IMAP grammar cannot carry them.
  .refine((text) => !/[\0\r\n]/.test(text), "a password holds no NUL and no line end");

const NewAccount = z.strictObject({ name: z.string().min(1).max(LIMITS.accountName), password: Password });
const NewPassword = z.strictObject({ password: Password });

/** Whether a request is for {@link handleAdmin}. */
export function isAdminPath(pathname: string): boolean {
  return pathname === "/admin" || pathname.startsWith("/admin/");
}

/** Answers `/admin/v1/accounts...` and `/admin/v1/shutdown`. @throws HttpError */
export async function handleAdmin(request: Request, services: AdminServices): Promise<Response> {
  checkBearerToken(request, [services.token], "The admin API is off: no ADMIN_TOKEN is set");
  const { pathname } = new URL(request.url);
  if (pathname === SHUTDOWN && services.shutDown !== undefined) {
    if (request.method !== "POST") throw new HttpError(405, "Method not allowed");
    return jsonResponse(200, { connections: services.shutDown() });
  }
  if (pathname === PREFIX) {
    if (request.method === "GET") return jsonResponse(200, { accounts: await services.directory.list() });
    if (request.method === "POST") return createAccount(await readJson(request, NewAccount), services);
    throw new HttpError(405, "Method not allowed");
  }
  const [encoded, action, ...rest] = pathname.startsWith(`${PREFIX}/`) ? pathname.slice(PREFIX.length + 1).split("/") : [];
  if (encoded === undefined || encoded === "" || rest.length > 0) throw new HttpError(404, "No such resource");
  const name = accountName(decodeName(encoded), services);
  if (action === undefined) {
    if (request.method !== "DELETE") throw new HttpError(405, "Method not allowed");
    return removeAccount(name, services);
  }
  if (action === "restart") {
    if (request.method !== "POST") throw new HttpError(405, "Method not allowed");
    const record = await services.directory.find(name);
    if (record === undefined) throw noAccount(name);
    await services.restart(record.id);
    return new Response(null, { status: 204 });
  }
  if (action !== "password") throw new HttpError(404, "No such resource");
  if (request.method !== "PUT") throw new HttpError(405, "Method not allowed");
  const { password } = await readJson(request, NewPassword);
  if ((await services.directory.find(name)) === undefined) throw noAccount(name);
  if (!(await services.directory.setPassword(name, await hashPassword(services.hasher, new Secret(password))))) throw noAccount(name);
  return new Response(null, { status: 204 });
}

async function createAccount({ name, password }: z.infer<typeof NewAccount>, services: AdminServices): Promise<Response> {
  const normalized = accountName(name, services);
  if ((await services.directory.find(normalized)) !== undefined) throw new HttpError(409, `There is an account ${normalized} already`);
  const created = await services.directory.create(normalized, await hashPassword(services.hasher, new Secret(password)));
  if (created === undefined) throw new HttpError(409, `There is an account ${normalized} already`);
  return jsonResponse(201, { id: created.id, name: created.name });
}

/** The mail first: should it fail in the middle, the account is still there to be removed again. */
async function removeAccount(name: string, services: AdminServices): Promise<Response> {
  const record = await services.directory.find(name);
  if (record === undefined) throw noAccount(name);
  await services.wipe(record.id);
  await services.directory.remove(name);
  return new Response(null, { status: 204 });
}

function accountName(name: string, { defaultDomain }: AdminServices): string {
  const normalized = normalizeAccountName(name, defaultDomain);
  if (normalized === undefined) throw new HttpError(400, "name: expected NAME or NAME@DOMAIN without spaces and special characters");
  return normalized;
}

function decodeName(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw new HttpError(400, "The account's name in the address is not URL-encoded");
  }
}

function noAccount(name: string): HttpError {
  return new HttpError(404, `There is no account ${name}`);
}

const encoder = new TextEncoder();
