import { resolve } from "node:path";

import { LimitSettings } from "@sluice/imap/limit-settings";
import { LIMITS } from "@sluice/imap/limits";
import { describe, test } from "vitest";

import { CliError } from "../src/cli-error.ts";
import { HELP } from "../src/help.ts";
import { readStartOptions } from "../src/start-options.ts";

test("the defaults are the addresses of the README and a demo account", ({ expect }) => {
  expect(readStartOptions([])).toEqual({
    imaps: { host: "127.0.0.1", port: 1993 },
    imap: { host: "127.0.0.1", port: 1143 },
    http: { host: "127.0.0.1", port: 8080 },
    data: resolve(".sluice"),
    demo: true,
    limits: {},
    webSocketOrigins: [],
    webSocketPlain: true,
  });
});

test("every option is read, in both spellings", ({ expect }) => {
  const args = ["--imaps", "[::1]:993", "--imap=0.0.0.0:0", "--http", "localhost:81", "--data=/tmp/x y", "--no-demo"];
  const more = ["--limit", "loginTime=500", "--limit=badCommands=3", "--websocket-origin", "https://a.example", "--websocket-origin=*"];
  expect(readStartOptions([...args, ...more, "--no-websocket-plain"])).toEqual({
    imaps: { host: "::1", port: 993 },
    imap: { host: "0.0.0.0", port: 0 },
    http: { host: "localhost", port: 81 },
    data: "/tmp/x y",
    demo: false,
    limits: { loginTime: 500, badCommands: 3 },
    webSocketOrigins: ["https://a.example", "*"],
    webSocketPlain: false,
  });
});

test("help wins over everything that can be parsed", ({ expect }) => {
  expect(readStartOptions(["--help", "--imaps", "nonsense"])).toBe("help");
  expect(readStartOptions(["-h"])).toBe("help");
});

test("the help names every limit that can be set", ({ expect }) => {
  for (const name of Object.keys(LimitSettings.shape)) expect(HELP.start).toMatch(new RegExp(`[ ]${name}[ \\n]`));
});

test("the same address twice is refused, port 0 is not", ({ expect }) => {
  expect(() => readStartOptions(["--imap", "127.0.0.1:1993"])).toThrow(/--imaps and --imap are both 127\.0\.0\.1:1993/);
  expect(readStartOptions(["--imaps", "a:0", "--imap", "a:0", "--http", "a:0"])).toMatchObject({ imaps: { port: 0 } });
});

test("more origins than the server takes are refused before it starts", ({ expect }) => {
  const origins = Array.from({ length: LIMITS.webSocketOrigins + 1 }, (_, at) => `--websocket-origin=https://${at}.example`);
  expect(() => readStartOptions(origins)).toThrow(/^start: --websocket-origin /);
  expect(readStartOptions(origins.slice(1))).toHaveProperty("webSocketOrigins.length", LIMITS.webSocketOrigins);
});

describe("a bad option is one line that names it", () => {
  for (const [args, pattern] of [
    [["--frobnicate"], /--frobnicate/],
    [["--imaps", "1993"], /^start: --imaps expects HOST:PORT, .* not "1993"$/],
    [["--imap", "a:70000"], /--imap expects/],
    [["--http", "\u001b[31m:1"], /^start: --http expects .*"\\u001b\[31m:1"$/],
    [["--http"], /--http/],
    [["--data", ""], /--data expects a directory/],
    [["--no-demo=1"], /--no-demo/],
    [["extra"], /unexpected argument "extra"/],
    [["--data", "a", "--data", "b"], /--data is given twice/],
    [["--limit", "loginTime"], /^start: --limit expects NAME=VALUE .*, not "loginTime"$/],
    [["--limit", "loginTime=1s"], /--limit expects NAME=VALUE/],
    [["--limit", "loginTime=-1"], /--limit expects NAME=VALUE/],
    [["--limit", "tagLength=5"], /^start: --limit knows no tagLength; what can be set: .*commandTime/],
    [["--limit", "toString=5"], /--limit knows no toString/],
    [["--limit", "loginTime=500", "--limit", "loginTime=600"], /--limit sets loginTime twice/],
    [["--limit", "badCommands=3", "--limit", "loginTime=1"], /^start: --limit loginTime expects 100 to 86400000 milliseconds, not 1$/],
    [["--limit", "badCommands=1000001"], /^start: --limit badCommands expects 1 to 1000000 commands, not 1000001$/],
    [["--limit", "lineLength=100"], /^start: --limit lineLength expects 8192 to 2097152 octets, not 100$/],
    [["--websocket-origin", "mail.example.com"], /^start: --websocket-origin expects \* or an origin/],
  ] as const) {
    test(`start ${args.join(" ")}`, ({ expect }) => {
      expect(() => readStartOptions(args)).toThrow(CliError);
      expect(() => readStartOptions(args)).toThrow(pattern);
      expect(() => readStartOptions(args)).not.toThrow(/\n/);
    });
  }
});
