import { test } from "vitest";

import { capnpText, workerdConfiguration } from "../../src/workerd/configuration.ts";

test("texts are quoted so that nothing gets out of them", ({ expect }) => {
  expect(capnpText("plain text")).toBe('"plain text"');
  expect(capnpText('a"b\\c')).toBe(String.raw`"a\"b\\c"`);
  expect(capnpText("\n\r\t\0\u007f")).toBe(String.raw`"\x0a\x0d\x09\x00\x7f"`);
  expect(capnpText("\u00e9\u{1f600}")).toBe(String.raw`"\xc3\xa9\xf0\x9f\x98\x80"`);
});

test("every string of the configuration is a quoted one", ({ expect }) => {
  const evil = '"), (name = "x';
  const text = workerdConfiguration({
    addresses: { imaps: { host: "::1", port: 1 }, imap: { host: "127.0.0.1", port: 2 }, http: { host: "localhost", port: 3 } },
    objects: `/o/${evil}`,
    bodies: `/b/${evil}`,
    files: { worker: `w${evil}`, wasm: ["server/imap.wasm", `server/b${evil}`], key: "tls/key.pem", chain: "tls/cert.pem" },
    adminToken: `t${evil}`,
    defaultDomain: `d${evil}`,
    version: `v${evil}`,
    limits: { loginTime: 500 },
    webSocketOrigins: ["https://a.example", `o${evil}`],
    webSocketPlain: false,
    compatibilityDate: "2026-11-02",
  });
  expect(text.split(capnpText(evil).slice(1, -1))).toHaveLength(10);
  expect(text).not.toContain(evil);
  expect(text).toContain('address = "[::1]:1"');
  expect(text).toContain('(name = "imap.wasm", wasm = embed "server/imap.wasm"),');
  expect(text).toContain('privateKey = embed "tls/key.pem", certificateChain = embed "tls/cert.pem"');
  expect(text).toContain(String.raw`(name = "LIMITS", text = "{\"loginTime\":500}")`);
  expect(text).toContain('(name = "WEBSOCKET_ORIGINS", text = "https://a.example,o');
  expect(text).toContain('(name = "WEBSOCKET_PLAIN", text = "off")');
  expect(text).toContain('className = "AccountObject", uniqueKey = "sluice-account", enableSql = true');
  expect(text).toContain('className = "DirectoryObject", uniqueKey = "sluice-directory", enableSql = true');
});
