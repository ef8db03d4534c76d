import { setTimeout as delay } from "node:timers/promises";

import { afterAll, beforeAll, describe, test } from "vitest";

import type { LineClient } from "../support/line-client.ts";
import { removeData, startServer, type StartedServer } from "../support/started-server.ts";
import { connectBy, logInBy, TRANSPORTS, type Transport } from "../support/transports.ts";

/** A server for the tests of one `describe`, with an account for each transport. */
function serverWith(limits: Readonly<Record<string, number>>) {
  let server: StartedServer | undefined;
  const started = (): StartedServer => {
    if (server === undefined) throw new Error("not started");
    return server;
  };
  beforeAll(async () => {
    server = await startServer({ args: Object.entries(limits).flatMap(([name, value]) => ["--limit", `${name}=${value}`]) });
    for (const transport of TRANSPORTS) await server.addAccount(transport, "pw");
  });
  afterAll(async () => {
    await started().stop();
    await removeData(started());
  });
  return {
    connect: (transport: Transport): Promise<LineClient> => connectBy(transport, started()),
    logIn: (transport: Transport): Promise<LineClient> => logInBy(transport, started(), transport, "pw"),
  };
}

/** The rest of what the server says. */
function allOf(client: LineClient): Promise<string[]> {
  return client.linesUntil(() => false);
}

describe("loginTime", () => {
  const { connect } = serverWith({ loginTime: 100 });

  test.for(TRANSPORTS)("over %s: who does not log in is sent away", async (transport, { expect }) => {
    const answers = await allOf(await connect(transport));
    expect(answers).toHaveLength(2);
    expect(answers[1]).toMatch(/^\* BYE \[LIMIT\] Nobody has logged in/);
  });
});

describe("sizes and counts", () => {
  const { connect, logIn } = serverWith({ lineLength: 8192, appendSize: 65_536, badCommands: 3, connectionsPerAccount: 3 });

  test.for(TRANSPORTS)("over %s: a line at the limit is read, a longer one ends the connection", async (transport, { expect }) => {
    const client = await logIn(transport);
    await client.command("SELECT INBOX");
    const search = (octets: number): string => `SEARCH SUBJECT ${"a".repeat(octets - "t3 SEARCH SUBJECT \r\n".length)}`;
    expect((await client.command(search(8192))).at(-1)).toMatch(/^t3 OK/);
    client.send(`t4 ${search(8193)}\r\n`);
    expect(await allOf(client)).toEqual([
      expect.stringMatching(/^t4 BAD \[LIMIT\] Command line too long/),
      expect.stringMatching(/^\* BYE /),
    ]);
  });

  test.for(TRANSPORTS)(
    "over %s: a literal at the limit is taken, a larger one is TOOBIG whether or not it is sent",
    async (transport, { expect }) => {
      const client = await logIn(transport);
      const append = (octets: number): string => `APPEND INBOX {${octets}+}\r\n${"x".repeat(octets)}`;
      expect((await client.command(append(65_536))).at(-1)).toMatch(/ OK \[APPENDUID/);
      expect((await client.command(append(65_537))).at(-1)).toMatch(/ NO \[TOOBIG\]/);
      expect((await client.command("APPEND INBOX {65537}")).at(-1)).toMatch(/ NO \[TOOBIG\]/);
      expect((await client.command("STATUS INBOX (MESSAGES)")).at(0)).toBe("* STATUS INBOX (MESSAGES 1)");
      client.destroy();
    },
  );

  test.for(TRANSPORTS)(
    "over %s: bad commands in a row end the connection, a good one between them begins anew",
    async (transport, { expect }) => {
      const client = await logIn(transport);
      const nonsense = async (): Promise<string | undefined> => (await client.command("NONSENSE")).at(-1);
      for (let count = 0; count < 2; count++) expect(await nonsense()).toMatch(/ BAD /);
      expect((await client.command("NOOP")).at(-1)).toMatch(/ OK /);
      for (let count = 0; count < 3; count++) expect(await nonsense()).toMatch(/ BAD /);
      expect(await allOf(client)).toEqual([expect.stringMatching(/^\* BYE /)]);
    },
  );

  test.for(TRANSPORTS)("over %s: an account has so many connections, and a free place is taken again", async (transport, { expect }) => {
    /** A place becomes free some time after its client has left, so this asks until there is one. */
    const logInWhenFree = async (): Promise<LineClient> => {
      const client = await connect(transport);
      await client.line();
      while ((await client.command(`LOGIN ${transport} pw`)).at(-1)?.includes(" NO [LIMIT] ") === true);
      return client;
    };
    const clients: LineClient[] = [];
    while (clients.length < 3) clients.push(await logInWhenFree());
    const fourth = await connect(transport);
    await fourth.line();
    expect((await fourth.command(`LOGIN ${transport} pw`)).at(-1)).toMatch(/ NO \[LIMIT\] /);
    await clients.pop()?.command("LOGOUT");
    clients.push(await logInWhenFree());
    for (const client of [...clients, fourth]) client.destroy();
  });
});

describe("commandTime", () => {
  const { logIn } = serverWith({ commandTime: 500, commandProgress: 1024 });

  test.for(TRANSPORTS)("over %s: a command that trickles in ends the connection", async (transport, { expect }) => {
    const client = await logIn(transport);
    client.send("x SEARCH SUBJECT ");
    const trickle = (async () => {
      while (!client.ended) {
        client.send("a");
        await delay(20);
      }
    })();
    const answers = await allOf(client);
    await trickle;
    expect(answers).toEqual([expect.stringMatching(/^\* BYE \[LIMIT\] /)]);
  });
});
