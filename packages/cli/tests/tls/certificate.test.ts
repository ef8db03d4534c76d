import { X509Certificate } from "node:crypto";

import { test } from "vitest";

import { makeAuthority, makeLeaf } from "../../src/tls/certificate.ts";

const NOW = new Date("2026-11-22T12:00:00.123Z");

/** An authority whose name is in UTF-8 strings, as other programs write it. Its key is nobody's secret: it was made for this test. */
const OTHER = {
  certificate: `-----BEGIN CERTIFICATE-----
MIIBqzCCAVGgAwIBAgIQVksYQ2awBDqyuT2BgtB81DAKBggqhkjOPQQDAjA0MQ8w
DQYDVQQKDAZTbHVpY2UxITAfBgNVBAMMGFNsdWljZSBsb2NhbCBDQSA4OTFmM2E5
YzAeFw0yNjExMjIxMzU5NTNaFw0zNjExMjExMzU5NTJaMDQxDzANBgNVBAoMBlNs
dWljZTEhMB8GA1UEAwwYU2x1aWNlIGxvY2FsIENBIDg5MWYzYTljMFkwEwYHKoZI
zj0CAQYIKoZIzj0DAQcDQgAEHpIvsEbYExfiI1utTNHgp95F3YWfLG4I/5MDfdWt
PpLzmYOss2ZqXMyNNfeqmHana4rpSBsFOL+KQZfvBzQGpaNFMEMwEgYDVR0TAQH/
BAgwBgEB/wIBADAOBgNVHQ8BAf8EBAMCAQYwHQYDVR0OBBYEFIkfOpzkygeqv93Z
XaPOk4qHWXToMAoGCCqGSM49BAMCA0gAMEUCIDOXpCA/UME5iDwABkTDcDujAvvG
M0mcxThJNmh0cDZ3AiEAgjQOys/+b23YHmTDjRrucouKUmGb+xAfvyD2xd4vGKw=
-----END CERTIFICATE-----
`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgfVPUNlJR1lfmGNp6
3zonapAWFrzZ9neLcKVzJLG1NRahRANCAAQeki+wRtgTF+IjW61M0eCn3kXdhZ8s
bgj/kwN91a0+kvOZg6yzZmpczI0196qYdqdriulIGwU4v4pBl+8HNAal
-----END PRIVATE KEY-----
`,
};

function hexOf(pem: string): string {
  return new X509Certificate(pem).raw.toString("hex");
}

test("what decides whether clients accept them is there octet by octet", async ({ expect }) => {
  const authority = await makeAuthority(NOW);
  const leaf = await makeLeaf(authority, ["localhost", "127.0.0.1", "2001:db8::1%eth0"], NOW);
  const [ca, server] = [hexOf(authority.certificate), hexOf(leaf.certificate)];
  // basicConstraints, critical: a CA that signs leaves only; no CA.
  expect(ca).toContain("0603551d130101ff040830060101ff020100");
  expect(server).toContain("0603551d130101ff04023000");
  // keyUsage, critical: keyCertSign and cRLSign; digitalSignature.
  expect(ca).toContain("0603551d0f0101ff040403020106");
  expect(server).toContain("0603551d0f0101ff040403020780");
  // extKeyUsage: serverAuth.
  expect(server).toContain("0603551d25040c300a06082b06010505070301");
  // subjectAltName: a name, an IPv4 address, an IPv6 address without its zone.
  expect(server).toContain("82096c6f63616c686f737487047f000001871020010db8000000000000000000000001");
  // The leaf names the authority's key as the authority does.
  const identifier = /0603551d0e04160414([0-9a-f]{40})/.exec(ca)?.[1] ?? "none";
  expect(server).toContain(`0603551d23041830168014${identifier}`);
  // No fraction of a second.
  expect(server).toContain(Buffer.from("\u0017\r261122110000Z", "latin1").toString("hex"));
});

test("serial numbers are positive, long and different", async ({ expect }) => {
  const authority = await makeAuthority(NOW);
  const serials = [authority, await makeLeaf(authority, ["a"], NOW), await makeLeaf(authority, ["a"], NOW)].map(
    ({ certificate }) => new X509Certificate(certificate).serialNumber,
  );
  expect(new Set(serials).size).toBe(3);
  for (const serial of serials) expect(serial).toMatch(/^[0-9A-F]{24,32}$/);
});

test("the name of an authority of another making is repeated octet by octet", async ({ expect }) => {
  const leaf = new X509Certificate((await makeLeaf(OTHER, ["localhost"], NOW)).certificate);
  const authority = new X509Certificate(OTHER.certificate);
  expect(leaf.checkIssued(authority)).toBe(true);
  expect(leaf.verify(authority.publicKey)).toBe(true);
  const name = Buffer.concat([Buffer.of(0x0c, 6), Buffer.from("Sluice")]);
  expect(authority.raw.includes(name)).toBe(true);
  expect(leaf.raw.includes(name)).toBe(true);
});
