import { test } from "vitest";

import { readConfig } from "../src/config.ts";
import { LIMITS, limitsWith } from "../src/limits.ts";

test("settings have defaults", ({ expect }) => {
  expect(readConfig({})).toEqual({
    DEFAULT_DOMAIN: "localhost",
    LIMITS: {},
    VERSION: "development",
    LOG_LEVEL: "warn",
    SPECTRUM: undefined,
  });
});

test("the Spectrum section is read as a table and as JSON", ({ expect }) => {
  const section = { hostname: "imap.example.com", protocol: "tcp/993", tls: "flexible" };
  expect(readConfig({ SPECTRUM: section }).SPECTRUM).toEqual(section);
  expect(readConfig({ SPECTRUM: JSON.stringify(section) }).SPECTRUM).toEqual(section);
});

test("what is wrong is named, without its value", ({ expect }) => {
  expect(() => readConfig({ ADMIN_TOKEN: "short" })).toThrow(/ADMIN_TOKEN/);
  expect(() => readConfig({ ADMIN_TOKEN: "short" })).not.toThrow(/short/);
  expect(() => readConfig({ DEFAULT_DOMAIN: "no domain" })).toThrow(/DEFAULT_DOMAIN/);
  expect(() => readConfig({ SPECTRUM: { hostname: "a", protocol: "udp/1", tls: "full" } })).toThrow(/SPECTRUM\.protocol.*SPECTRUM\.tls/);
  expect(() => readConfig({ SPECTRUM: "{" })).toThrow(/SPECTRUM/);
});

test("limits are set within their bounds, as a table or as JSON, and the others keep their defaults", ({ expect }) => {
  for (const set of [{ loginTime: 5000 }, '{"loginTime":5000}']) {
    const limits = limitsWith(readConfig({ LIMITS: set }).LIMITS);
    expect(limits).toEqual({ ...LIMITS, loginTime: 5000 });
  }
  expect(limitsWith(readConfig({ LIMITS: { loginDelay: 0, failedLogins: 1 } }).LIMITS)).toMatchObject({ loginDelay: 0, failedLogins: 1 });
  for (const wrong of [{ loginTime: 0 }, { lineLength: 100 }, { tagLength: 5 }, { failedLogins: 0 }, { loginDelay: -1 }, "loginTime=5", 7])
    expect(() => readConfig({ LIMITS: wrong })).toThrow(/^Configuration: LIMITS/);
});
