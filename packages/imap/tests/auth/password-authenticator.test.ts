import { test } from "vitest";

import { nodePasswordHasher } from "../../src/adapters/workers/node-password-hasher.ts";
import type { LoginClient } from "../../src/auth/authenticator.ts";
import { hashPassword } from "../../src/auth/password.ts";
import { createPasswordAuthenticator } from "../../src/auth/password-authenticator.ts";
import { LIMITS } from "../../src/limits.ts";
import type { MeterEvent } from "../../src/observability/events.ts";
import { Secret } from "../../src/protocol/secret.ts";
import { StatusError } from "../../src/protocol/status-error.ts";
import { createFakeDirectory, createFakeHasher, unknownClient } from "./fakes.ts";

const OWNER = "192.0.2.1:1000";
const ATTACKER = "198.51.100.1:1000";

async function create() {
  let now = 0;
  const directory = createFakeDirectory(() => now);
  const hasher = createFakeHasher();
  const events: MeterEvent[] = [];
  await directory.create("user@sluice.test", await hashPassword(hasher, new Secret("pass")));
  hasher.calls = 0;
  const authenticator = createPasswordAuthenticator({
    directory,
    hasher,
    defaultDomain: "sluice.test",
    now: () => now,
    limits: LIMITS,
    meter: { record: (event) => void events.push(event) },
  });
  const check = async (username: string, password: string): Promise<string | undefined> =>
    (await authenticator.authenticate({ username, password: new Secret(password) }, unknownClient))?.name;
  /** What the client is told, and the pauses that it is made to take. */
  const from = async (remoteAddress: string, username: string, password: string): Promise<{ said: string; pauses: number[] }> => {
    const pauses: number[] = [];
    const client: LoginClient = { remoteAddress, pause: (milliseconds) => Promise.resolve(pauses.push(milliseconds) > 0) };
    try {
      const identity = await authenticator.authenticate({ username, password: new Secret(password) }, client);
      return { said: identity === undefined ? "NO" : "OK", pauses };
    } catch (error) {
      if (error instanceof StatusError && error.code === "AUTHENTICATIONFAILED" && error.bye !== undefined) return { said: "BYE", pauses };
      throw error;
    }
  };
  return { directory, hasher, events, authenticator, check, from, advance: (milliseconds: number) => void (now += milliseconds) };
}

test("a name logs in with or without its domain, in any case", async ({ expect }) => {
  const { check } = await create();
  for (const name of ["user", "USER", "user@sluice.test", "User@Sluice.TEST"]) expect(await check(name, "pass")).toBe("user@sluice.test");
  for (const name of ["user@other.test", "use", "user@", "@sluice.test", ""]) expect(await check(name, "pass")).toBeUndefined();
});

test("every refusal costs one lookup, one scrypt and one count, whatever is wrong", async ({ expect }) => {
  const { check, hasher, directory } = await create();
  const wrong: [string, string][] = [
    ["user", "wrong"],
    ["nobody", "pass"],
    ["not a name", "pass"],
    ["user", "x".repeat(LIMITS.passwordOctets + 1)],
    ["x".repeat(1000), ""],
    ["user", ""],
  ];
  for (const [name, password] of wrong) {
    hasher.calls = 0;
    directory.asked.length = 0;
    expect(await check(name, password)).toBeUndefined();
    expect([hasher.calls, directory.asked]).toEqual([1, ["lookUp", "countFailure"]]);
  }
});

test("a good login costs scrypt once, for a short time", async ({ expect }) => {
  const { check, hasher, advance } = await create();
  for (let time = 0; time < 5; time++) expect(await check("user", "pass")).toBe("user@sluice.test");
  expect(hasher.calls).toBe(1);
  expect(await check("user", "wrong")).toBeUndefined();
  expect(hasher.calls).toBe(2);
  advance(LIMITS.loginCacheTime);
  expect(await check("user", "pass")).toBe("user@sluice.test");
  expect(hasher.calls).toBe(3);
});

test("a changed password is void at once, in the cache too", async ({ expect }) => {
  const { check, hasher, directory } = await create();
  expect(await check("user", "pass")).toBe("user@sluice.test");
  await directory.setPassword("user@sluice.test", await hashPassword(hasher, new Secret("new")));
  expect(await check("user", "pass")).toBeUndefined();
  expect(await check("user", "new")).toBe("user@sluice.test");
  await directory.remove("user@sluice.test");
  expect(await check("user", "new")).toBeUndefined();
});

test("checks are bounded in number, those that wait too", async ({ expect }) => {
  const { check, hasher } = await create();
  const many = LIMITS.concurrentHashes + LIMITS.waitingHashes + 5;
  const results = await Promise.allSettled(Array.from({ length: many }, (_, at) => check(`nobody${at}`, "x")));
  expect(hasher.most).toBe(LIMITS.concurrentHashes);
  expect(results.filter(({ status }) => status === "rejected").length).toBe(5);
  // And those that were turned away left nothing behind.
  expect(await check("user", "pass")).toBe("user@sluice.test");
});

test("nobody is let in while the directory cannot be asked", async ({ expect }) => {
  const { check, directory } = await create();
  directory.lookUp = () => Promise.reject(new Error("unreachable"));
  await expect(check("user", "pass")).rejects.toThrow("unreachable");
});

test("whoever fails while failures cannot be counted is told nothing", async ({ expect }) => {
  const { check, directory } = await create();
  directory.countFailure = () => Promise.reject(new Error("unreachable"));
  await expect(check("user", "wrong")).rejects.toThrow("unreachable");
  expect(await check("user", "pass")).toBe("user@sluice.test");
});

test("the answers to failures are delayed more and more, then each ends its connection, whether or not the account exists", async ({
  expect,
}) => {
  for (const name of ["user", "nobody", "not a name"]) {
    const { from, events } = await create();
    const answers = [];
    for (let n = 1; n <= LIMITS.failedLogins + 2; n++) answers.push(await from(`192.0.2.${n}:1`, name, "wrong"));
    expect(answers.map(({ said }) => said)).toEqual([...Array(LIMITS.failedLogins).fill("NO"), "BYE", "BYE"]);
    expect(answers.map(({ pauses }) => pauses)).toEqual([
      [],
      ...[1, 2, 4, 8].map((seconds) => [seconds * 1000]),
      ...Array.from({ length: LIMITS.failedLogins - 3 }, () => [LIMITS.loginDelayMax]),
    ]);
    expect(events).toEqual([1, 2].map(() => ({ kind: "limit", limit: "failedLogins" })));
  }
});

test("an attack from elsewhere does not delay the owner, and his logins do not help the attacker", async ({ expect }) => {
  const { from, directory } = await create();
  for (let n = 0; n < 20; n++) await from(ATTACKER, "user", `guess${n}`);
  directory.asked.length = 0;
  expect(await from(OWNER, "user", "pass")).toEqual({ said: "OK", pauses: [] });
  // Not one question more than ever.
  expect(directory.asked).toEqual(["lookUp"]);
  expect(await from(ATTACKER, "user", "guess")).toMatchObject({ said: "BYE" });
});

test("whoever mistypes and then does not has a clean record", async ({ expect }) => {
  const { from } = await create();
  for (let round = 0; round < 5; round++) {
    expect(await from(OWNER, "user", "wrong")).toEqual({ said: "NO", pauses: [] });
    expect(await from(OWNER, "user", "wrong")).toEqual({ said: "NO", pauses: [1000] });
    expect(await from(OWNER, "user", "pass")).toEqual({ said: "OK", pauses: [] });
  }
});

test("an account of one's own does not clear what one's address has failed for others", async ({ expect }) => {
  const { from, directory, hasher } = await create();
  await directory.create("mine@sluice.test", await hashPassword(hasher, new Secret("mine")));
  for (let n = 0; n < LIMITS.failedLogins; n++) {
    expect(await from(ATTACKER, `other${n}`, "guess")).toMatchObject({ said: "NO" });
    expect(await from(ATTACKER, "mine", "mine")).toMatchObject({ said: "OK" });
  }
  expect(await from(ATTACKER, "user", "guess")).toMatchObject({ said: "BYE" });
});

test("an address with too many failures waits before its password is checked, longer each time, and at most once as long as any", async ({
  expect,
}) => {
  const { from } = await create();
  for (let n = 0; n < LIMITS.failedLogins; n++) await from(ATTACKER, `other${n}`, "guess");
  // A right password waits too, also one that is in the cache: its early answer would tell it from a wrong one.
  for (let time = 0; time < 2; time++) expect(await from(ATTACKER, "user", "pass")).toEqual({ said: "OK", pauses: [1000] });
  const all = [];
  for (let n = 0; n < 6; n++) {
    const { said, pauses } = await from(ATTACKER, `another${n}`, "guess");
    all.push(pauses);
    expect(said).toBe("BYE");
  }
  // Together they are what the answer to a failure waits.
  expect(all).toEqual([[1000, 15_000], [2000, 14_000], [4000, 12_000], [8000, 8000], [16_000], [16_000]]);
});

test("a password that is changed while a login waits for its check is void for it", async ({ expect }) => {
  const { from, authenticator, hasher, directory } = await create();
  for (let n = 0; n < LIMITS.failedLogins; n++) await from(ATTACKER, `other${n}`, "guess");
  const record = await hashPassword(hasher, new Secret("new"));
  const client: LoginClient = { remoteAddress: ATTACKER, pause: () => directory.setPassword("user@sluice.test", record) };
  await expect(authenticator.authenticate({ username: "user", password: new Secret("pass") }, client)).rejects.toThrow(
    "Authentication failed",
  );
});

test("a client that leaves before its password is checked has not made a guess", async ({ expect }) => {
  const { from, authenticator, hasher, directory } = await create();
  for (let n = 0; n < LIMITS.failedLogins; n++) await from(ATTACKER, `other${n}`, "guess");
  hasher.calls = 0;
  directory.asked.length = 0;
  const client: LoginClient = { remoteAddress: ATTACKER, pause: () => Promise.resolve(false) };
  await expect(authenticator.authenticate({ username: "user", password: new Secret("pass") }, client)).rejects.toThrow(StatusError);
  expect([hasher.calls, directory.asked]).toEqual([0, ["lookUp"]]);
});

test("guesses at the same time are counted one by one: only the first is answered without a delay", async ({ expect }) => {
  const { from } = await create();
  const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => from(`192.0.2.1:${n}`, "user", `guess${n}`)));
  expect(answers.filter(({ pauses }) => pauses.length === 0).length).toBe(1);
  expect(answers.filter(({ said }) => said === "BYE").length).toBe(50 - LIMITS.failedLogins);
});

test("failures are forgotten after a while without one", async ({ expect }) => {
  const { from, advance } = await create();
  for (let n = 0; n < 20; n++) await from(ATTACKER, "user", `guess${n}`);
  advance(LIMITS.failedLoginMemory - 1);
  expect(await from(ATTACKER, "user", "guess")).toMatchObject({ said: "BYE" });
  advance(LIMITS.failedLoginMemory);
  expect(await from(ATTACKER, "user", "guess")).toEqual({ said: "NO", pauses: [] });
});

test("the hasher of the platform is scrypt", async ({ expect }) => {
  // RFC 7914 section 12, second vector, with its parameters.
  const encoder = new TextEncoder();
  const hash = await nodePasswordHasher.scrypt(encoder.encode("password"), encoder.encode("NaCl"), { n: 1024, r: 8, p: 16 }, 64);
  expect(Buffer.from(hash).toString("hex")).toMatch(/^fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162/);
  const record = await hashPassword(nodePasswordHasher, new Secret("pass"));
  expect(record).toMatchObject({ algorithm: "scrypt", n: 16384, r: 8, p: 1 });
  expect([atob(record.salt).length, atob(record.hash).length]).toEqual([16, 32]);
});
