import { bootstrapMedian, mean, median, ratios } from "../statistics.ts";
import { appendCommands } from "./corpus.ts";
import { ImapWire } from "./imap-wire.ts";
import type { MailServer } from "./mail-server.ts";
import type { Operation, Session } from "./operations.ts";
import type { RunTime } from "./run-time.ts";
import type { OperationResult, SizeResult } from "./server-report.ts";
import { cpuSeconds, peakMemory } from "./server-processes.ts";

/** Milliseconds that a round repeats an operation for at least, so that what is quick is measured at all; and how often at most. */
const ROUND = 100;
const REPETITIONS = 50;
/** APPENDs that are sent at once to fill a mailbox: a megabyte and a half. */
const FILL = 250;

export interface MeasureOptions {
  readonly operations: readonly Operation[];
  readonly rounds: number;
  readonly seed: number;
  /** Told what is being done. */
  readonly say: (line: string) => void;
}

/** An operation at one server, as far as it has been measured. */
interface Series {
  readonly operation: Operation;
  readonly server: MailServer;
  readonly session: Session;
  /** The first run after the fill. */
  first: number;
  /** Octets that the server held at most while a run was checked. */
  memory: number | undefined;
  readonly rounds: Round[];
}

interface Round extends RunTime {
  readonly cpuSeconds: number | undefined;
  readonly octets: number;
}

/** Fills a mailbox at each server, and measures the operations at all of them in turn. @throws Error when an answer is not OK */
export async function measureSize(servers: readonly MailServer[], messages: number, options: MeasureOptions): Promise<SizeResult> {
  const { operations, rounds, seed, say } = options;
  const fills: Fill[] = [];
  for (const server of servers) fills.push(await fill(server, messages, options));
  // Only now: servers end connections that wait for half an hour, and the other's fill may take that long.
  const sessions = await Promise.all(servers.map(async (server) => ({ server, session: await openSession(server, messages, seed) })));
  const series: Series[] = operations.flatMap((operation) =>
    sessions.map(({ server, session }) => ({ operation, server, session, first: 0, memory: undefined, rounds: [] })),
  );
  for (const one of series) {
    one.first = (await one.operation.run(one.session)).milliseconds;
    await one.operation.undo?.(one.session);
    one.memory = await peakMemory(one.server.pid, () => one.operation.check(one.session));
    await one.operation.undo?.(one.session);
  }
  for (let round = 0; round < rounds; round++) {
    say(`${messages} messages: round ${round + 1} of ${rounds}`);
    for (const operation of operations) {
      const turns = series.filter((one) => one.operation === operation);
      // Who comes first would have the other's leftovers to bear, so it changes.
      for (const one of round % 2 === 0 ? turns : turns.toReversed()) one.rounds.push(await measureRound(one));
    }
  }
  for (const { session } of sessions) await session.wire.logout();
  return {
    messages,
    octets: fills[0]?.octets ?? 0,
    fills: fills.map(({ server, seconds }) => ({ server, seconds })),
    results: series.map((one) => summarize(one, messages)),
    ratios: operations.flatMap(({ name }) => {
      const [own, other] = series.filter(({ operation }) => operation.name === name).map((one) => one.rounds.map(millisecondsOf));
      return own === undefined || other === undefined ? [] : [{ operation: name, ...bootstrapMedian(ratios(own, other)) }];
    }),
  };
}

interface Fill {
  readonly server: string;
  /** That the server took, without the making of the messages. */
  readonly seconds: number;
  readonly octets: number;
}

async function fill(server: MailServer, messages: number, { seed, say }: MeasureOptions): Promise<Fill> {
  const filled = await fillMailbox(server, userOf(messages), messages, seed);
  say(`${server.name}: ${messages} messages in ${filled.seconds.toFixed(1)} s`);
  return { server: server.name, ...filled };
}

/** Adds a user whose INBOX has the first `messages` messages of the corpus. */
export async function fillMailbox(server: MailServer, user: string, messages: number, seed: number): Promise<Omit<Fill, "server">> {
  await server.addUser(user);
  const wire = await ImapWire.login(server.endpoint, user, server.password);
  let milliseconds = 0;
  let octets = 0;
  for (let first = 0; first < messages; first += FILL) {
    const commands = appendCommands(seed, first, Math.min(FILL, messages - first));
    octets += commands.reduce((sum, [, literal]) => sum + literal.length, 0);
    const start = performance.now();
    // Whether all are there is seen by what the operations find.
    await wire.run(commands);
    milliseconds += performance.now() - start;
  }
  await wire.logout();
  return { seconds: milliseconds / 1000, octets };
}

async function openSession({ endpoint, password }: MailServer, messages: number, seed: number): Promise<Session> {
  const user = userOf(messages);
  const wire = await ImapWire.login(endpoint, user, password);
  await wire.run(["SELECT INBOX"]);
  return { wire, endpoint, user, password, seed, messages };
}

/** Each size has an account of its own. */
function userOf(messages: number): string {
  return `bench${messages}`;
}

/** Repeats the operation; a value is the median, or the mean where only a sum is known. */
async function measureRound({ operation, session, server }: Series): Promise<Round> {
  const runs: RunTime[] = [];
  let cpu = 0;
  let known = true;
  let octets = 0;
  for (let spent = 0; runs.length === 0 || (spent < ROUND && runs.length < REPETITIONS);) {
    const received = session.wire.octets;
    const before = cpuSeconds(server.pid);
    const start = performance.now();
    runs.push(await operation.run(session));
    spent += performance.now() - start;
    const after = cpuSeconds(server.pid);
    if (before === undefined || after === undefined) known = false;
    else cpu += after - before;
    octets += session.wire.octets - received;
    await operation.undo?.(session);
  }
  const p99 = runs.flatMap((run) => (run.p99 === undefined ? [] : [run.p99]));
  const told = runs.length * (operation.turns ?? 1);
  return {
    milliseconds: median(runs.map(millisecondsOf)),
    ...(p99.length === 0 ? {} : { p99: median(p99) }),
    cpuSeconds: known ? cpu / told : undefined,
    driverSeconds: median(runs.map(({ driverSeconds }) => driverSeconds)),
    octets: octets / told,
  };
}

function summarize({ operation, server, first, memory, rounds }: Series, messages: number): OperationResult {
  const milliseconds = rounds.map(millisecondsOf);
  const p99 = rounds.flatMap((round) => (round.p99 === undefined ? [] : [round.p99]));
  const cpu = rounds.flatMap((round) => (round.cpuSeconds === undefined ? [] : [round.cpuSeconds]));
  return {
    operation: operation.name,
    server: server.name,
    unit: operation.unit,
    count: operation.count(messages),
    first,
    milliseconds: median(milliseconds),
    rounds: milliseconds,
    ...(p99.length === 0 ? {} : { p99: median(p99) }),
    ...(cpu.length === 0 ? {} : { cpuSeconds: mean(cpu) }),
    ...(memory === undefined ? {} : { memory }),
    driverSeconds: median(rounds.map(({ driverSeconds }) => driverSeconds)),
    octets: median(rounds.map((round) => round.octets)),
  };
}

function millisecondsOf({ milliseconds }: RunTime): number {
  return milliseconds;
}
