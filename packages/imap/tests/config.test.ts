import { test } from "vitest";

import { readConfig } from "../src/config.ts";
import { limitsWith } from "../src/limit-settings.ts";
import { LIMITS } from "../src/limits.ts";

test("settings have defaults", ({ expect }) => {
  expect(readConfig({})).toEqual({
    DEFAULT_DOMAIN: "localhost",
    LIMITS: {},
    SHUTDOWN: "off",
    VERSION: "development",
    LOG_LEVEL: "warn",
    SPECTRUM: undefined,
    WEBSOCKET_ORIGINS: [],
    WEBSOCKET_PLAIN: "on",
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
  expect(() => readConfig({ METRICS_TOKEN: "short" })).toThrow(/METRICS_TOKEN/);
  expect(() => readConfig({ DEFAULT_DOMAIN: "no domain" })).toThrow(/DEFAULT_DOMAIN/);
  expect(() => readConfig({ SPECTRUM: { hostname: "a", protocol: "udp/1", tls: "full" } })).toThrow(/SPECTRUM\.protocol.*SPECTRUM\.tls/);
  expect(() => readConfig({ SPECTRUM: "{" })).toThrow(/SPECTRUM/);
});

test("origins are read as an array and as text with commas, in the one spelling that browsers send", ({ expect }) => {
  const origins = ["https://mail.example.com", "http://localhost:3000", "moz-extension://6b1f", "http://[::1]:8080", "*"];
  expect(readConfig({ WEBSOCKET_ORIGINS: origins }).WEBSOCKET_ORIGINS).toEqual(origins);
  expect(readConfig({ WEBSOCKET_ORIGINS: ` ${origins.join(" ,")},` }).WEBSOCKET_ORIGINS).toEqual(origins);
  expect(readConfig({ WEBSOCKET_ORIGINS: "" }).WEBSOCKET_ORIGINS).toEqual([]);
  for (const wrong of [
    "mail.example.com",
    "https://mail.example.com/",
    "https://Mail.example.com",
    "https://mail.example.com:443",
    "https://a@mail.example.com",
    "https://",
    "null",
  ])
    expect(() => readConfig({ WEBSOCKET_ORIGINS: wrong }), wrong).toThrow(/^Configuration: WEBSOCKET_ORIGINS\.0/);
  expect(() => readConfig({ WEBSOCKET_ORIGINS: 7 })).toThrow(/WEBSOCKET_ORIGINS/);
});

test("the header of the client's address is a header's name, and plain WebSockets are on or off", ({ expect }) => {
  expect(readConfig({ CLIENT_ADDRESS_HEADER: "X-Real-IP", WEBSOCKET_PLAIN: "off" })).toMatchObject({
    CLIENT_ADDRESS_HEADER: "X-Real-IP",
    WEBSOCKET_PLAIN: "off",
  });
  expect(() => readConfig({ CLIENT_ADDRESS_HEADER: "X Real" })).toThrow(/CLIENT_ADDRESS_HEADER/);
  expect(() => readConfig({ WEBSOCKET_PLAIN: "no" })).toThrow(/WEBSOCKET_PLAIN/);
});

test("limits are set within their bounds, as a table or as JSON, and the others keep their defaults", ({ expect }) => {
  for (const set of [{ loginTime: 5000 }, '{"loginTime":5000}']) {
    const limits = limitsWith(readConfig({ LIMITS: set }).LIMITS);
    expect(limits).toEqual({ ...LIMITS, loginTime: 5000 });
  }
  expect(limitsWith(readConfig({ LIMITS: { loginDelay: 0, failedLogins: 1 } }).LIMITS)).toMatchObject({ loginDelay: 0, failedLogins: 1 });
  for (const wrong of [{ loginTime: 0 }, { lineLength: 100 }, { tagLength: 5 }, { failedLogins: 0 }, { loginDelay: -1 }, "loginTime=5", 7])
    expect(() => readConfig({ LIMITS: wrong })).toThrow(/^Configuration: LIMITS/);
  for (const wrong of [0, 99, 86_400_001, 100.5, "500"])
    expect(() => readConfig({ LIMITS: { loginTime: wrong } })).toThrow(
      /^Configuration: LIMITS\.loginTime: expects 100 to 86400000 milliseconds$/,
    );
});
