import { test } from "vitest";

import { removeData, startServer } from "../support/started-server.ts";
import { logInBy, TRANSPORTS } from "../support/transports.ts";

test("SIGTERM: every client hears BYE, whatever it was doing, and nothing acknowledged is lost", async ({ expect }) => {
  const server = await startServer();
  await server.addAccount("anna", "pw");
  const idle = await Promise.all(TRANSPORTS.map((transport) => logInBy(transport, server, "anna", "pw")));
  const between = await Promise.all(TRANSPORTS.map((transport) => logInBy(transport, server, "anna", "pw")));
  for (const client of idle) {
    client.send("i IDLE\r\n");
    expect(await client.line()).toBe("+ idling");
  }
  const [writer] = between;
  expect((await writer?.command("APPEND INBOX {6+}\r\nA: b\r\n"))?.at(-1)).toMatch(/ OK /);
  const stopped = server.stop();
  for (const client of [...idle, ...between]) {
    expect((await client.linesUntil(() => false)).at(-1)).toBe("* BYE [UNAVAILABLE] The server is shutting down");
    client.destroy();
  }
  expect(await stopped).toBe(0);
  expect(server.output.join("\n")).not.toMatch(/fault|error/i);

  const again = await startServer({ data: server.data });
  const client = await logInBy("tcp", again, "anna", "pw");
  expect(await client.command("STATUS INBOX (MESSAGES)")).toContain("* STATUS INBOX (MESSAGES 1)");
  client.destroy();
  await again.stop();
  await removeData(again);
});
