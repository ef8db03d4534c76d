import { test } from "vitest";

import { readConfig } from "../src/config.ts";

test("settings have defaults", ({ expect }) => {
  expect(readConfig({})).toEqual({ DEFAULT_DOMAIN: "localhost", VERSION: "development", LOG_LEVEL: "warn", SPECTRUM: undefined });
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
