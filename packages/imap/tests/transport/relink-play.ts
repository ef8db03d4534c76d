import { createMemoryBodyStore } from "../../src/adapters/memory/memory-body-store.ts";
import { LIMITS } from "../../src/limits.ts";
import { createEdge, FakeAccountObject, logIn, settle, type Edge } from "./fakes.ts";
import { Ledger } from "./ledger.ts";
import { LosingLinks } from "./losing-links.ts";
import type { Script, Step } from "./relink-script.ts";
import { ScriptedClient } from "./scripted-client.ts";
import { slowBodies } from "./slow-bodies.ts";

/** Milliseconds of one wait, and of all of them: less than what ends a client that does not go on with its literal. */
const WAIT = 5_000;
const ALL_WAITS = 50_000;
/** Rounds in which the server may come to rest after whatever a client does. */
const ROUNDS = 2_000;

/** How a play ended: without a loss; with losses of which the client did not hear; with the end of its connection. */
export type Outcome = "calm" | "survived" | "ended";

/** Two clients of one account: one whose links are lost, and another that changes the mailbox. */
class RelinkPlay {
  readonly #object: FakeAccountObject;
  readonly #links: LosingLinks;
  readonly #edge: Edge;
  readonly #ledger: Ledger;
  readonly #client: ScriptedClient;
  readonly #other: ScriptedClient;
  #waited = 0;
  /** Milliseconds since the client has last read. */
  #unread = 0;

  private constructor(
    object: FakeAccountObject,
    links: LosingLinks,
    edge: Edge,
    ledger: Ledger,
    clients: readonly [ScriptedClient, ScriptedClient],
  ) {
    this.#object = object;
    this.#links = links;
    this.#edge = edge;
    this.#ledger = ledger;
    [this.#client, this.#other] = clients;
  }

  static async begin({ mode, messages, slowBodies: slow }: Script): Promise<RelinkPlay> {
    const bodies = createMemoryBodyStore();
    const object = new FakeAccountObject(slow ? slowBodies(bodies) : bodies);
    const links = new LosingLinks(object);
    const edge = createEdge(links);
    const ledger = new Ledger();
    const client = new ScriptedClient(await logIn(edge), ledger);
    const other = new ScriptedClient(await logIn({ ...edge, services: { ...edge.services, links: object } }), ledger);
    const play = new RelinkPlay(object, links, edge, ledger, [client, other]);
    other.say({ text: "SELECT INBOX", answer: "OK" });
    for (let message = 0; message < messages; message++) play.#append(10);
    await play.#quiet();
    if (mode !== "plain") client.say({ text: `ENABLE ${mode}`, answer: "OK" });
    client.say({ text: "SELECT INBOX", answer: "OK" });
    client.say({ text: "FETCH 1:* (UID FLAGS)", answer: "OK" });
    await play.#quiet();
    return play;
  }

  async run(steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      this.#listen();
      if (this.#client.ended) return;
      this.#client.proceed();
      await this.#step(step);
    }
  }

  /** Compares what the client was told with what is there. */
  async compare(): Promise<Outcome> {
    await this.#calmDown();
    const client = this.#client;
    const other = this.#other;
    if (!client.ended) {
      client.done();
      client.say({ text: "NOOP", answer: "OK" });
      await this.#quiet();
      client.say({ text: "NOOP", answer: "OK" });
      await this.#quiet();
    }
    const outcome = this.#outcome();
    if (outcome !== "ended") {
      if (client.unanswered.length > 0) client.problem(`${client.unanswered.length} commands have no answer`);
      other.say({ text: "NOOP", answer: "OK" });
      other.say({ text: "FETCH 1:* (UID FLAGS)", answer: "OK" });
      await this.#quiet();
      this.#compareViews();
    }
    this.#checkLedger();
    await this.#leave();
    return outcome;
  }

  /** The server is shut down in the middle of it all. */
  async shutDown(): Promise<Outcome> {
    this.#edge.services.shutdown.begin();
    await this.#calmDown();
    const client = this.#client;
    if (!client.ended) client.problem("A shutdown has not ended the connection");
    this.#checkBye();
    this.#checkLedger();
    await this.#leave();
    return "ended";
  }

  async #step(step: Step): Promise<void> {
    const client = this.#client;
    switch (step.do) {
      case "say":
        if (client.free) client.say(...step.commands);
        return;
      case "begin": {
        const { head, synchronizing, answer, claim } = step;
        if (!client.free) return;
        const literal = this.#ledger.message(step.size);
        return client.begin({ head, literal, synchronizing, answer, ...(claim !== undefined && { size: claim }) });
      }
      case "done":
        return client.done();
      case "other":
        for (const text of step.texts) this.#other.say({ text, answer: "any" });
        if (step.waits) await this.#quiet();
        return;
      case "deliver":
        for (let message = 0; message < step.count; message++) this.#append(step.size);
        return;
      case "lose":
        client.note(`-- lose after ${step.after}`);
        if (step.after === 0) this.#links.lose();
        else this.#links.left = step.after - 1;
        return;
      case "restart":
        return this.#restart();
      case "sleep":
        return this.#sleep();
      case "stall":
        client.note("-- stall");
        return client.stall();
      case "resume":
        client.note("-- resume");
        return client.resume();
      case "turns":
        for (let turn = 0; turn < step.count; turn++) await new Promise((resolve) => setImmediate(resolve));
        return;
      case "wait":
        return this.#wait();
      default:
        return step satisfies never;
    }
  }

  #append(size: number): void {
    this.#other.begin({ head: "APPEND INBOX", literal: this.#ledger.message(size), synchronizing: false, answer: "OK" });
    while (!this.#other.free) this.#other.proceed();
  }

  async #restart(): Promise<void> {
    const client = this.#client;
    this.#links.left = Infinity;
    await this.#quiet();
    await this.#wait();
    // An object that dies of its sessions is left alone.
    if (!client.atRest || this.#links.losses >= LIMITS.linkDeaths) return;
    client.note("-- restart at rest");
    this.#links.lose();
    await this.#edge.clock.advance(WAIT);
    await this.#quiet();
    if (client.ended) client.problem("A client at rest has not survived a restart");
  }

  async #sleep(): Promise<void> {
    await this.#quiet();
    for (const { host, snapshot } of this.#object.links) if (!host.quiescent || snapshot === undefined) return;
    this.#client.note("-- sleep");
    this.#object.sleep();
  }

  async #wait(): Promise<void> {
    if (this.#waited >= ALL_WAITS) return;
    this.#waited += WAIT;
    this.#unread = this.#client.stalled ? this.#unread + WAIT : 0;
    this.#client.note("-- wait");
    // What can happen at once happens before time passes: a client that reads again has read by then.
    await settle();
    await this.#edge.clock.advance(WAIT);
    this.#listen();
  }

  #listen(): void {
    this.#client.listen();
    this.#other.listen();
  }

  /** Lets everything happen that needs no time to pass. */
  async #quiet(): Promise<void> {
    const other = this.#other;
    let calm = 0;
    for (let round = 0; calm < 2; round++) {
      if (round === ROUNDS) this.#client.problem("The server does not come to rest");
      const before = this.#activity();
      await settle();
      this.#listen();
      // Work on what the other client has asked for may go on for some turns without a sign.
      const busy = other.unanswered.length > 0 && !other.ended;
      calm = !busy && this.#activity() === before ? calm + 1 : 0;
    }
  }

  #activity(): number {
    const streams = [this.#client.stream, this.#other.stream];
    return streams.reduce((sum, { reads, writes, stuck }) => sum + reads + writes + stuck, this.#object.sent);
  }

  /** No more losses, the client reads, and sends what it has begun. */
  async #calmDown(): Promise<void> {
    this.#links.left = Infinity;
    this.#client.resume();
    await this.#quiet();
    await this.#edge.clock.advance(LIMITS.relinkTime - 1);
    await this.#quiet();
    // A literal has two pieces.
    for (let piece = 0; piece < 2; piece++) {
      this.#client.proceed();
      await this.#quiet();
    }
  }

  #outcome(): Outcome {
    const client = this.#client;
    const { losses } = this.#links;
    if (!client.ended) return losses === 0 ? "calm" : "survived";
    if (losses === 0) client.problem("The connection has ended, and no link was lost");
    this.#checkBye();
    return "ended";
  }

  /** Whoever reads nothing for too long is not waited for, and inside of a response nothing can be said. */
  #checkBye(): void {
    const client = this.#client;
    if (client.said === "bye" || client.insideResponse || this.#unread >= LIMITS.drainTime) return;
    client.problem("The connection has ended without BYE");
  }

  #compareViews(): void {
    const { view: told } = this.#client;
    const { view: actual } = this.#other;
    const { uids } = actual;
    if (told.uids.length !== uids.length)
      this.#client.problem(`The client was told of ${told.uids.length} messages, and there are ${uids.length}`);
    for (const [at, uid] of told.uids.entries()) {
      if (uid === undefined) continue;
      if (uid !== uids[at]) this.#client.problem(`Message ${at + 1} was told to be ${uid}, and is ${uids[at]}`);
      const flags = [told, actual].map((view) => [...(view.flags.get(uid) ?? [])].sort().join(" "));
      if (told.flags.has(uid) && flags[0] !== flags[1])
        this.#client.problem(`Flags of ${uid} were told to be ${flags[0]}, and are ${flags[1]}`);
    }
  }

  /** Nothing that was answered is missing, and nothing was done twice. */
  #checkLedger(): void {
    const unanswered = [...this.#client.unanswered, ...this.#other.unanswered];
    const messages = unanswered.flatMap(({ message }) => message ?? []);
    const problem = this.#ledger.difference(messages);
    if (problem !== undefined) this.#client.problem(problem);
    const { appended, copied } = this.#ledger;
    const copies = unanswered.some(({ name }) => /COPY|MOVE/.test(name));
    this.#count("INBOX", appended.size, appended.size + messages.length);
    this.#count("Archive", copied.size, copies ? Infinity : copied.size);
  }

  #count(name: string, least: number, most: number): void {
    const uidNext = this.#object.account.index.findByName(name)?.uidNext ?? 0;
    const given = uidNext - 1;
    if (given < least || given > most) this.#client.problem(`${name} has given ${given} UIDs, and should have given ${least} to ${most}`);
  }

  async #leave(): Promise<void> {
    const client = this.#client;
    for (const { stream } of [client, this.#other]) stream.end();
    await this.#quiet();
    const faults = [...this.#edge.faults, ...this.#object.faults]
      .map(String)
      .filter((fault) => !/ends too often|does not answer/.test(fault));
    if (faults.length > 0) client.problem(`Faults: ${faults.join("; ")}`);
    if (!client.over || !this.#other.over) client.problem("The connection is not over");
    const left = { timers: this.#edge.clock.armed, links: this.#object.links.size };
    if (left.timers > 0 || left.links > 0) client.problem(`Left behind: ${JSON.stringify(left)}`);
  }
}

/** @throws what is wrong, and the conversation that led to it */
export async function play(script: Script): Promise<Outcome> {
  const play = await RelinkPlay.begin(script);
  await play.run(script.steps);
  return script.end === "shutdown" ? play.shutDown() : play.compare();
}
