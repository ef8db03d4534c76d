/**
 * What connections cost that wait. Usage:
 * `node tests/load/run.ts idle [--connections N] [--accounts N] [--plain] [--quiet-seconds N] [--settle N]` and
 * `node tests/load/run.ts stall [--megabytes N] [--settle N]`. Prints figures; exit 1 when something is lost, or wakes what should sleep.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import * as z from "zod";

import { LIMITS } from "../../packages/imap/src/limits.ts";
import { megabytes } from "../soak/soak.ts";
import { ImapClient } from "../support/imap-client.ts";
import { removeData, startServer, type StartedServer } from "../support/started-server.ts";
import { addAccounts, passwordOf, targetOf } from "./accounts.ts";
import { ASLEEP, hibernation, idleMemory, pushLatencies } from "./idle-load.ts";
import { percentile } from "./memory.ts";
import { appendFlood, stalledFetch } from "./stall.ts";

/** Connections at most: what an isolate takes, less those that deliver. */
const CONNECTIONS = LIMITS.connectionsPerIsolate - 1000;

const Options = z.object({
  connections: z.coerce.number().int().min(1).max(CONNECTIONS).default(1000),
  accounts: z.coerce.number().int().min(1).max(1000).default(100),
  plain: z.boolean().default(false),
  /** Two keep-alives and some, as this command sets their time. */
  "quiet-seconds": z.coerce.number().min(1).max(3600).default(7),
  /** Seconds without work before memory is read. */
  settle: z.coerce.number().min(0).max(600).default(20),
  megabytes: z.coerce
    .number()
    .int()
    .min(4)
    .max(LIMITS.appendSize / 1024 / 1024)
    .default(50),
});
type Options = z.infer<typeof Options>;

/** What is measured at this count in any case: a run with more then shows what each further one costs. */
const FIRST_COUNT = 1000;
/** Milliseconds between two deliveries, and so 10 a second. */
const DELIVERY_GAP = 100;
/** Milliseconds between keep-alives: short, so that some fall into the quiet time. */
const KEEP_ALIVE = 3000;
/** Clients that do not read: of one, what V8 has not collected hides the rest; of many, each shows. */
const STALLED = [1, 8, 32] as const;
const FLOODS = [1, 8] as const;
const NOOPS = 500;

async function idle(options: Options): Promise<boolean> {
  const server = await startServer({
    args: ["--limit", `keepAliveTime=${KEEP_ALIVE}`, "--limit", `connectionsPerAddress=${LIMITS.connectionsPerIsolate}`],
  });
  try {
    return await measureIdle(server, options);
  } finally {
    await server.stop();
    await removeData(server);
  }
}

async function measureIdle(server: StartedServer, options: Options): Promise<boolean> {
  const { connections } = options;
  const accounts = await addAccounts(server, options.accounts);
  const target = await targetOf(server, !options.plain);
  const counts = connections > FIRST_COUNT ? [FIRST_COUNT, connections] : [connections];
  const { sessions, samples } = await idleMemory(server, target, accounts, counts, options.settle);
  let [before] = samples;
  for (const sample of samples) {
    const each = (since = sample): string =>
      `${((sample.memory - since.memory) / 1024 / (sample.connections - since.connections)).toFixed(1)} KB`;
    const costs =
      sample === samples[0] ? "" : `, ${each(samples[0])} for each${before === samples[0] ? "" : `, ${each(before)} for each further one`}`;
    say(`memory: ${sample.connections} ${options.plain ? "TCP" : "TLS"} sessions in IDLE, ${megabytes(sample.memory)} MB${costs}`);
    before = sample;
  }
  const latencies = await pushLatencies(server, sessions, { sleep: ASLEEP, gap: DELIVERY_GAP });
  for (const state of ["asleep", "awake"] as const) say(`push: account ${state}, ${figures(latencies[state])}`);
  const { startedInQuiet, startedByDelivery, keepAlives, accounts: told } = await hibernation(server, sessions, options["quiet-seconds"]);
  say(
    `hibernation: ${startedInQuiet} objects woke in ${options["quiet-seconds"]} quiet seconds, each session heard ${keepAlives} keep-alives or more; ` +
      `${startedByDelivery} objects woke for a delivery to each of ${told} accounts`,
  );
  const lost = sessions.filter(({ ended }) => ended !== undefined).length;
  say(`sessions: ${sessions.length} open, ${lost} lost`);
  for (const session of sessions) session.close();
  return lost === 0 && startedInQuiet === 0 && startedByDelivery === told;
}

async function stall(options: Options): Promise<boolean> {
  const { megabytes: size, settle } = options;
  const octets = size * 1024 * 1024;
  const data = await mkdtemp(join(tmpdir(), "sluice-load-"));
  // Each figure is of a server of its own: what an earlier one has left in its heap would hide what the next one takes.
  const fresh = async <Result>(work: (server: StartedServer) => Promise<Result>): Promise<Result> => {
    const server = await startServer({ data });
    try {
      return await work(server);
    } finally {
      await server.stop();
    }
  };
  try {
    const account = await fresh(async (server) => {
      const [account = ""] = await addAccounts(server, 1);
      const client = await ImapClient.login(server.imapPort, account, passwordOf(account));
      await client.ok("APPEND INBOX", Buffer.alloc(octets, `Subject: large\r\n\r\n${"0123456789abcdef".repeat(4)}\r\n`));
      client.destroy();
      return account;
    });
    let whole = true;
    for (const clients of STALLED) {
      const report = await fresh((server) => stalledFetch(server, account, { octets, clients, settle, noops: NOOPS }));
      say(
        `stalled FETCH of ${size} MB: ${clients} at once, ${megabytes(report.growth)} MB more, ${megabytes(report.growth / clients)} MB each`,
      );
      compare(report.noopsBefore, report.noopsMeanwhile);
      whole &&= report.received.every((received) => received === octets);
    }
    for (const clients of FLOODS) {
      const report = await fresh((server) => appendFlood(server, account, { octets, clients, settle, noops: NOOPS }));
      say(
        `APPEND of ${size} MB: ${clients} at once, ${megabytes(report.peak)} MB more at most and ${megabytes(report.kept)} MB afterwards, ` +
          `${((clients * size) / (report.milliseconds / 1000)).toFixed(0)} MB/s`,
      );
      compare(report.noopsBefore, report.noopsMeanwhile);
    }
    if (!whole) say("a message did not arrive whole");
    return whole;
  } finally {
    await rm(data, { recursive: true, force: true });
  }
}

function compare(before: readonly number[], meanwhile: readonly number[]): void {
  const ratio = (percent: number): string => (percentile(meanwhile, percent) / percentile(before, percent)).toFixed(2);
  say(`  NOOP of another session: before ${figures(before)}; meanwhile ${figures(meanwhile)}; ratio p50 ${ratio(50)}, p99 ${ratio(99)}`);
}

function figures(values: readonly number[]): string {
  const at = (percent: number): string => percentile(values, percent).toFixed(1);
  return `p50 ${at(50)} ms, p99 ${at(99)} ms, max ${at(100)} ms of ${values.length}`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

const MODES: Readonly<Record<string, (options: Options) => Promise<boolean>>> = { idle, stall };

const text = { type: "string" } as const;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { connections: text, accounts: text, plain: { type: "boolean" }, "quiet-seconds": text, settle: text, megabytes: text },
});
const mode = MODES[positionals[0] ?? ""];
if (mode === undefined) throw new Error(`Usage: node tests/load/run.ts ${Object.keys(MODES).join("|")} [options]`);
process.exitCode = (await mode(Options.parse(values))) ? 0 : 1;
