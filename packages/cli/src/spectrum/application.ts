import type { Spectrum } from "@sluice/imap/config";
import * as z from "zod";

/** Addresses under which Cloudflare's edge listens: Cloudflare's own, or the customer's (then the DNS type is ADDRESS). */
const EdgeIps = z.discriminatedUnion("type", [
  z.object({ type: z.literal("dynamic"), connectivity: z.enum(["all", "ipv4", "ipv6"]).optional() }),
  z.object({ type: z.literal("static"), ips: z.array(z.string()) }),
]);

/** A Spectrum application that hands TCP connections to a Worker: the body of the request that creates it. */
export const WorkerApplication = z.object({
  dns: z.object({ type: z.enum(["CNAME", "ADDRESS"]), name: z.hostname() }),
  protocol: z.string(),
  traffic_type: z.literal("worker"),
  /** Script tag of the Worker. */
  origin_worker_id: z.string(),
  /** With a Worker behind it Spectrum knows only these two; "full" and "strict" speak TLS with an origin. */
  tls: z.enum(["off", "flexible"]),
  edge_ips: EdgeIps.optional(),
  ip_firewall: z.boolean().optional(),
});
export type WorkerApplication = z.infer<typeof WorkerApplication>;

/** An application as Cloudflare lists it, of whatever kind. */
export const ListedApplication = z.object({
  id: z.string().min(1),
  dns: z.object({ type: z.string().optional(), name: z.string().optional() }),
  protocol: z.string(),
  traffic_type: z.string().optional(),
  origin_worker_id: z.string().optional(),
  tls: z.string().optional(),
  edge_ips: EdgeIps.optional(),
  ip_firewall: z.boolean().optional(),
});
export type ListedApplication = z.infer<typeof ListedApplication>;

/** The application that brings clients to the Worker with this script tag. */
export function planApplication(spectrum: Spectrum, workerId: string): WorkerApplication {
  return {
    // The other DNS type belongs to addresses of one's own.
    dns: { type: "CNAME", name: spectrum.hostname },
    protocol: spectrum.protocol,
    traffic_type: "worker",
    origin_worker_id: workerId,
    tls: spectrum.tls,
  };
}

/**
 * The application to update: the one with the hostname and the port. Where there is none, the one with the hostname that already
 * leads to the Worker: its port has changed. Others of the hostname serve other ports and are left alone.
 */
export function findApplication(listed: readonly ListedApplication[], wanted: WorkerApplication): ListedApplication | undefined {
  const named = listed.filter(({ dns }) => dns.name?.toLowerCase() === wanted.dns.name.toLowerCase());
  return (
    named.find(({ protocol }) => protocol === wanted.protocol) ??
    named.find(({ origin_worker_id: worker }) => worker === wanted.origin_worker_id)
  );
}

/** The request that updates `found`. An update replaces everything, so what somebody has set besides the plan is sent along. */
export function withKeptSettings(wanted: WorkerApplication, found: ListedApplication): WorkerApplication {
  const { edge_ips: edgeIps, ip_firewall: firewall } = found;
  return {
    ...wanted,
    dns: { ...wanted.dns, type: edgeIps?.type === "static" ? "ADDRESS" : wanted.dns.type },
    ...(edgeIps !== undefined && { edge_ips: edgeIps }),
    ...(firewall !== undefined && { ip_firewall: firewall }),
  };
}

/** What an update would change, one phrase for each setting; empty when there is nothing to do. */
export function differences(found: ListedApplication, wanted: WorkerApplication): string[] {
  const pairs: readonly (readonly [string, string | undefined, string])[] = [
    ["dns.type", found.dns.type, wanted.dns.type],
    ["protocol", found.protocol, wanted.protocol],
    ["traffic_type", found.traffic_type, wanted.traffic_type],
    ["origin_worker_id", found.origin_worker_id, wanted.origin_worker_id],
    ["tls", found.tls, wanted.tls],
  ];
  return pairs.flatMap(([name, before, after]) => (before === after ? [] : [`${name} ${before ?? "none"} -> ${after}`]));
}
