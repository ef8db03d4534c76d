import { describe, test } from "vitest";

import { capabilityText, registry } from "../../src/commands/registry.ts";
import { EXTENSIONS } from "../../src/extensions/registry.ts";
import { capabilityList } from "../../src/protocol/capability.ts";
import { InMemoryServer } from "../support/in-memory-server.ts";

describe("capabilityList", () => {
  const commands = [
    { capabilities: ["X"], states: ["not-authenticated", "authenticated"] },
    { capabilities: ["AUTH=PLAIN"], states: ["not-authenticated"] },
    { capabilities: ["Y", "X"], states: ["selected"] },
  ];

  test("names each capability once, IMAP4rev1 first", ({ expect }) => {
    expect(capabilityList(commands, ["Z", "Y"], false)).toEqual(["IMAP4rev1", "X", "AUTH=PLAIN", "Y", "Z"]);
  });

  test("drops what is of no use after login", ({ expect }) => {
    expect(capabilityList(commands, [], true)).toEqual(["IMAP4rev1", "X", "Y"]);
  });
});

describe("what this server advertises", () => {
  const always = [
    "APPENDLIMIT=52428800",
    "CHILDREN",
    "CONDSTORE",
    "CREATE-SPECIAL-USE",
    "ENABLE",
    "ESEARCH",
    "ID",
    "IDLE",
    "IMAP4rev1",
    "LIST-EXTENDED",
    "LIST-STATUS",
    "LITERAL+",
    "MOVE",
    "NAMESPACE",
    "OBJECTID",
    "QRESYNC",
    "SPECIAL-USE",
    "STATUS=SIZE",
    "UIDPLUS",
    "UNSELECT",
    "UTF8=ACCEPT",
  ];

  test("before login", ({ expect }) => {
    const { session } = new InMemoryServer({ authenticated: false }).connect();
    expect(capabilityText(session).split(" ").sort()).toEqual([...always, "AUTH=LOGIN", "AUTH=PLAIN", "SASL-IR"].sort());
  });

  test("after login", ({ expect }) => {
    const { session } = new InMemoryServer().connect();
    expect(capabilityText(session).split(" ").sort()).toEqual(always);
  });

  test("at the edge, when the session has been handed over, as after login", ({ expect }) => {
    const { session } = new InMemoryServer().connect();
    const expected = capabilityText(session);
    session.state = { name: "handed-over" };
    expect(capabilityText(session)).toBe(expected);
  });

  test("nothing that makes clients ask for what is not there", ({ expect }) => {
    const { session } = new InMemoryServer().connect();
    for (const name of ["ACL", "UIDONLY", "COMPRESS=DEFLATE", "IMAP4rev2", "QUOTA", "STARTTLS"]) {
      expect(capabilityText(session).split(" ")).not.toContain(name);
    }
  });

  test("the limit for APPEND is the server's", ({ expect }) => {
    const { session } = new InMemoryServer({ server: { appendLimit: 1234 } }).connect();
    expect(capabilityText(session)).toContain("APPENDLIMIT=1234");
  });

  test("what ENABLE takes is advertised under the same name", ({ expect }) => {
    const { server } = new InMemoryServer();
    const enabling = EXTENSIONS.filter((extension) => extension.enable !== undefined);
    expect(enabling.map((extension) => extension.capability(server))).toEqual(enabling.map((extension) => extension.enable?.name));
  });

  test("the registry finds each command by its name", ({ expect }) => {
    for (const [name, command] of registry) expect(command.name).toBe(name);
    expect(registry.size).toBeGreaterThan(15);
  });
});
