import * as fc from "fast-check";
import { afterEach, beforeEach, describe, test, vi } from "vitest";

import { LIMITS } from "../../src/limits.ts";
import { scripts, type Script, type Step } from "./ends-script.ts";
import { connect, createEdge, FakeAccountObject, settle, type Connected, type Edge } from "./fakes.ts";
import { fuzzRuns } from "./fuzz-runs.ts";
import { LosingLinks } from "./losing-links.ts";
import { TINY } from "./tiny-limits.ts";

// The pauses before new links have a random part, which would make a failure another one when it is played again.
beforeEach(() => void vi.spyOn(Math, "random").mockReturnValue(0.5));
afterEach(() => void vi.restoreAllMocks());

/** Logins that are tried, where the first link of an account fails. */
const LOGINS = 3;

class EndsPlay {
  readonly #object = new FakeAccountObject();
  readonly #links: LosingLinks;
  readonly #edge: Edge;
  readonly #script: Script;
  readonly #log: string[] = [];
  #tags = 0;
  #openings = 0;
  #written = "";

  constructor(script: Script) {
    this.#script = script;
    this.#links = new LosingLinks(this.#object, () => this.#opening());
    this.#edge = createEdge(this.#links);
  }

  /** Answers how many links were lost. @throws what is wrong, and the conversation that led to it */
  async run(): Promise<number> {
    const connected = await connect(this.#edge);
    let over = false;
    void connected.done.then(() => (over = true));
    await this.#logIn(connected);
    for (const step of this.#script.steps) {
      await this.#step(connected, step);
      this.#listen(connected);
    }
    this.#end(connected);
    if (this.#script.lost) this.#links.lose();
    await settle();
    await this.#pass(LIMITS.commandTime + LIMITS.relinkTime + LIMITS.drainTime + LIMITS.lingerTime);
    // A client that reads nothing has its time too, which begins anew with each octet that it takes.
    if (this.#script.end !== "client ends" && !over) await this.#pass(2 * LIMITS.idleTime + LIMITS.drainTime + LIMITS.lingerTime);
    connected.stream.resume();
    this.#listen(connected);
    if (!over) this.#problem("It is never over");
    this.#checkAnswers();
    this.#checkRest();
    return this.#links.losses;
  }

  async #logIn(connected: Connected): Promise<void> {
    for (let login = 1; login <= LOGINS; login++) {
      this.#feed(connected, `l${login} LOGIN user pass\r\n`);
      await settle();
      await this.#pass(LIMITS.relinkDelayMax);
      this.#listen(connected);
      if (this.#written.includes(`l${login} OK`)) return;
    }
  }

  async #step({ stream }: Connected, step: Step): Promise<void> {
    switch (step.do) {
      case "say":
        return this.#feed({ stream }, `t${++this.#tags} ${step.text}\r\n`);
      case "send":
        return this.#feed({ stream }, step.text);
      case "lose":
        if (step.after === 0) this.#links.lose();
        else this.#links.left = step.after - 1;
        return;
      case "stall":
        stream.stall();
        await settle();
        return stream.resume();
      case "turns":
        for (let turn = 0; turn < step.count; turn++) await new Promise((resolve) => setImmediate(resolve));
        return;
      case "wait":
        return this.#pass(step.milliseconds);
      default:
        return step satisfies never;
    }
  }

  #end({ stream }: Connected): void {
    const { end } = this.#script;
    switch (end) {
      case "client ends":
        return stream.end();
      case "client resets":
        return stream.reset();
      case "LOGOUT":
        return this.#feed({ stream }, "DONE\r\nz LOGOUT\r\n");
      case "shutdown":
        this.#edge.services.shutdown.begin();
        return;
      case "client stalls":
        return stream.stall();
      case "wait":
        return;
      default:
        return end satisfies never;
    }
  }

  async #opening(): Promise<void> {
    const opening = this.#script.openings[this.#openings++];
    if (opening === "late") await settle();
    if (opening === "fails") throw new Error("The account object is starting");
  }

  #pass(milliseconds: number): Promise<void> {
    return this.#edge.clock.advance(milliseconds);
  }

  #feed({ stream }: Pick<Connected, "stream">, text: string): void {
    this.#log.push(`C: ${text.slice(0, 100)}`);
    stream.feed(text);
  }

  #listen({ stream }: Connected): void {
    const text = stream.take();
    if (text !== "") this.#log.push(`S: ${text}`);
    this.#written += text;
  }

  /** No command is answered twice, each in its turn, and BYE is the last word but for the OK of a LOGOUT. */
  #checkAnswers(): void {
    const tags = Array.from(this.#written.matchAll(/^t(\d+) (?:OK|NO|BAD)/gm), (answer) => Number(answer[1]));
    if (tags.some((tag, at) => tag <= (tags[at - 1] ?? 0))) this.#problem(`Answers in this order: ${tags.join(" ")}`);
    if (!/^(?:(?!\* BYE)[^\n]*\n)*(?:\* BYE[^\n]*\n(?:\w+ OK LOGOUT[^\n]*\n)?)?[^\n]*$/.test(this.#written))
      this.#problem("BYE is not the last word");
  }

  /** Nothing is left of it, and nothing has gone wrong. */
  #checkRest(): void {
    const { clock, events, faults, services } = this.#edge;
    const ends = events.filter(({ kind }) => kind === "connection").length;
    const left = { timers: clock.armed, links: this.#object.links.size, members: services.shutdown.begin() };
    if (ends !== 1 || left.timers + left.links + left.members > 0) this.#problem(`${ends} ends, left behind: ${JSON.stringify(left)}`);
    const wrong = [...faults, ...this.#object.faults]
      .map(String)
      .filter((fault) => !/is starting|ends too often|does not answer|closed the link at once/.test(fault));
    if (wrong.length > 0) this.#problem(`Faults: ${wrong.join("; ")}`);
  }

  #problem(text: string): never {
    throw new Error(`${text}\n${this.#log.join("\n")}`);
  }
}

const { timeout, parameters } = fuzzRuns(500);
/** Connections that have to lose a link: usually more than half do. With fewer hardly anything was tried. */
const enough = Math.floor(parameters.numRuns / 10);

/** Plays random scripts. Answers how many of them have lost a link. */
async function playAll(): Promise<number> {
  let losers = 0;
  await fc.assert(
    fc.asyncProperty(scripts, async (script) => {
      const losses = await new EndsPlay(script).run();
      if (losses > 0) losers++;
    }),
    parameters,
  );
  return losers;
}

test("a connection ends once and leaves nothing, whatever ends it", { timeout }, async ({ expect }) => {
  expect(await playAll()).toBeGreaterThanOrEqual(enough);
});

describe("with tiny windows", () => {
  const usual = { ...LIMITS };
  beforeEach(() => void Object.assign(LIMITS, TINY));
  afterEach(() => void Object.assign(LIMITS, usual));

  test("a connection ends once and leaves nothing, whatever ends it", { timeout }, async ({ expect }) => {
    expect(await playAll()).toBeGreaterThanOrEqual(enough);
  });
});
