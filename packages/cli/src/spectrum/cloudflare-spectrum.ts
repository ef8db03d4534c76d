import { APIError, Cloudflare } from "cloudflare";
import * as z from "zod";

import { CliError, messageOf } from "../cli-error.ts";
import { CLI_LIMITS } from "../limits.ts";
import { ListedApplication } from "./application.ts";
import type { SpectrumApi } from "./spectrum-api.ts";

const ListedWorker = z.object({ id: z.string(), tag: z.string().min(1).optional() });
const Created = z.object({ id: z.string().min(1) });

export interface CloudflareAccess {
  /** API token: goes into the request's header and nowhere else. */
  readonly token: string;
  /** Undefined is Cloudflare itself. */
  readonly baseUrl: string | undefined;
}

/** Adapter: {@link SpectrumApi} through Cloudflare's own SDK. */
export function createCloudflareSpectrum({ token, baseUrl }: CloudflareAccess): SpectrumApi {
  const client = new Cloudflare({
    apiToken: token,
    // What else the SDK would find in the environment: one way of saying who we are is enough.
    apiKey: null,
    apiEmail: null,
    userServiceKey: null,
    baseURL: baseUrl ?? null,
    timeout: CLI_LIMITS.apiRequest,
    maxRetries: CLI_LIMITS.apiRetries,
    // What fails is said once, by us; the SDK's own lines would show whole requests.
    logLevel: "off",
  });
  const once = { maxRetries: 0 };
  const said = <T>(work: () => Promise<T>): Promise<T> => explained(token, work);

  return {
    workerId: (accountId, name) =>
      said(async () => {
        let count = 0;
        for await (const script of client.workers.scripts.list({ account_id: accountId })) {
          const { id, tag } = ListedWorker.parse(script);
          if (id === name) return tag;
          if (++count >= CLI_LIMITS.apiListed) break;
        }
        return undefined;
      }),

    applications: (zoneId) =>
      said(async () => {
        const listed: ListedApplication[] = [];
        for await (const application of client.spectrum.apps.list({ zone_id: zoneId })) {
          listed.push(ListedApplication.parse(application));
          if (listed.length > CLI_LIMITS.apiListed) throw new CliError("the zone has too many Spectrum applications to look through");
        }
        return listed;
      }),

    create: (zoneId, application) =>
      said(async () => Created.parse(await client.spectrum.apps.create({ zone_id: zoneId, ...toParams(application) }, once)).id),

    update: (zoneId, id, application) =>
      said(async () => {
        await client.spectrum.apps.update(id, { zone_id: zoneId, ...toParams(application) }, once);
      }),
  };
}

/** The SDK's types know no `undefined` for what is left out. */
function toParams({ edge_ips: edgeIps, ip_firewall: firewall, ...rest }: Parameters<SpectrumApi["create"]>[1]) {
  return {
    ...rest,
    ...(edgeIps !== undefined && { edge_ips: edgeIps.type === "static" ? edgeIps : edgeIpsOf(edgeIps.connectivity) }),
    ...(firewall !== undefined && { ip_firewall: firewall }),
  };
}

function edgeIpsOf(connectivity: "all" | "ipv4" | "ipv6" | undefined) {
  return { type: "dynamic" as const, ...(connectivity !== undefined && { connectivity }) };
}

/** Turns whatever goes wrong into one line without the token. */
async function explained<T>(token: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(describe(error).replaceAll(token, "[token]"));
  }
}

function describe(error: unknown): string {
  if (error instanceof z.ZodError) return `Cloudflare's answer is not understood: ${z.prettifyError(error).split("\n").join("; ")}`;
  if (!(error instanceof APIError)) return `Cloudflare's API: ${messageOf(error)}`;
  const { status, errors } = error;
  // The SDK says "Connection error."; why stands in the causes.
  if (status === undefined) return `Cloudflare's API does not answer: ${messageOf(rootCause(error))}`;
  const reasons = errors.map(({ code, message }) => `${message ?? "no reason given"}${code === undefined ? "" : ` (${code})`}`);
  return `Cloudflare refuses with HTTP status ${status}: ${messageOf(reasons.length === 0 ? "no reason given" : reasons.join("; "))}`;
}

function rootCause(error: Error): Error {
  return error.cause instanceof Error ? rootCause(error.cause) : error;
}
