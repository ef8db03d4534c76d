import { setTimeout as delay } from "node:timers/promises";

import { LIMITS } from "../../packages/imap/src/limits.ts";
import { Random } from "../../packages/cli/src/demo/random.ts";
import { ImapClient } from "../support/imap-client.ts";
import { removeData, startServer, type StartedServer } from "../support/started-server.ts";
import { step, trim } from "./client.ts";
import { processFigures, slope, type ProcessFigures } from "./process-figures.ts";

export interface SoakOptions {
  readonly milliseconds: number;
  readonly accounts: number;
  readonly connectionsPerAccount: number;
  readonly seed: number;
  /** Milliseconds between two samples. */
  readonly interval: number;
}

export interface SoakReport {
  readonly commands: number;
  readonly errors: readonly string[];
  readonly samples: readonly (ProcessFigures & { readonly at: number })[];
  /** Octets of resident memory per minute, over the second half of the run: the first fills caches. */
  readonly slope: number;
  /** Open handles before the first connection and after the last one has gone. */
  readonly handles: { readonly before: number; readonly after: number };
}

/** Between two commands of a client: people read. Keeps a laptop usable, too. */
const THINK = [0, 40] as const;
/** Commands after which a client logs out and comes again. */
const SESSION = [20, 200] as const;
/** Errors that are remembered; a run that has more has failed anyway. */
const ERRORS = 50;
/** How long the server may take to let go of the databases of accounts: objects leave memory after 10 s without work, and wake once more to reclaim. */
const SETTLE = 2 * LIMITS.reclaimDelay + 30_000;

/** Puts the mix on a server of its own for so long, and watches what its process holds. */
export async function soak(options: SoakOptions, say: (line: string) => void): Promise<SoakReport> {
  const server = await startServer();
  try {
    return await load(server, options, say);
  } finally {
    await server.stop();
    await removeData(server);
  }
}

async function load(server: StartedServer, options: SoakOptions, say: (line: string) => void): Promise<SoakReport> {
  const { workerdPid: pid } = server;
  const accounts = Array.from({ length: options.accounts }, (_, at) => `soak${at}`);
  for (const account of accounts) await server.addAccount(account, `pw-${account}`);
  const before = processFigures(pid).handles;
  const started = performance.now();
  const elapsed = (): number => performance.now() - started;
  const running = (): boolean => elapsed() < options.milliseconds && errors.length < ERRORS;
  const errors: string[] = [];
  let commands = 0;

  const run = async (account: string, random: Random): Promise<void> => {
    while (running()) {
      let client: ImapClient | undefined;
      try {
        client = await ImapClient.login(server.imapPort, account, `pw-${account}`);
        await client.ok("SELECT INBOX");
        for (let left = random.between(...SESSION); left > 0 && running(); left--) {
          await step(client, random);
          commands++;
          await delay(random.between(...THINK));
        }
        await trim(client);
        await client.ok("LOGOUT");
      } catch (error) {
        if (errors.length < ERRORS) errors.push(`${account}: ${error instanceof Error ? error.message : String(error)}`);
      } finally {
        client?.destroy();
      }
    }
  };

  const samples: (ProcessFigures & { readonly at: number })[] = [];
  const watch = async (): Promise<void> => {
    while (running()) {
      await delay(Math.min(options.interval, Math.max(0, options.milliseconds - elapsed())));
      const sample = { ...processFigures(pid), at: elapsed() };
      samples.push(sample);
      say(
        `${(sample.at / 1000).toFixed(0)} s: ${megabytes(sample.resident)} MB resident, ${sample.handles} handles, ${commands} commands, ${errors.length} errors`,
      );
    }
  };
  const runs = accounts.flatMap((account, at) =>
    Array.from({ length: options.connectionsPerAccount }, (_, number) =>
      run(account, Random.forItem(options.seed, at * options.connectionsPerAccount + number)),
    ),
  );
  await Promise.all([watch(), ...runs]);

  const end = performance.now() + SETTLE;
  while (processFigures(pid).handles > before && performance.now() < end) await delay(100);
  const steady = samples.filter(({ at }) => at >= options.milliseconds / 2);
  return {
    commands,
    errors,
    samples,
    slope: slope(steady.map(({ at, resident }) => [at / 60_000, resident] as const)),
    handles: { before, after: processFigures(pid).handles },
  };
}

export function megabytes(octets: number): string {
  return (octets / 1024 / 1024).toFixed(1);
}
