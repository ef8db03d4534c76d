import { test } from "vitest";

import { hashPassword } from "../../src/auth/password.ts";
import { createPasswordAuthenticator } from "../../src/auth/password-authenticator.ts";
import { LIMITS } from "../../src/limits.ts";
import { Secret } from "../../src/protocol/secret.ts";
import { createFakeDirectory, createFakeHasher } from "../auth/fakes.ts";
import { connect, createEdge, FakeAccountObject, settle } from "./fakes.ts";

const REFUSED = "NO [AUTHENTICATIONFAILED] Authentication failed\r\n";

/** An edge with a real authenticator. */
async function create() {
  const directory = createFakeDirectory();
  const hasher = createFakeHasher();
  await directory.create("user@sluice.test", await hashPassword(hasher, new Secret("pass")));
  const authenticator = createPasswordAuthenticator({
    directory,
    hasher,
    defaultDomain: "sluice.test",
    now: () => 0,
    limits: LIMITS,
    meter: { record: () => {} },
  });
  const object = new FakeAccountObject();
  const edge = createEdge(object, authenticator);
  /** Failures of many accounts from the address of all connections here. */
  const fail = async (times: number): Promise<void> => {
    for (let n = 0; n < times; n++) await directory.countFailure(`other${n}@sluice.test`, "192.0.2.1");
  };
  return { edge, object, directory, fail };
}

test("each connection in a row is answered later, and then ended", async ({ expect }) => {
  const { edge } = await create();
  for (const seconds of [0, 1, 2, 4, 8, 16, 16, 16, 16, 16]) {
    const { stream, done } = await connect(edge);
    stream.feed("a LOGIN user wrong\r\n");
    await settle();
    if (seconds > 0) {
      await edge.clock.advance(seconds * 1000 - 1);
      expect(stream.take()).toBe("");
      await edge.clock.advance(1);
    }
    expect(stream.take()).toBe(`a ${REFUSED}`);
    stream.end();
    await done;
  }
  const { stream, done } = await connect(edge);
  stream.feed("a LOGIN user wrong\r\nb NOOP\r\n");
  await settle();
  await edge.clock.advance(LIMITS.loginDelayMax);
  expect(stream.take()).toBe(`a ${REFUSED}* BYE Too many failed logins\r\n`);
  expect([stream.endedWriting, stream.closed]).toEqual([true, 0]);
  stream.end();
  await done;
  expect([edge.clock.armed, edge.faults]).toEqual([0, []]);
});

test("a client that leaves while its answer is delayed leaves nothing behind, and its guess is counted", async ({ expect }) => {
  const { edge, directory, fail } = await create();
  await fail(4);
  const { stream, done } = await connect(edge);
  stream.feed("a LOGIN user wrong\r\n");
  await settle();
  expect((await directory.lookUp("user@sluice.test", "192.0.2.1")).failures.both).toBe(1);
  stream.reset();
  await edge.clock.advance(LIMITS.loginDelayMax);
  await done;
  expect([edge.clock.armed, edge.faults]).toEqual([0, []]);
});

test("the login's time-out cuts a delay short, and the password is not checked after it", async ({ expect }) => {
  const { edge, object, fail } = await create();
  await fail(30);
  const { stream, done } = await connect(edge);
  await edge.clock.advance(LIMITS.loginTime - LIMITS.loginDelayMax + 1);
  stream.feed("a LOGIN user pass\r\n");
  await settle();
  await edge.clock.advance(LIMITS.loginDelayMax - 1);
  expect(stream.take()).toBe("* BYE [LIMIT] Nobody has logged in for too long\r\n");
  stream.end();
  await done;
  expect([edge.clock.armed, edge.faults, object.links.size]).toEqual([0, [], 0]);
});
