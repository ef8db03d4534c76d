import { env } from "cloudflare:workers";
import { evictDurableObject } from "cloudflare:test";
import { test } from "vitest";

import type { LimitSettings } from "../../src/limit-settings.ts";
import worker from "../../src/worker.ts";
import { Client, createAccount } from "./support/client.ts";

const REFUSED = "NO [AUTHENTICATIONFAILED] Authentication failed";

/** A Worker of its own, with the same objects. */
function workerWith(limits: LimitSettings): (remoteAddress: string) => Client {
  const settings = { ...env, LIMITS: limits };
  return (remoteAddress) => Client.from(remoteAddress, (socket) => worker.connect(socket, settings));
}

async function greeted(client: Client): Promise<Client> {
  await client.line();
  return client;
}

test("failures outlive connections, Workers and the directory's memory, and the right password works meanwhile", async ({ expect }) => {
  await createAccount("guessed", "pw");
  const limits = { failedLogins: 3, loginDelay: 1 };
  for (let n = 1; n <= 3; n++) {
    const client = await greeted(workerWith(limits)(`192.0.2.1:${n}`));
    expect(await client.command(`LOGIN guessed wrong${n}`)).toEqual([REFUSED]);
    await client.close();
    await evictDurableObject(env.DIRECTORY.getByName("directory"));
  }
  const connect = workerWith(limits);
  // By the account from another address, and by the address for another account.
  for (const [address, name] of [
    ["192.0.2.2:1", "guessed"],
    ["192.0.2.1:4", "nobody"],
  ] as const) {
    const client = await greeted(connect(address));
    expect(await client.command(`LOGIN ${name} wrong`)).toEqual([REFUSED]);
    expect(await client.line()).toBe("* BYE Too many failed logins");
    expect(await client.line()).toBeUndefined();
  }
  for (const address of ["192.0.2.3:1", "192.0.2.1:5"]) {
    const owner = await greeted(connect(address));
    expect((await owner.command("LOGIN guessed pw")).at(-1)).toMatch(/^OK /);
    await owner.close();
  }
  // The owner was at 192.0.2.1 and knows the password: only the failure elsewhere, and that for another name, are left.
  for (const [address, name] of [
    ["192.0.2.4:1", "guessed"],
    ["192.0.2.1:6", "anybody"],
  ] as const) {
    const client = await greeted(connect(address));
    expect(await client.command(`LOGIN ${name} wrong`)).toEqual([REFUSED]);
    expect(await client.command("NOOP")).toEqual(["OK NOOP completed"]);
    await client.close();
  }
});

test("fifty guesses at the same time are counted one by one", async ({ expect }) => {
  await createAccount("burst", "pw");
  const connect = workerWith({ failedLogins: 10, loginDelay: 0 });
  const clients = await Promise.all(Array.from({ length: 50 }, (_, at) => greeted(connect(`[2001:db8::${at}]:1`))));
  const answers = await Promise.all(clients.map((client, at) => client.command(`LOGIN burst guess${at}`)));
  expect(answers).toEqual(answers.map(() => [REFUSED]));
  const after = await Promise.all(
    clients.map(async (client) => {
      await client.send("a LOGOUT\r\n");
      return client.line();
    }),
  );
  expect(after.filter((line) => line === "* BYE Too many failed logins").length).toBe(40);
});

test("one connection too many from an address gets BYE for a greeting", async ({ expect }) => {
  const connect = workerWith({ connectionsPerAddress: 2 });
  const [first, second, third, other] = ["192.0.2.9:1", "192.0.2.9:2", "192.0.2.9:3", "192.0.2.10:1"].map(connect);
  for (const client of [first, second, other]) expect(await client?.line()).toMatch(/^\* OK /);
  expect(await third?.line()).toBe("* BYE [LIMIT] Too many connections from your address");
  expect(await third?.line()).toBeUndefined();
  expect((await first?.command("LOGOUT"))?.at(-1)).toBe("OK LOGOUT completed");
  await first?.close();
  let greeting: string | undefined;
  // The place is free once the connection has wound down.
  for (let turn = 0; turn < 100 && greeting?.startsWith("* OK ") !== true; turn++) {
    const next = connect("192.0.2.9:4");
    greeting = await next.line();
    await next.close();
  }
  expect(greeting).toMatch(/^\* OK /);
});
