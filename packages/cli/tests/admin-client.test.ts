import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";

import { onTestFinished, test } from "vitest";

import { AdminClient, AdminRefusal } from "../src/admin-client.ts";
import { CliError } from "../src/cli-error.ts";
import { portOf } from "./temporary.ts";

async function clientOf(answer: RequestListener): Promise<AdminClient> {
  const server = createServer(answer);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return new AdminClient({ host: "127.0.0.1", port: portOf(server) }, "token");
}

test("an answer that no Sluice server gives is an error of one line, not a stack", async ({ expect }) => {
  for (const body of ["hello", "{}", '{"accounts": [{"id": 1}]}']) {
    const admin = await clientOf((_, response) => void response.end(body));
    const error: unknown = await admin.list().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(CliError);
    expect(String(error)).toMatch(/what answers at http:\/\/127\.0\.0\.1:\d+ is no Sluice server/);
  }
});

test("metrics are handed on as they are, asked for with the token", async ({ expect }) => {
  const asked: unknown[] = [];
  const text = "# HELP sluice_a_total A.\n# TYPE sluice_a_total counter\nsluice_a_total 1\n";
  const admin = await clientOf(({ method, url, headers }, response) => {
    asked.push([method, url, headers.authorization]);
    response.end(text);
  });
  expect(await admin.metrics()).toBe(text);
  expect(asked).toEqual([["GET", "/metrics", "Bearer token"]]);
  const stranger = await clientOf((_, response) => void response.end("hello"));
  await expect(stranger.metrics()).rejects.toThrow(/is no Sluice server/);
  const off = await clientOf((_, response) => void response.writeHead(404).end('{"error": "The metrics are off"}'));
  await expect(off.metrics()).rejects.toThrow(new AdminRefusal(404, "The metrics are off"));
});

test("a refusal says what the server says", async ({ expect }) => {
  const admin = await clientOf((_, response) => void response.writeHead(400).end('{"error": "no"}'));
  await expect(admin.remove("a")).rejects.toThrow(new AdminRefusal(400, "no"));
});

test("a connection that breaks leaves open whether the work was done, and says so", async ({ expect }) => {
  const admin = await clientOf((request) => void request.socket.destroy());
  await expect(admin.remove("a")).rejects.toThrow(/broke off .*: what was asked may have been done or not/);
});

test("nobody there is told as such", async ({ expect }) => {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const port = portOf(server);
  server.close();
  await once(server, "close");
  await expect(new AdminClient({ host: "127.0.0.1", port }, "token").list()).rejects.toThrow(/no Sluice server answers at .*ECONNREFUSED/);
});

test("a port that fetch refuses is named at once", async ({ expect }) => {
  const admin = new AdminClient({ host: "127.0.0.1", port: 6000 }, "token");
  await expect(admin.health(new AbortController().signal)).rejects.toThrow(/--http/);
});
