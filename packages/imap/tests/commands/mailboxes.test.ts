import { describe, test } from "vitest";

import { LIMITS } from "../../src/limits.ts";
import { InMemoryServer } from "../support/in-memory-server.ts";

const patterns = (count: number) => Array(count).fill("x").join(" ");

describe("limits", () => {
  test("LIST takes a bounded number of patterns of bounded length", async ({ expect }) => {
    const client = new InMemoryServer().connect();
    expect(await client.exchange(`a1 LIST "" (${patterns(LIMITS.listPatterns)})`)).toBe("a1 OK LIST completed\r\n");
    expect(await client.exchange(`a2 LIST "" (${patterns(LIMITS.listPatterns + 1)})`)).toContain("a2 NO [LIMIT]");
    expect(await client.exchange(`a3 LIST "${"r".repeat(300)}" "${"p".repeat(300)}"`)).toContain("a3 NO [LIMIT]");
  });

  test("a long LIST goes in steps, in order and complete", async ({ expect }) => {
    const server = new InMemoryServer();
    const names = Array.from({ length: LIMITS.listNames * 3 + 1 }, (_, at) => `box${String(at).padStart(4, "0")}`);
    for (const name of names) server.account.index.create(name);
    const client = server.connect();
    const lines = (await client.exchange('a1 LIST "" "box*" RETURN (STATUS (MESSAGES))')).split("\r\n");
    const expected = names.flatMap((name) => [`* LIST (\\HasNoChildren) "/" ${name}`, `* STATUS ${name} (MESSAGES 0)`]);
    expect(lines).toEqual([...expected, "a1 OK LIST completed", ""]);
  });

  test("what is below a renamed mailbox keeps to the limits of names", async ({ expect }) => {
    const client = new InMemoryServer().connect();
    const long = "x".repeat(LIMITS.mailboxName - 10);
    expect(await client.exchange(`a1 CREATE a/${long}`)).toContain("a1 OK");
    expect(await client.exchange("a2 RENAME a much-longer")).toContain("a2 NO [LIMIT]");
    expect(await client.exchange("a3 RENAME a b")).toContain("a3 OK");
  });
});

describe("one account, several connections", () => {
  test("what one creates the other lists, selects and deletes", async ({ expect }) => {
    const server = new InMemoryServer();
    const [one, two] = [server.connect(), server.connect()];
    const created = await one.exchange("a1 CREATE Shared");
    const id = /MAILBOXID \(([^)]*)\)/.exec(created)?.[1];
    expect(await two.exchange("b1 STATUS Shared (MAILBOXID)")).toBe(`* STATUS Shared (MAILBOXID (${id}))\r\nb1 OK STATUS completed\r\n`);
    await two.exchange("b2 RENAME Shared Renamed");
    expect(await one.exchange("a2 STATUS Renamed (MAILBOXID)")).toContain(`MAILBOXID (${id})`);
    await one.exchange("a3 DELETE Renamed", "a4 CREATE Renamed");
    expect(await two.exchange("b3 STATUS Renamed (MAILBOXID)")).not.toContain(`${id}`);
  });

  test("UIDVALIDITY is never used again", async ({ expect }) => {
    const client = new InMemoryServer().connect();
    const validity = async (tag: string) => {
      await client.exchange(`${tag}a CREATE Box`);
      const answer = await client.exchange(`${tag}b STATUS Box (UIDVALIDITY)`);
      await client.exchange(`${tag}c DELETE Box`);
      return Number(/UIDVALIDITY ([0-9]+)/.exec(answer)?.[1]);
    };
    const first = await validity("a");
    expect(first).toBeGreaterThan(0);
    expect(await validity("b")).toBeGreaterThan(first);
  });
});
