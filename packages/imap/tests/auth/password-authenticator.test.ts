import { test } from "vitest";

import { nodePasswordHasher } from "../../src/adapters/workers/node-password-hasher.ts";
import { hashPassword } from "../../src/auth/password.ts";
import { createPasswordAuthenticator } from "../../src/auth/password-authenticator.ts";
import { LIMITS } from "../../src/limits.ts";
import { Secret } from "../../src/protocol/secret.ts";
import { createFakeDirectory, createFakeHasher } from "./fakes.ts";

async function create() {
  const directory = createFakeDirectory();
  const hasher = createFakeHasher();
  let now = 0;
  await directory.create("user@sluice.test", await hashPassword(hasher, new Secret("pass")));
  hasher.calls = 0;
  const authenticator = createPasswordAuthenticator({ directory, hasher, defaultDomain: "sluice.test", now: () => now });
  const check = async (username: string, password: string): Promise<string | undefined> =>
    (await authenticator.authenticate({ username, password: new Secret(password) }))?.name;
  return { directory, hasher, check, advance: (milliseconds: number) => void (now += milliseconds) };
}

test("a name logs in with or without its domain, in any case", async ({ expect }) => {
  const { check } = await create();
  for (const name of ["user", "USER", "user@sluice.test", "User@Sluice.TEST"]) expect(await check(name, "pass")).toBe("user@sluice.test");
  for (const name of ["user@other.test", "use", "user@", "@sluice.test", ""]) expect(await check(name, "pass")).toBeUndefined();
});

test("every refusal costs one lookup and one scrypt, whatever is wrong", async ({ expect }) => {
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
    directory.lookups.length = 0;
    expect(await check(name, password)).toBeUndefined();
    expect([hasher.calls, directory.lookups.length]).toEqual([1, 1]);
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
  directory.find = () => Promise.reject(new Error("unreachable"));
  await expect(check("user", "pass")).rejects.toThrow("unreachable");
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
