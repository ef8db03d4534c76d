import { afterAll, beforeAll, describe, onTestFinished, test } from "vitest";

import { FaultProxy, type EndFault } from "../support/fault-proxy.ts";
import type { LineClient } from "../support/line-client.ts";
import { RawClient } from "../support/raw-client.ts";
import { removeData, startServer, type StartedServer } from "../support/started-server.ts";
import { connectBy, logInBy, portOf, TRANSPORTS } from "../support/transports.ts";

let server: StartedServer;

beforeAll(async () => {
  server = await startServer();
  await server.addAccount("push", "pw-push");
  for (const transport of TRANSPORTS) await server.addAccount(`by-${transport}`, "pw");
});

afterAll(async () => {
  await server.stop();
  await removeData(server);
});

const MESSAGE = "Subject: pushed\r\n\r\nhello\r\n";

/** So many octets of text, in lines. */
function textOf(octets: number): string {
  return "0123456789abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ\r\n".repeat(Math.ceil(octets / 65)).slice(0, octets);
}

describe.each(TRANSPORTS)("over %s", (transport) => {
  const logIn = (port?: number): Promise<LineClient> => logInBy(transport, server, `by-${transport}`, "pw", port);

  test("a session, from the greeting to LOGOUT", async ({ expect }) => {
    const client = await connectBy(transport, server);
    expect(await client.line()).toMatch(/^\* OK \[CAPABILITY IMAP4rev1 /);
    expect((await client.command(`LOGIN by-${transport}@sluice.test pw`)).at(-1)).toContain("t1 OK ");
    expect((await client.command("SELECT INBOX")).at(-1)).toContain("t2 OK [READ-WRITE]");
    expect(await client.command("LOGOUT")).toEqual(["* BYE Logging out", "t3 OK LOGOUT completed"]);
    expect(await client.line()).toBeUndefined();
  });

  test("what is pipelined is answered in order, however its octets are cut", async ({ expect }) => {
    const count = 300;
    const commands = Array.from({ length: count }, (_, at) => `p${at} ${at % 3 === 0 ? "NOOP" : "STATUS INBOX (MESSAGES)"}\r\n`);
    const tags = commands.map((command) => command.split(" ")[0]);
    const answered = async (client: LineClient): Promise<(string | undefined)[]> => {
      const lines = await client.linesUntil((line) => line.startsWith(`p${count - 1} `));
      return lines.flatMap((line) => /^(p\d+) OK /.exec(line)?.[1] ?? []);
    };
    const client = await logIn();
    client.send(commands.join(""));
    expect(await answered(client)).toEqual(tags);
    for (const octet of Buffer.from(commands.join(""))) client.send(Buffer.of(octet));
    expect(await answered(client)).toEqual(tags);
    client.destroy();
  });

  test("a message of 10 MB comes back as it was sent, whole and in part", async ({ expect }) => {
    const text = `Subject: large\r\n\r\n${textOf(10 * 1024 * 1024)}`;
    const client = await logIn();
    expect((await client.command(`APPEND Archive {${text.length}+}\r\n${text}`)).at(-1)).toContain("OK [APPENDUID");
    await client.command("SELECT Archive");
    const whole = (await client.command("FETCH 1 BODY.PEEK[]")).join("\r\n");
    expect(whole.includes(text)).toBe(true);
    const part = (await client.command("FETCH 1 BODY.PEEK[]<2000000.66>")).join("\r\n");
    expect(part).toContain(text.slice(2_000_000, 2_000_066));
    client.destroy();
  });

  test("a client that goes away in the middle of an answer leaves the account as it was", async ({ expect }) => {
    const text = `Subject: left\r\n\r\n${textOf(4 * 1024 * 1024)}`;
    const client = await logIn();
    await client.command(`APPEND Junk {${text.length}+}\r\n${text}`);
    await client.command("SELECT Junk");
    client.send("x FETCH 1 BODY[]\r\n");
    await client.line();
    client.destroy();
    const other = await logIn();
    expect((await other.command("STATUS Junk (MESSAGES)")).at(0)).toBe("* STATUS Junk (MESSAGES 1)");
    other.destroy();
  });

  test.for(["cut", "reset", "half-close"] satisfies EndFault[])(
    "an APPEND whose connection is %s in the middle leaves nothing",
    async (how, { expect }) => {
      const proxy = await FaultProxy.start(portOf(transport, server), { toServer: { end: { after: 200_000, how } } });
      onTestFinished(() => proxy.close());
      const text = textOf(300_000);
      const client = await logIn(proxy.port);
      client.send(`x APPEND Drafts {${text.length}+}\r\n${text}\r\n`);
      // No answer to it: at most a BYE before the end.
      const answers = await client.linesUntil(() => false);
      expect(answers.filter((line) => !line.startsWith("* BYE "))).toEqual([]);
      const other = await logIn();
      expect((await other.command("STATUS Drafts (MESSAGES UIDNEXT)")).at(0)).toBe("* STATUS Drafts (MESSAGES 0 UIDNEXT 1)");
      other.destroy();
    },
  );
});

test.for(["tcp", "tls"] as const)("%s: commands before the end of input are all answered", async (transport, { expect }) => {
  const client = await connectBy(transport, server);
  client.send("a LOGIN push pw-push\r\nb STATUS INBOX (MESSAGES)\r\nc NOOP\r\nd SELECT IN");
  client.close();
  const answers = await client.linesUntil(() => false);
  expect(answers.flatMap((line) => /^(\w) OK /.exec(line)?.[1] ?? [])).toEqual(["a", "b", "c"]);
  expect(answers.filter((line) => line.startsWith("d "))).toEqual([]);
});

test("a change is pushed to IDLE over every transport alike, whoever makes it", async ({ expect }) => {
  const idlers = await Promise.all(TRANSPORTS.map((transport) => logInBy(transport, server, "push", "pw-push")));
  for (const idler of idlers) {
    idler.send("b SELECT INBOX\r\nc IDLE\r\n");
    await idler.linesUntil((line) => line === "+ idling");
  }
  const heard = (last: (line: string) => boolean): Promise<(string | undefined)[]> =>
    Promise.all(idlers.map(async (idler) => (await idler.linesUntil(last)).at(-1)));

  for (const [at, transport] of TRANSPORTS.entries()) {
    const writer = await logInBy(transport, server, "push", "pw-push");
    await writer.command(`APPEND INBOX {${MESSAGE.length}+}\r\n${MESSAGE}`);
    expect(await heard((line) => line.endsWith(" EXISTS"))).toEqual(idlers.map(() => `* ${at + 1} EXISTS`));
    await writer.command("SELECT INBOX");
    await writer.command(`STORE ${at + 1} +FLAGS (\\Flagged)`);
    for (const line of await heard((line) => line.includes("FETCH")))
      expect(line).toMatch(new RegExp(`^\\* ${at + 1} FETCH \\(.*FLAGS \\(.*\\\\Flagged`));
    writer.destroy();
  }

  const [first, ...others] = idlers;
  first?.send("DONE\r\nd STORE 1:* +FLAGS.SILENT (\\Deleted)\r\ne EXPUNGE\r\n");
  const expunges = TRANSPORTS.map((_, at) => `* ${TRANSPORTS.length - at} EXPUNGE`);
  const told = await first?.linesUntil((line) => line.startsWith("e "));
  expect(told?.slice(-5)).toEqual([...expunges, "e OK EXPUNGE completed"]);
  for (const idler of others) {
    const lines = await idler.linesUntil((line) => line === "* 1 EXPUNGE");
    expect(lines.filter((line) => line.endsWith("EXPUNGE"))).toEqual(expunges);
    idler.send("DONE\r\n");
    expect(await idler.linesUntil((line) => line.startsWith("c "))).toEqual(["c OK IDLE completed"]);
  }
  for (const idler of idlers) idler.destroy();
});

test("a wrong password says the same as an unknown account", async ({ expect }) => {
  const answers = new Set<string>();
  for (const attempt of ["push wrong", "nobody wrong", "nobody@elsewhere.test pw-push"]) {
    const client = await RawClient.connect(server.imapPort);
    await client.line();
    answers.add((await client.command(`LOGIN ${attempt}`)).at(-1) ?? "");
    client.destroy();
  }
  expect([...answers]).toEqual(["t1 NO [AUTHENTICATIONFAILED] Authentication failed"]);
});
