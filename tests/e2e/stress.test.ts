import { afterAll, beforeAll, test } from "vitest";

import { Random } from "../../packages/cli/src/demo/random.ts";
import { Actor, PASSWORD, USER } from "../stress/actor.ts";
import { disagreements } from "../stress/agreement.ts";
import { Ledger } from "../stress/ledger.ts";
import { readMailboxes } from "../stress/read-mailbox.ts";
import { calmRoad, type Road } from "../stress/road.ts";
import { RawClient } from "../support/raw-client.ts";
import { removeData, startServer, type StartedServer } from "../support/started-server.ts";

const CONNECTIONS = 20;
const STEPS = 50;
const SEED = 20_261_122;
/** Milliseconds. */
const PAUSE = 20;

let server: StartedServer;

beforeAll(async () => {
  server = await startServer();
  await server.addAccount(USER, PASSWORD);
});

afterAll(async () => {
  await server.stop();
  await removeData(server);
});

test(
  "whatever twenty connections do at once, each is told what is so, and nothing acknowledged is lost",
  { timeout: 120_000 },
  async ({ expect }) => {
    const setup = await RawClient.login(server.imapPort, USER, PASSWORD);
    await setup.command("CREATE Other");
    setup.destroy();
    const ledger = new Ledger();
    const connect = (number: number): Promise<Road> => calmRoad(server, number % 5 === 0 ? "tls" : "tcp", "nothing");
    const actors = Array.from(
      { length: CONNECTIONS },
      (_, number) =>
        new Actor({ number, random: Random.forItem(SEED, number), ledger, connect: () => connect(number), pause: PAUSE, restless: false }),
    );
    await Promise.all(actors.map((actor) => actor.act(STEPS)));
    await Promise.all(actors.map((actor) => actor.settle(() => connect(1))));
    const found = await readMailboxes(server.imapPort, USER, PASSWORD);
    expect(ledger.problems(found)).toEqual([]);
    expect(disagreements(actors, found)).toEqual([]);
    for (const actor of actors) expect([...actor.ends.keys()]).toEqual([]);
    await Promise.all(actors.map((actor) => actor.close()));
  },
);
