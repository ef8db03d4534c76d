import { test } from "vitest";

import { differences, findApplication, type ListedApplication, planApplication, withKeptSettings } from "../../src/spectrum/application.ts";

const PLAN = planApplication({ hostname: "imap.example.org", protocol: "tcp/993", tls: "flexible" }, "tag1");

function listed(changes: Partial<ListedApplication>): ListedApplication {
  return { id: "a", ...PLAN, ...changes };
}

test("the application with the hostname and the port is the one, whatever it leads to", ({ expect }) => {
  const other = listed({ id: "smtp", protocol: "tcp/465" });
  const direct = listed({ id: "direct", traffic_type: "direct", origin_worker_id: undefined });
  expect(findApplication([other, direct], PLAN)?.id).toBe("direct");
  expect(findApplication([listed({ dns: { type: "CNAME", name: "IMAP.example.org" } })], PLAN)?.id).toBe("a");
});

test("a changed port updates the application of the same Worker, and leaves other ports of the hostname alone", ({ expect }) => {
  const old = listed({ id: "old", protocol: "tcp/1993" });
  expect(findApplication([listed({ id: "ssh", protocol: "tcp/22", origin_worker_id: undefined }), old], PLAN)?.id).toBe("old");
  expect(findApplication([listed({ protocol: "tcp/22", origin_worker_id: "tag2" })], PLAN)).toBeUndefined();
  expect(findApplication([listed({ dns: { name: "other.example.org" } })], PLAN)).toBeUndefined();
});

test("an update keeps the firewall and the addresses that somebody has set", ({ expect }) => {
  const found = listed({
    ip_firewall: true,
    edge_ips: { type: "static", ips: ["192.0.2.1"] },
    dns: { type: "ADDRESS", name: PLAN.dns.name },
  });
  const wanted = withKeptSettings(PLAN, found);
  expect(wanted).toEqual({ ...PLAN, dns: { type: "ADDRESS", name: PLAN.dns.name }, ip_firewall: true, edge_ips: found.edge_ips });
  expect(differences(found, wanted)).toEqual([]);
});

test("each difference is named", ({ expect }) => {
  const found = listed({ tls: undefined, origin_worker_id: "tag0", traffic_type: "direct" });
  expect(differences(found, PLAN)).toEqual(["traffic_type direct -> worker", "origin_worker_id tag0 -> tag1", "tls none -> flexible"]);
});
