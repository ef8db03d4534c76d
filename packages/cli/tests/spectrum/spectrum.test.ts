import { join } from "node:path";

import { onTestFinished, test, vi } from "vitest";

import { CliError, messageOf } from "../../src/cli-error.ts";
import { spectrum } from "../../src/commands/spectrum.ts";
import { temporaryFolder } from "../temporary.ts";
import { ACCOUNT, FakeCloudflare, TOKEN, ZONE } from "./fake-cloudflare.ts";
import { runSpectrum, wranglerToml } from "./spectrum-process.ts";

/** Each run is a process of its own; on a busy machine many of them take a while. */
const SLOW = 60_000;

const VARIABLES = ["CLOUDFLARE_API_TOKEN", "CLOUDFLARE_ZONE_ID", "CLOUDFLARE_ACCOUNT_ID", "CLOUDFLARE_BASE_URL"] as const;

const SECTION = 'hostname = "imap.example.org"\nprotocol = "tcp/993"\ntls = "flexible"\n';
const PLANNED = {
  dns: { type: "CNAME", name: "imap.example.org" },
  protocol: "tcp/993",
  traffic_type: "worker",
  origin_worker_id: "tag1",
  tls: "flexible",
};

/** Runs `spectrum apply` against the fake. */
function apply(fake: FakeCloudflare, args: readonly string[] = [], variables: Readonly<Record<string, string>> = {}) {
  return runSpectrum(["apply", "--config", wranglerToml(SECTION), ...args], {
    CLOUDFLARE_BASE_URL: fake.url,
    CLOUDFLARE_API_TOKEN: TOKEN,
    CLOUDFLARE_ZONE_ID: ZONE,
    CLOUDFLARE_ACCOUNT_ID: ACCOUNT,
    ...variables,
  });
}

test("plan shows the application of the project's own wrangler.toml without asking anybody", { timeout: SLOW }, async ({ expect }) => {
  const { code, stdout, stderr } = await runSpectrum(["plan", "--worker-id", "tag1"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(JSON.parse(stdout)).toEqual({ ...PLANNED, dns: { type: "CNAME", name: "imap.example.com" } });
});

test("plan without a tag says what is missing, on standard error", { timeout: SLOW }, async ({ expect }) => {
  const { code, stdout, stderr } = await runSpectrum(["plan", "--config", wranglerToml(SECTION)]);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({ ...PLANNED, origin_worker_id: "(script tag of the Worker)" });
  expect(stderr).toMatch(/^The tag of the Worker "sluice" is not known: [^\n]*\n$/);
});

test("plan looks the tag up by the Worker's name, and writes nothing", { timeout: SLOW }, async ({ expect }) => {
  const fake = await FakeCloudflare.start();
  fake.workers = [
    { id: "another", tag: "tag0" },
    { id: "sluice", tag: "tag1" },
  ];
  const { code, stdout } = await runSpectrum(["plan", "--config", wranglerToml(SECTION), "--account-id", ACCOUNT], {
    CLOUDFLARE_BASE_URL: fake.url,
    CLOUDFLARE_API_TOKEN: TOKEN,
  });
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual(PLANNED);
  expect(fake.requests).toEqual([`GET /accounts/${ACCOUNT}/workers/scripts`]);
});

test("apply creates what plan shows, and the second time does nothing", { timeout: SLOW }, async ({ expect }) => {
  const fake = await FakeCloudflare.start();
  fake.workers = [{ id: "sluice", tag: "tag1" }];
  fake.applications = ["tcp/22", "tcp/25", "tcp/465"].map((protocol) => ({ id: protocol, protocol, dns: { name: "imap.example.org" } }));
  expect(await apply(fake)).toEqual({ code: 0, stdout: "created imap.example.org tcp/993 (application app-4)\n", stderr: "" });
  expect(fake.bodies).toEqual([PLANNED]);
  expect(await apply(fake)).toEqual({
    code: 0,
    stdout: "nothing to do: imap.example.org tcp/993 is as planned (application app-4)\n",
    stderr: "",
  });
  expect(fake.bodies).toHaveLength(1);
});

test("apply updates what differs and keeps the rest", { timeout: SLOW }, async ({ expect }) => {
  const fake = await FakeCloudflare.start();
  const edgeIps = { type: "dynamic", connectivity: "ipv4" };
  fake.applications = [{ ...PLANNED, id: "app-1", tls: "off", origin_worker_id: "tag0", ip_firewall: true, edge_ips: edgeIps }];
  expect(await apply(fake, ["--worker-id", "tag1"])).toEqual({
    code: 0,
    stdout: "updated imap.example.org tcp/993 (application app-1): origin_worker_id tag0 -> tag1, tls off -> flexible\n",
    stderr: "",
  });
  expect(fake.bodies).toEqual([{ ...PLANNED, ip_firewall: true, edge_ips: edgeIps }]);
  expect(fake.applications).toHaveLength(1);
});

test("a refusal of the API is one line without the token, and exit 1", { timeout: SLOW }, async ({ expect }) => {
  const fake = await FakeCloudflare.start();
  const wrong = "wrong-token-of-the-tests";
  expect(await apply(fake, ["--worker-id", "tag1"], { CLOUDFLARE_API_TOKEN: wrong })).toEqual({
    code: 1,
    stdout: "",
    stderr: "sluice: spectrum apply: Cloudflare refuses with HTTP status 403: Authentication error (10000)\n",
  });
  fake.refusal = { status: 400, body: JSON.stringify({ errors: [{ message: `not with ${TOKEN}\nplease` }] }) };
  expect((await apply(fake, ["--worker-id", "tag1"])).stderr).toBe(
    "sluice: spectrum apply: Cloudflare refuses with HTTP status 400: not with [token] please\n",
  );
  fake.refusal = { status: 200, body: '{"result": [{"protocol": 993}]}' };
  expect(await apply(fake, ["--worker-id", "tag1"])).toMatchObject({
    code: 1,
    stdout: "",
    stderr: expect.stringMatching(/^sluice: spectrum apply: Cloudflare's answer is not understood: [^\n]*\n$/),
  });
});

test("a writing request is not repeated when it fails", { timeout: SLOW }, async ({ expect }) => {
  const fake = await FakeCloudflare.start();
  fake.writeRefusal = { status: 503, body: '{"errors": []}' };
  const { code, stderr } = await apply(fake, ["--worker-id", "tag1"]);
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: "sluice: spectrum apply: Cloudflare refuses with HTTP status 503: no reason given\n",
  });
  expect(fake.requests.filter((request) => request.startsWith("POST"))).toHaveLength(1);
});

test("what is missing or wrong is one line, before anything is sent", async ({ expect }) => {
  onTestFinished(() => void vi.unstubAllEnvs());
  const fake = await FakeCloudflare.start();
  const config = wranglerToml(SECTION);
  const access = { CLOUDFLARE_BASE_URL: fake.url, CLOUDFLARE_API_TOKEN: TOKEN };
  for (const [args, variables, pattern] of [
    [[], {}, /spectrum: expects plan or apply/],
    [["delete"], {}, /spectrum: no command "delete"/],
    [["apply", "--config", config], {}, /spectrum apply: expects an API token in CLOUDFLARE_API_TOKEN/],
    [["apply", "--config", config], access, /spectrum apply: expects the zone of imap\.example\.org/],
    [["apply", "--config", config, "--zone-id", "example.org"], access, /--zone-id expects 32 hexadecimal digits/],
    [["apply", "--config", config, "--zone-id", ZONE], access, /expects the Worker's tag/],
    [["plan", "--worker-id", "a/b"], {}, /--worker-id expects the tag/],
    [["plan", "--config", join(temporaryFolder(), "none.toml")], {}, /there is no .*none\.toml: name the Worker's wrangler\.toml/],
    [["plan", "--config", wranglerToml("hostname = \n")], {}, /wrangler\.toml, line 8: /],
    [["plan", "--config", wranglerToml('hostname = "imap.example.org"\n')], {}, /wrangler\.toml: vars\.SPECTRUM\.protocol: /],
    [["plan", "--config", wranglerToml(SECTION.replace("flexible", "strict"))], {}, /vars\.SPECTRUM\.tls: /],
    [["plan", "--config", wranglerToml(`${SECTION}port = 993\n`)], {}, /vars\.SPECTRUM: .*port/],
    [["plan"], { ...access, CLOUDFLARE_BASE_URL: "http://api.example.org" }, /CLOUDFLARE_BASE_URL expects an https URL/],
    [["plan"], { CLOUDFLARE_API_TOKEN: "two words" }, /CLOUDFLARE_API_TOKEN is no API token/],
  ] as const) {
    vi.unstubAllEnvs();
    for (const name of VARIABLES) vi.stubEnv(name, undefined);
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
    const error: unknown = await spectrum(args).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CliError);
    expect(messageOf(error)).toMatch(pattern);
    expect(String(error)).not.toContain("\n");
  }
  expect(fake.requests).toEqual([]);
});

test("a Worker that is not deployed is one line", { timeout: SLOW }, async ({ expect }) => {
  const fake = await FakeCloudflare.start();
  expect((await apply(fake)).stderr).toBe('sluice: spectrum apply: the account has no Worker "sluice": deploy it first\n');
});

test("help", { timeout: SLOW }, async ({ expect }) => {
  for (const args of [["--help"], ["plan", "--help"], ["apply", "--help"]]) {
    const { code, stdout, stderr } = await runSpectrum(args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^Usage: sluice spectrum /);
  }
});
