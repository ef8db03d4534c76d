import { setTimeout as delay } from "node:timers/promises";

import { connectAdmin } from "../../packages/cli/src/connect-admin.ts";
import type { AdminClient } from "../../packages/cli/src/admin-client.ts";
import { Random } from "../../packages/cli/src/demo/random.ts";
import { dataPaths } from "../../packages/cli/src/files/data-directory.ts";
import { RawClient } from "../support/raw-client.ts";
import { removeData, startServer, type StartedServer } from "../support/started-server.ts";
import { Actor, PASSWORD, USER } from "./actor.ts";
import { disagreements } from "./agreement.ts";
import { Ledger } from "./ledger.ts";
import { readMailboxes } from "./read-mailbox.ts";
import { calmRoad, roughRoad, type Road } from "./road.ts";

export interface ChaosOptions {
  readonly actors: number;
  readonly seed: number;
  /** Load, a look at everything when all is quiet, and on from there. */
  readonly rounds: number;
  /** How long the load of one round goes on. */
  readonly millisecondsPerRound: number;
}

export interface ChaosReport {
  readonly steps: number;
  readonly commands: number;
  readonly restarts: number;
  /** Links that were lost, and whether their connections went on. */
  readonly relinked: number;
  readonly givenUp: number;
  /** Connections that have ended, by what was said last. */
  readonly ends: ReadonlyMap<string, number>;
  /** One line for each thing that may not be. The run ends with the first round that has any. */
  readonly violations: readonly string[];
}

/** Milliseconds between two restarts of the account's object: some soon after each other, some when links have not been lost for a while. */
const RESTART_AFTER = { often: [100, 600], seldom: [600, 2500] } as const;
/** What the server may complain of: logins for which it found no account object, and connections that it gave up. */
const EXPECTED = /Restarted by the administrator|closed the link at once|ends too often/;
/** Milliseconds for which an actor waits at most, so that restarts come in between. */
const PAUSE = 300;
/** Steps of an actor in a round: none comes so far in time. */
const STEPS = 10_000;
/** Milliseconds that the server may take to let go of connections that have ended: it gives up a lost link after 30 s, and a client that is gone after as many more. */
const SETTLE = 120_000;

/** Random clients of one account over random networks, while the account's object is restarted. */
export async function chaos(options: ChaosOptions, say: (line: string) => void): Promise<ChaosReport> {
  const server = await startServer();
  try {
    return await new Chaos(server, options).run(say);
  } finally {
    await server.stop();
    await removeData(server);
  }
}

class Chaos {
  readonly #server: StartedServer;
  readonly #options: ChaosOptions;
  readonly #admin: AdminClient;
  readonly #random: Random;
  readonly #ledger = new Ledger();
  readonly #actors: readonly Actor[];
  readonly #violations: string[] = [];
  #restarts = 0;

  constructor(server: StartedServer, options: ChaosOptions) {
    this.#server = server;
    this.#options = options;
    this.#admin = connectAdmin(dataPaths(server.data));
    this.#random = Random.forItem(options.seed, 0);
    this.#actors = Array.from({ length: options.actors }, (_, number) => {
      const random = Random.forItem(options.seed, number + 1);
      return new Actor({
        number,
        random,
        ledger: this.#ledger,
        connect: () => roughRoad(this.#server, random),
        pause: PAUSE,
        restless: number % 3 > 0,
      });
    });
  }

  async run(say: (line: string) => void): Promise<ChaosReport> {
    await this.#server.addAccount(USER, PASSWORD);
    const setup = await RawClient.login(this.#server.imapPort, USER, PASSWORD);
    await setup.command("CREATE Other");
    setup.destroy();
    for (let round = 1; round <= this.#options.rounds && this.#violations.length === 0; round++) {
      await this.#load();
      if (this.#violations.length === 0) await this.#watched(this.#look());
      say(`round ${round}: ${this.#steps} steps, ${this.#restarts} restarts, ${this.#violations.length} violations`);
    }
    await Promise.all(this.#actors.map((actor) => actor.close()));
    if (this.#violations.length === 0) await this.#watched(this.#untilOpen(0));
    this.#violations.push(...this.#server.output.filter((line) => line.includes('"level":"error"') && !EXPECTED.test(line)));
    const ends = new Map<string, number>();
    for (const actor of this.#actors) for (const [how, count] of actor.ends) ends.set(how, (ends.get(how) ?? 0) + count);
    return {
      steps: this.#steps,
      commands: await this.#sample("sluice_commands_total"),
      restarts: this.#restarts,
      relinked: await this.#sample('sluice_links_lost_total{survived="true"}'),
      givenUp: await this.#sample('sluice_links_lost_total{survived="false"}'),
      ends,
      violations: this.#violations,
    };
  }

  get #steps(): number {
    return this.#actors.reduce((sum, { steps }) => sum + steps, 0);
  }

  async #load(): Promise<void> {
    const until = performance.now() + this.#options.millisecondsPerRound;
    const goesOn = (): boolean => performance.now() < until && this.#violations.length === 0;
    const restarts = async (): Promise<void> => {
      while (goesOn()) {
        const [from, to] = this.#random.chance(0.7) ? RESTART_AFTER.often : RESTART_AFTER.seldom;
        await delay(this.#random.between(from, to));
        await this.#admin.restart(USER);
        this.#restarts++;
      }
    };
    await Promise.all([this.#watched(restarts()), ...this.#actors.map((actor) => this.#watched(actor.act(STEPS, goesOn)))]);
  }

  /** Lets all come to rest, and compares what everybody believes with what is there. */
  async #look(): Promise<void> {
    const calm = (): Promise<Road> => calmRoad(this.#server, "tcp", "restart");
    const each = async (work: (actor: Actor) => Promise<void>): Promise<void> => {
      await Promise.all(this.#actors.map(work));
    };
    await each((actor) => actor.stay(calm));
    // What an ended connection has sent may still be done: only when they are all gone is nothing under way.
    await this.#untilOpen(this.#actors.length);
    await each((actor) => actor.settle(calm));
    const found = await readMailboxes(this.#server.imapPort, USER, PASSWORD);
    this.#violations.push(...this.#ledger.problems(found), ...disagreements(this.#actors, found));
  }

  /** Waits until so many connections, and sessions, are open. */
  async #untilOpen(count: number): Promise<void> {
    const end = performance.now() + SETTLE;
    for (;;) {
      const connections = await this.#sample("sluice_connections_open");
      const sessions = await this.#sample("sluice_sessions_open");
      if (connections === count && sessions === count) return;
      if (performance.now() > end)
        throw new Error(`${connections} connections and ${sessions} sessions are open, where ${count} should be`);
      await delay(100);
    }
  }

  /** The sum of the samples whose names begin so. */
  async #sample(name: string): Promise<number> {
    const lines = (await this.#admin.metrics()).split("\n").filter((line) => line.startsWith(name));
    return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
  }

  async #watched(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      this.#violations.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
  }
}
