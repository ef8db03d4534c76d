import { test } from "vitest";

import { launchers, type ProcessInfo } from "../src/launcher-watch.ts";

function chain(...commands: readonly string[]): (pid: number) => ProcessInfo | undefined {
  return (pid) => {
    const command = commands[pid - 100];
    return command === undefined ? undefined : { parent: pid - 99 + 100, command };
  };
}

test("npx, pnpm and the shells between them are launchers, the terminal's shell is not", ({ expect }) => {
  const inspect = chain(
    "/bin/sh /p/node_modules/.bin/node main.ts start",
    "sh -c build && node main.ts start",
    "node /c/_npx/1/node_modules/.bin/pnpm start",
    "sh -c 'pnpm' start",
    "npm exec pnpm@10.34.8 start",
    "-bash",
    "sshd",
  );
  expect(launchers(100, inspect)).toEqual([100, 101, 102, 103, 104]);
});

test("a shell that only mentions pnpm is no launcher", ({ expect }) => {
  expect(launchers(100, chain("bash -c npx pnpm start & sleep 100", "sshd"))).toEqual([]);
  expect(launchers(100, chain("node /p/pnpm-tools/serve.js", "node server.js npm"))).toEqual([]);
});

test("every form of a package manager's command line counts", ({ expect }) => {
  for (const command of [
    "pnpm start",
    "/usr/bin/node /usr/lib/pnpm.cjs start",
    "node /x/npm-cli.js run start",
    "/opt/pnpm/pnpm start",
    "npx",
  ]) {
    expect(launchers(100, chain("sh -c x", command))).toEqual([100, 101]);
  }
});

test("the walk is bounded", ({ expect }) => {
  expect(launchers(100, () => ({ parent: 100, command: "npm run x" }))).toHaveLength(10);
});
