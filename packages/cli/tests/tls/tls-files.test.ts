import { createPrivateKey, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { connect, createServer } from "node:tls";

import { onTestFinished, test } from "vitest";

import { certificateHosts, ensureTlsFiles } from "../../src/tls/tls-files.ts";
import { portOf, temporaryFolder } from "../temporary.ts";

const NOW = new Date("2026-11-22T12:00:00Z");
const DAY = 24 * 3_600_000;

function certificates(folder: string): { readonly ca: X509Certificate; readonly leaf: X509Certificate } {
  return {
    ca: new X509Certificate(readFileSync(join(folder, "ca.pem"))),
    leaf: new X509Certificate(readFileSync(join(folder, "cert.pem"))),
  };
}

test("the leaf is signed by the authority, for localhost and 127.0.0.1, and is no authority itself", async ({ expect }) => {
  const folder = temporaryFolder();
  const files = await ensureTlsFiles(folder, "127.0.0.1", NOW);
  const { ca, leaf } = certificates(folder);
  expect(files).toMatchObject({ made: "first authority", fingerprint: leaf.fingerprint256, caFingerprint: ca.fingerprint256 });
  expect(ca.ca).toBe(true);
  expect(ca.verify(ca.publicKey)).toBe(true);
  expect(leaf.ca).toBe(false);
  expect(leaf.issuer).toBe(ca.subject);
  expect(leaf.subject).not.toBe(leaf.issuer);
  expect(leaf.checkIssued(ca)).toBe(true);
  expect(leaf.verify(ca.publicKey)).toBe(true);
  expect(leaf.verify(leaf.publicKey)).toBe(false);
  expect(leaf.subjectAltName).toBe("DNS:localhost, IP Address:127.0.0.1");
  // id-kp-serverAuth
  expect(leaf.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]);
  expect(leaf.publicKey.asymmetricKeyDetails).toMatchObject({ namedCurve: "prime256v1" });
  expect(leaf.checkPrivateKey(createPrivateKey(readFileSync(join(folder, "key.pem"))))).toBe(true);
  expect(ca.checkPrivateKey(createPrivateKey(readFileSync(join(folder, "ca-key.pem"))))).toBe(true);
  for (const name of ["key.pem", "ca-key.pem"]) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
  // The chain file carries both, leaf first.
  expect(readFileSync(join(folder, "cert.pem"), "utf8")).toBe(leaf.toString() + ca.toString());
});

test("the leaf is valid from now for at most 825 days, the authority for ten years", async ({ expect }) => {
  const folder = temporaryFolder();
  await ensureTlsFiles(folder, "localhost", NOW);
  const { ca, leaf } = certificates(folder);
  expect(leaf.validFromDate.getTime()).toBeLessThan(NOW.getTime());
  const life = (leaf.validToDate.getTime() - leaf.validFromDate.getTime()) / DAY;
  expect(life).toBeLessThan(825);
  expect(life).toBeGreaterThan(824);
  expect(ca.validToDate.getUTCFullYear()).toBe(2036);
});

test("a client that trusts the authority, and nothing else, connects by name and by address", async ({ expect }) => {
  const folder = temporaryFolder();
  const { ca } = await ensureTlsFiles(folder, "::1", new Date());
  const server = createServer(
    { key: readFileSync(join(folder, "key.pem")), cert: readFileSync(join(folder, "cert.pem")) },
    (socket) => void socket.end("hello"),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const port = portOf(server);
  for (const host of ["localhost", "127.0.0.1"]) {
    const socket = connect({ host, port, ca });
    expect(String((await once(socket, "data"))[0])).toBe("hello");
    expect(socket.authorized).toBe(true);
    socket.destroy();
  }
  const stranger = connect({ host: "127.0.0.1", port });
  await expect(once(stranger, "secureConnect")).rejects.toMatchObject({ code: expect.stringMatching(/SELF_SIGNED|UNABLE_TO/) as unknown });
});

test("files are kept as long as they fit", async ({ expect }) => {
  const folder = temporaryFolder();
  const first = await ensureTlsFiles(folder, "127.0.0.1", NOW);
  expect(await ensureTlsFiles(folder, "localhost", new Date(NOW.getTime() + 700 * DAY))).toEqual({ ...first, made: "nothing" });
});

test("another host, or an end that is near, makes a new leaf under the same authority", async ({ expect }) => {
  const folder = temporaryFolder();
  const first = await ensureTlsFiles(folder, "127.0.0.1", NOW);
  const moved = await ensureTlsFiles(folder, "mail.example.org", NOW);
  expect(moved).toMatchObject({ made: "leaf", caFingerprint: first.caFingerprint });
  expect(certificates(folder).leaf.subjectAltName).toBe("DNS:localhost, IP Address:127.0.0.1, DNS:mail.example.org");
  expect((await ensureTlsFiles(folder, "2001:db8::1", NOW)).made).toBe("leaf");
  expect(certificates(folder).leaf.checkIP("2001:db8:0:0:0:0:0:1")).toBe("2001:db8:0:0:0:0:0:1");
  const later = await ensureTlsFiles(folder, "127.0.0.1", new Date(NOW.getTime() + 800 * DAY));
  expect(later).toMatchObject({ made: "leaf", caFingerprint: first.caFingerprint });
});

test("an authority near its end is made anew, and no leaf outlives its authority", async ({ expect }) => {
  const folder = temporaryFolder();
  const first = await ensureTlsFiles(folder, "127.0.0.1", NOW);
  await ensureTlsFiles(folder, "127.0.0.1", new Date(NOW.getTime() + 3_600 * DAY));
  const { ca, leaf } = certificates(folder);
  expect(ca.fingerprint256).toBe(first.caFingerprint);
  expect(leaf.validToDate).toEqual(ca.validToDate);
  const renewed = await ensureTlsFiles(folder, "127.0.0.1", new Date(NOW.getTime() + 3_640 * DAY));
  expect(renewed.made).toBe("new authority");
  expect(renewed.caFingerprint).not.toBe(first.caFingerprint);
});

for (const [name, made] of [
  ["key.pem", "leaf"],
  ["cert.pem", "leaf"],
  ["ca-key.pem", "new authority"],
  ["ca.pem", "new authority"],
] as const) {
  test(`a damaged ${name} is replaced`, async ({ expect }) => {
    const folder = temporaryFolder();
    await ensureTlsFiles(folder, "127.0.0.1", NOW);
    writeFileSync(join(folder, name), "-----BEGIN NOTHING-----\n");
    expect((await ensureTlsFiles(folder, "127.0.0.1", NOW)).made).toBe(made);
    expect((await ensureTlsFiles(folder, "127.0.0.1", NOW)).made).toBe("nothing");
  });
}

test("a key of another certificate is noticed", async ({ expect }) => {
  const [one, other] = [temporaryFolder(), temporaryFolder()];
  await ensureTlsFiles(one, "127.0.0.1", NOW);
  await ensureTlsFiles(other, "127.0.0.1", NOW);
  writeFileSync(join(one, "key.pem"), readFileSync(join(other, "key.pem")));
  expect((await ensureTlsFiles(one, "127.0.0.1", NOW)).made).toBe("leaf");
});

test("a server on every interface is certified under the machine's name", ({ expect }) => {
  const own = hostname();
  expect(certificateHosts("0.0.0.0")).toEqual(
    /^[A-Za-z0-9.-]+$/.test(own) && own !== "localhost" ? ["localhost", "127.0.0.1", own] : ["localhost", "127.0.0.1"],
  );
  expect(certificateHosts("LOCALHOST")).toEqual(["localhost", "127.0.0.1"]);
});
