import { resolve } from "node:path";

import { describe, test } from "vitest";

import { CliError } from "../src/cli-error.ts";
import { readStartOptions } from "../src/start-options.ts";

test("the defaults are the addresses of the README and a demo account", ({ expect }) => {
  expect(readStartOptions([])).toEqual({
    imaps: { host: "127.0.0.1", port: 1993 },
    imap: { host: "127.0.0.1", port: 1143 },
    http: { host: "127.0.0.1", port: 8080 },
    data: resolve(".sluice"),
    demo: true,
  });
});

test("every option is read, in both spellings", ({ expect }) => {
  const args = ["--imaps", "[::1]:993", "--imap=0.0.0.0:0", "--http", "localhost:81", "--data=/tmp/x y", "--no-demo"];
  expect(readStartOptions(args)).toEqual({
    imaps: { host: "::1", port: 993 },
    imap: { host: "0.0.0.0", port: 0 },
    http: { host: "localhost", port: 81 },
    data: "/tmp/x y",
    demo: false,
  });
});

test("help wins over everything that can be parsed", ({ expect }) => {
  expect(readStartOptions(["--help", "--imaps", "nonsense"])).toBe("help");
  expect(readStartOptions(["-h"])).toBe("help");
});

test("the same address twice is refused, port 0 is not", ({ expect }) => {
  expect(() => readStartOptions(["--imap", "127.0.0.1:1993"])).toThrow(/--imaps and --imap are both 127\.0\.0\.1:1993/);
  expect(readStartOptions(["--imaps", "a:0", "--imap", "a:0", "--http", "a:0"])).toMatchObject({ imaps: { port: 0 } });
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
  ] as const) {
    test(`start ${args.join(" ")}`, ({ expect }) => {
      expect(() => readStartOptions(args)).toThrow(CliError);
      expect(() => readStartOptions(args)).toThrow(pattern);
      expect(() => readStartOptions(args)).not.toThrow(/\n/);
    });
  }
});
