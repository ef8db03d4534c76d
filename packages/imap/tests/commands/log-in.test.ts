import { describe, test } from "vitest";

import { authenticationFailed, type Authenticator, type Identity } from "../../src/auth/authenticator.ts";
import { unknownClient } from "../auth/fakes.ts";
import { InMemoryServer } from "../support/in-memory-server.ts";

const WAYS = [
  ["LOGIN", "a1 LOGIN user pass"],
  ["AUTHENTICATE", "a1 AUTHENTICATE PLAIN AHVzZXIAcGFzcw=="],
] as const;

describe("logging in", () => {
  test.for(WAYS)("%s when nobody can be asked is UNAVAILABLE, and the cause is reported", async ([, command], { expect }) => {
    const cause = new Error("directory is away");
    const server = new InMemoryServer({ authenticated: false, authenticator: { authenticate: () => Promise.reject(cause) } });
    const client = server.connect();
    expect(await client.exchange(command)).toBe("a1 NO [UNAVAILABLE] Logging in is not possible at the moment, please try again later\r\n");
    expect(server.faults).toEqual([cause]);
    expect(client.session.state.name).toBe("not-authenticated");
    expect(await client.exchange("a2 NOOP")).toBe("a2 OK NOOP completed\r\n");
  });

  test.for(WAYS)("%s when the account cannot be reached is UNAVAILABLE", async ([, command], { expect }) => {
    const server = new InMemoryServer({ authenticated: false });
    const client = server.connect();
    const { account } = server;
    const cause = new Error("object is away");
    const identity = { accountId: account.id, name: account.name };
    const authenticator: Authenticator = { authenticate: () => Promise.resolve(identity) };
    client.session.state = {
      name: "not-authenticated",
      login: { authenticator, client: unknownClient, admit: () => Promise.reject(cause) },
    };
    expect(await client.exchange(command)).toContain("a1 NO [UNAVAILABLE] ");
    expect(server.faults).toEqual([cause]);
  });

  test.for(WAYS)("%s that fails once too often is refused like any other, then the connection ends", async ([, command], { expect }) => {
    const authenticate = () => Promise.reject(authenticationFailed("Too many failed logins"));
    const server = new InMemoryServer({ authenticated: false, authenticator: { authenticate } });
    const client = server.connect();
    const refused = "a1 NO [AUTHENTICATIONFAILED] Authentication failed\r\n";
    expect(await client.exchange(`${command}\r\na2 NOOP`)).toBe(`${refused}* BYE Too many failed logins\r\n`);
    expect([client.closed, server.faults, client.session.state.name]).toEqual([true, [], "logout"]);
  });

  test("a client that leaves while its password is checked stays gone", async ({ expect }) => {
    const { promise, resolve } = Promise.withResolvers<Identity>();
    const server = new InMemoryServer({ authenticated: false, authenticator: { authenticate: () => promise } });
    const client = server.connect();
    const sent = client.send("a1 LOGIN user pass\r\n");
    await client.end();
    resolve({ accountId: server.account.id, name: "user" });
    await sent;
    expect(client.session.state.name).toBe("logout");
    expect(client.take()).toBe("");
  });

  test("fields of ID are kept for the log", async ({ expect }) => {
    const client = new InMemoryServer({ authenticated: false }).connect();
    await client.exchange('a1 ID ("name" "Thunderbird" "vendor" NIL)');
    expect(client.session.clientId).toEqual([
      ["name", "Thunderbird"],
      ["vendor", ""],
    ]);
  });

  test("ID is bounded in fields and in octets", async ({ expect }) => {
    const client = new InMemoryServer().connect();
    const field = '"n" "v"';
    expect(await client.exchange(`a1 ID (${Array(30).fill(field).join(" ")})`)).toContain("a1 OK");
    expect(await client.exchange(`a2 ID (${Array(31).fill(field).join(" ")})`)).toBe("a2 BAD ID takes 30 fields at most\r\n");
    expect(await client.exchange(`a3 ID ("n" "${"v".repeat(1025)}")`)).toContain("a3 BAD ID takes names of 30");
  });
});
