import { test } from "vitest";

import { describeStart, readyLine, type StartReport, warnings } from "../../src/commands/start-report.ts";

const REPORT: StartReport = {
  version: "9.8.7",
  data: "/home/me/my data",
  addresses: { imaps: { host: "127.0.0.1", port: 1993 }, imap: { host: "::1", port: 1143 }, http: { host: "localhost", port: 8080 } },
  tls: {
    caPath: "/home/me/my data/tls/ca.pem",
    keyPath: "k",
    chainPath: "c",
    ca: "PEM",
    fingerprint: "AA:BB",
    caFingerprint: "CC:DD",
    made: "nothing",
  },
  demo: { user: "demo@sluice.test", password: "aaaa-bbbb" },
};

test("the ready line is what programs read: fields in order, the directory last", ({ expect }) => {
  expect(readyLine(REPORT)).toBe(
    "ready imaps=127.0.0.1:1993 imap=[::1]:1143 http=localhost:8080 user=demo@sluice.test password=aaaa-bbbb data=/home/me/my data\n",
  );
  expect(readyLine({ ...REPORT, demo: { user: "demo@sluice.test" } })).toBe(
    "ready imaps=127.0.0.1:1993 imap=[::1]:1143 http=localhost:8080 user=demo@sluice.test data=/home/me/my data\n",
  );
  expect(readyLine({ ...REPORT, demo: undefined })).toBe(
    "ready imaps=127.0.0.1:1993 imap=[::1]:1143 http=localhost:8080 data=/home/me/my data\n",
  );
});

test("people are told where, who, and whom to trust", ({ expect }) => {
  const text = describeStart(REPORT);
  for (const part of [
    "9.8.7",
    "127.0.0.1:1993",
    "[::1]:1143",
    "http://localhost:8080",
    "SHA-256 AA:BB",
    "/tls/ca.pem",
    "demo@sluice.test",
    "aaaa-bbbb",
    "Thunderbird",
    "host localhost, port 1993",
    "SSL/TLS",
  ])
    expect(text).toContain(part);
  expect(describeStart({ ...REPORT, demo: { user: "demo@sluice.test" } })).toContain("the one you have set");
  expect(describeStart({ ...REPORT, demo: undefined })).not.toContain("Password  ");
});

test("open sockets without TLS and a new authority are warned of", ({ expect }) => {
  expect(warnings(REPORT)).toEqual([]);
  const open = {
    ...REPORT,
    addresses: { ...REPORT.addresses, imap: { host: "0.0.0.0", port: 1143 } },
    tls: { ...REPORT.tls, made: "new authority" as const },
  };
  expect(warnings(open)).toEqual([expect.stringContaining("--imap 0.0.0.0:1143"), expect.stringContaining("ca.pem")]);
});
