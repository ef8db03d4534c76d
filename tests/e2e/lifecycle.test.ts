import { setTimeout as delay } from "node:timers/promises";

import { afterAll, beforeAll, test } from "vitest";

import { Random } from "../../packages/cli/src/demo/random.ts";
import { processFigures } from "../soak/process-figures.ts";
import type { LineClient } from "../support/line-client.ts";
import { readMetrics } from "../support/metrics.ts";
import { removeData, startServer, type StartedServer } from "../support/started-server.ts";
import { connectBy, logInBy, TRANSPORTS, type Transport } from "../support/transports.ts";

const CONNECTIONS = 10_000;
/** Clients that connect at the same time, spread over the accounts. */
const AT_ONCE = 40;
const ACCOUNTS = ["one", "two", "three", "four"] as const;
const SEED = 993;

let server: StartedServer;

beforeAll(async () => {
  // Nobody is to be told to wait: what ends a connection here is what the test does to it.
  const limits = ["connectionsPerAddress=1000", "loginTime=3000", "commandTime=800", "failedLogins=100000", "loginDelay=100"];
  server = await startServer({ args: limits.flatMap((limit) => ["--limit", limit]) });
  for (const account of ACCOUNTS) await server.addAccount(account, "pw");
  const client = await logInBy("tcp", server, "one", "pw");
  for (const account of ACCOUNTS) {
    const filler = account === "one" ? client : await logInBy("tcp", server, account, "pw");
    filler.send(`a APPEND INBOX {2000000+}\r\n${"z".repeat(2_000_000)}\r\n`);
    await filler.linesUntil((line) => line.startsWith("a "));
    filler.destroy();
  }
});

afterAll(async () => {
  await server.stop();
  await removeData(server);
});

/** What is open of everything that a connection opens. */
async function open(): Promise<Record<string, number>> {
  const metrics = await readMetrics(server);
  const value = (series: string): number => metrics.get(series) ?? Number.NaN;
  return {
    tcp: value('sluice_connections_open{transport="tcp"}'),
    websocket: value('sluice_connections_open{transport="websocket"}'),
    links: value("sluice_links_open"),
    sessions: value("sluice_sessions_open"),
    timers: value("sluice_timers_armed"),
  };
}

const NOTHING = { tcp: 0, websocket: 0, links: 0, sessions: 0, timers: 0 };

type Ending = (client: LineClient, random: Random) => Promise<unknown>;

async function rest(client: LineClient): Promise<void> {
  await client.linesUntil(() => false);
}

/** Ways in which a connection that has logged in ends. The client is destroyed afterwards in any case. */
const ENDINGS: Readonly<Record<string, Ending>> = {
  "without a word": async (client) => client.destroy(),
  "end of input": async (client) => {
    client.close();
    await rest(client);
  },
  LOGOUT: async (client) => {
    client.send("z LOGOUT\r\n");
    await rest(client);
  },
  "LOGOUT, not waited for": async (client) => {
    client.send("z LOGOUT\r\n");
    client.destroy();
  },
  "in IDLE": async (client) => {
    client.send("i IDLE\r\n");
    await client.line();
  },
  "end of input in IDLE": async (client) => {
    client.send("i IDLE\r\n");
    await client.line();
    client.close();
    await rest(client);
  },
  "in the middle of a command": async (client) => {
    client.send("a STATUS INB");
    client.close();
    await rest(client);
  },
  "in the middle of an APPEND": async (client) => {
    client.send(`a APPEND INBOX {300000+}\r\n${"x".repeat(100_000)}`);
    await delay(1);
  },
  "in the middle of a FETCH": async (client) => {
    client.send("a SELECT INBOX\r\nb FETCH 1 BODY.PEEK[]\r\n");
    await client.linesUntil((line) => line.includes("FETCH ("));
  },
  "commands nobody waits for": async (client) => client.send("a SELECT INBOX\r\nb SEARCH BODY nothing\r\nc NOOP\r\n"),
  "what is not IMAP": async (client) => {
    client.send("a SEARCH {99999999999999}\r\n");
    await rest(client);
  },
  "a command that does not go on": async (client) => {
    client.send("a SEL");
    await rest(client);
  },
  "bad commands": async (client) => {
    client.send("x\r\n".repeat(25));
    await rest(client);
  },
};
/** Most clients just go. */
const NAMES = ["without a word", ...Object.keys(ENDINGS)] as const;

async function connection(number: number, random: Random): Promise<void> {
  const transport: Transport = random.chance(0.1) ? random.pick<Transport>(TRANSPORTS) : "tcp";
  const kind = random.between(1, 100);
  const client = await connectBy(transport, server);
  try {
    // Some have not even heard the greeting, some wait for their time-out, some give a wrong password.
    if (kind <= 5) return;
    await client.line();
    if (kind === 6) return await rest(client);
    if (kind <= 10) return void (await client.command("LOGIN one wrong"));
    const account = ACCOUNTS[number % ACCOUNTS.length] ?? "one";
    const answer = (await client.command(`LOGIN ${account} pw`)).at(-1);
    if (answer?.includes(" OK ") !== true) throw new Error(`LOGIN: ${answer}`);
    await ENDINGS[random.pick<string>(NAMES)]?.(client, random);
  } finally {
    client.destroy();
  }
}

test(`${CONNECTIONS} connections of all kinds leave nothing open`, { timeout: 300_000 }, async ({ expect }) => {
  const pid = server.workerdPid;
  const before = processFigures(pid).handles;
  let next = 0;
  const failures: string[] = [];
  const stop = new AbortController();
  const client = async (): Promise<void> => {
    while (next < CONNECTIONS && failures.length < 10) {
      const number = next++;
      try {
        await connection(number, Random.forItem(SEED, number));
      } catch (error) {
        failures.push(`connection ${number} of seed ${SEED}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  };
  const restarts = async (): Promise<void> => {
    for (let at = 0; !stop.signal.aborted; at++) {
      await delay(500);
      await server.admin.restart(ACCOUNTS[at % ACCOUNTS.length] ?? "one");
    }
  };
  const restarting = restarts();
  await Promise.all(Array.from({ length: AT_ONCE }, client));
  stop.abort();
  await restarting;
  expect(failures).toEqual([]);

  // The server learns of the last ends in its own time; the test's time-out bounds the wait.
  for (let now = await open(); JSON.stringify(now) !== JSON.stringify(NOTHING); now = await open()) await delay(200);
  const metrics = await readMetrics(server);
  const total = ["tcp", "websocket"].reduce(
    (sum, transport) => sum + (metrics.get(`sluice_connections_total{transport="${transport}"}`) ?? 0),
    0,
  );
  // Some were gone before the server could accept them.
  expect(total).toBeGreaterThan(0.98 * CONNECTIONS);
  expect(metrics.get('sluice_links_lost_total{survived="true"}')).toBeGreaterThan(0);
  // The databases of accounts are closed some seconds after their last session.
  while (processFigures(pid).handles > before) await delay(200);
});
