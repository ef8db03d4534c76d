import { connect } from "node:net";

import { afterAll, beforeAll, describe, test } from "vitest";

import type { LineClient } from "../support/line-client.ts";
import { RawClient } from "../support/raw-client.ts";
import { removeData, startServer, type StartedServer } from "../support/started-server.ts";
import { connectBy, logInBy, TRANSPORTS } from "../support/transports.ts";

let server: StartedServer;
/** Connected throughout: whatever happens to the others, it never notices. */
let witness: RawClient;

beforeAll(async () => {
  server = await startServer();
  await server.addAccount("user", "pw-user");
  witness = await RawClient.login(server.imapPort, "user", "pw-user");
  await witness.command("SELECT INBOX");
});

afterAll(async () => {
  const answer = await witness.command("NOOP");
  if (answer.at(-1)?.includes("OK NOOP completed") !== true) throw new Error(`the witness noticed: ${answer.join("; ")}`);
  witness.destroy();
  await server.stop();
  await removeData(server);
});

describe.each(TRANSPORTS)("over %s", (transport) => {
  const logIn = (): Promise<LineClient> => logInBy(transport, server, "user", "pw-user");

  /** What the server says to octets on a fresh connection, until it ends it. */
  async function allAnswers(octets: Buffer | string): Promise<string[]> {
    const client = await connectBy(transport, server);
    client.send(octets);
    return client.linesUntil(() => false);
  }

  test("a TLS hello gets BAD, BYE and a clean close", async ({ expect }) => {
    const hello = Buffer.from("16030100c8010000c40303", "hex");
    expect((await allAnswers(Buffer.concat([hello, Buffer.alloc(200, 7)]))).slice(1)).toEqual([
      "* BAD This is an IMAP server",
      "* BYE This is an IMAP server",
    ]);
  });

  test("an HTTP request gets BAD, BYE and a clean close", async ({ expect }) => {
    const answers = await allAnswers("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    expect(answers.slice(1)).toEqual(["* BAD This is an IMAP server", "* BYE This is an IMAP server"]);
  });

  test("raw binary ends with BAD and BYE", async ({ expect }) => {
    const answers = await allAnswers(Buffer.from(Array.from({ length: 4096 }, (_, at) => (at * 151 + 200) % 256)));
    expect(answers.at(-1)).toMatch(/^\* BYE /);
  });

  test("a line that never ends is refused at the limit", async ({ expect }) => {
    const client = await logIn();
    client.send(`x1 SEARCH TEXT ${"a".repeat(3 * 1024 * 1024)}`);
    const answers = await client.linesUntil(() => false);
    expect(answers[0]).toMatch(/BAD \[LIMIT\] Command line too long/);
    expect(answers.at(-1)).toMatch(/^\* BYE /);
  });

  test("a literal beyond APPENDLIMIT is refused before it is sent", async ({ expect }) => {
    const client = await logIn();
    expect((await client.command("APPEND INBOX {52428801}")).at(-1)).toMatch(/NO \[TOOBIG\]/);
    expect((await client.command("NOOP")).at(-1)).toContain("OK");
    client.destroy();
  });

  test("a literal whose size is no number ends the connection", async ({ expect }) => {
    const client = await logIn();
    client.send("x1 APPEND INBOX {99999999999999999999}\r\n");
    const answers = await client.linesUntil(() => false);
    expect(answers[0]).toMatch(/BAD/);
    expect(answers.at(-1)).toMatch(/^\* BYE /);
  });

  test("unknown commands, bad arguments, wrong states and unbalanced parentheses are BAD, and the connection goes on", async ({
    expect,
  }) => {
    const client = await connectBy(transport, server);
    await client.line();
    expect((await client.command("SELECT INBOX")).at(-1)).toMatch(/^t1 BAD Please authenticate first/);
    expect((await client.command("LOGIN user pw-user")).at(-1)).toMatch(/^t2 OK/);
    expect((await client.command("XYZZY")).at(-1)).toMatch(/^t3 BAD Unknown command/);
    expect((await client.command("FETCH 1 FLAGS")).at(-1)).toMatch(/^t4 BAD No mailbox is selected/);
    expect((await client.command("STATUS INBOX (MESSAGES")).at(-1)).toMatch(/^t5 BAD/);
    expect((await client.command("STATUS INBOX")).at(-1)).toMatch(/^t6 BAD/);
    expect((await client.command("LOGIN user pw-user")).at(-1)).toMatch(/^t7 BAD Already authenticated/);
    expect((await client.command("NOOP")).at(-1)).toMatch(/^t8 OK/);
    client.destroy();
  });

  test("twenty bad commands in a row end with BYE", async ({ expect }) => {
    const client = await logIn();
    client.send("x NONSENSE\r\n".repeat(25));
    const answers = await client.linesUntil(() => false);
    expect(answers.filter((line) => line.startsWith("x BAD")).length).toBe(20);
    expect(answers.at(-1)).toMatch(/^\* BYE /);
  });

  test("an end of input in the middle of a command loses nothing else", async ({ expect }) => {
    const client = await logIn();
    client.send("x1 APPEND INBOX {100000+}\r\nSubject: torn\r\n\r\nhalf");
    client.close();
    await client.linesUntil(() => false);
    const other = await logIn();
    await other.command("EXAMINE INBOX");
    expect((await other.command("SEARCH SUBJECT torn")).at(0)).toBe("* SEARCH");
    other.destroy();
  });
});

test("commands that are piped in before the end of input are all answered", async ({ expect }) => {
  const socket = connect({ host: "127.0.0.1", port: server.imapPort, allowHalfOpen: true });
  socket.end("a LOGIN user pw-user\r\nb STATUS INBOX (MESSAGES)\r\nc NOOP\r\n");
  let text = "";
  for await (const chunk of socket) text += String(chunk);
  expect(text).toMatch(/\r\na OK .*\r\n\* STATUS INBOX \(MESSAGES \d+\)\r\nb OK .*\r\nc OK /s);
});

test("complete commands in front of one that is torn by the end of input are run and answered", async ({ expect }) => {
  for (const torn of ["d SELECT IN", "d APPEND INBOX {100000+}\r\nhalf", "d STATUS {5}\r\n"]) {
    const socket = connect({ host: "127.0.0.1", port: server.imapPort, allowHalfOpen: true });
    socket.end(`a LOGIN user pw-user\r\nb STATUS INBOX (MESSAGES)\r\nc NOOP\r\n${torn}`);
    let text = "";
    for await (const chunk of socket) text += String(chunk);
    expect(text).toMatch(/\r\na OK .*\r\n\* STATUS INBOX \(MESSAGES \d+\)\r\nb OK .*\r\nc OK /s);
    expect(text).not.toMatch(/^d /m);
  }
});
