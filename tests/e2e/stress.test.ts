import { afterAll, beforeAll, test } from "vitest";

import { RawClient } from "../support/raw-client.ts";
import { removeData, startServer, type StartedServer } from "../support/started-server.ts";
import { numbersOf, seededRandom, ViewModel } from "../support/view-model.ts";

const CONNECTIONS = 20;
const STEPS = 50;
const SEED = 20_261_122;
const BOXES = ["INBOX", "Other"] as const;
type Box = (typeof BOXES)[number];

let server: StartedServer;

beforeAll(async () => {
  server = await startServer();
  await server.addAccount("stress", "pw-stress");
});

afterAll(async () => {
  await server.stop();
  await removeData(server);
});

/** What the server has acknowledged to anybody. */
class Ledger {
  /** The id of each message that has to be there, unless it was doomed. */
  readonly kept = new Map<string, number>();
  /** Messages that somebody may have marked for deletion. */
  readonly doomed = new Set<string>();
  /** Keywords that a message has to have. */
  readonly keywords = new Map<string, Set<string>>();
  #ids = 0;

  nextId(): number {
    return ++this.#ids;
  }

  get lastId(): number {
    return this.#ids;
  }

  copied(from: Box, sources: readonly number[], to: Box, targets: readonly number[]): void {
    for (const [at, uid] of sources.entries()) {
      const target = key(to, targets[at] ?? 0);
      const id = this.kept.get(key(from, uid));
      if (id !== undefined) this.kept.set(target, id);
      // Its flags were copied too.
      if (id === undefined || this.doomed.has(key(from, uid))) this.doomed.add(target);
    }
  }
}

function key(box: Box, uid: number): string {
  return `${box} ${uid}`;
}

/** One mail program that does what comes to its mind, and believes what it is told. */
class Actor {
  readonly #name: string;
  readonly #keyword: string;
  readonly #tls: boolean;
  readonly #random: (limit: number) => number;
  readonly #ledger: Ledger;
  #client: RawClient | undefined;
  #box: Box = "INBOX";
  #view: ViewModel | undefined;
  #tag = 0;

  constructor(number: number, ledger: Ledger) {
    this.#name = `client ${number}`;
    this.#keyword = `$k${number}`;
    this.#tls = number % 5 === 0;
    this.#random = seededRandom(SEED + number);
    this.#ledger = ledger;
  }

  get box(): Box {
    return this.#box;
  }

  get view(): ViewModel {
    return this.#view ?? this.#problem("no mailbox is selected");
  }

  async act(): Promise<void> {
    await this.#connect();
    for (let step = 0; step < STEPS; step++) await this.#step();
  }

  /** Catches up: then its view is the mailbox. */
  async settle(): Promise<void> {
    await this.#command("NOOP");
    const before = this.view.flags.size;
    const told = [...this.view.flags].map(([uid, flags]) => [uid, [...flags].sort()]);
    const uids = [...this.view.uids];
    await this.#command("FETCH 1:* (UID FLAGS)");
    if (this.view.uids.length !== uids.length) this.#problem("the view changed although nothing was going on");
    if (this.view.knownUids.length !== uids.length) this.#problem("not every message was answered");
    const now = told.map(([uid]) => [uid, [...(this.view.flags.get(Number(uid)) ?? [])].sort()]);
    if (JSON.stringify(now) !== JSON.stringify(told)) this.#problem(`flags of ${before} messages: ${JSON.stringify({ told, now })}`);
  }

  /** Ids by UID, in order. */
  async contents(): Promise<Map<number, number>> {
    const ids = new Map<number, number>();
    const lines = await this.#command("FETCH 1:* (UID BODY.PEEK[HEADER.FIELDS (X-Id)])");
    for (const [at, line] of lines.entries()) {
      const uid = /^\* \d+ FETCH \(UID (\d+) BODY/.exec(line)?.[1];
      const id = /^X-Id: (\d+)$/.exec(lines[at + 1] ?? "")?.[1];
      if (uid !== undefined) ids.set(Number(uid), Number(id));
    }
    return ids;
  }

  close(): void {
    this.#client?.destroy();
  }

  #problem(text: string): never {
    throw new Error(`${this.#name} in ${this.#box}: ${text}`);
  }

  async #connect(): Promise<void> {
    const [port, ca] = this.#tls ? [server.imapsPort, server.ca] : [server.imapPort, undefined];
    this.#client = await RawClient.login(port, "stress", "pw-stress", ca);
    await this.#select();
  }

  async #select(): Promise<void> {
    this.#box = BOXES[this.#random(2)] ?? "INBOX";
    this.#view = undefined;
    await this.#command(`SELECT ${this.#box}`);
  }

  async #step(): Promise<void> {
    switch (this.#random(12)) {
      case 0:
      case 1:
      case 2:
        return this.#append();
      case 3:
        return this.#mark();
      case 4:
        return this.#unmark();
      case 5:
        return this.#doom();
      case 6:
        await this.#command(this.#random(2) === 0 ? "EXPUNGE" : "NOOP");
        return;
      case 7:
        await this.#command("FETCH 1:* (UID FLAGS)");
        return;
      case 8:
        return this.#copy();
      case 9:
      case 10:
        return this.#idle();
      default:
        if (this.#random(3) > 0) return this.#select();
        // Gone in the middle of something.
        this.#client?.send(`x UID FETCH 1:* (FLAGS)\r\ny APPEND INBOX {100+}\r\nX-Id: `);
        this.#client?.destroy();
        return this.#connect();
    }
  }

  async #append(): Promise<void> {
    const box = BOXES[this.#random(2)] ?? "INBOX";
    const id = this.#ledger.nextId();
    // One in eight is streamed past the parser.
    const text = `X-Id: ${id}\r\n\r\n${"text of a message\r\n".repeat(this.#random(8) === 0 ? 2000 : this.#random(20))}`;
    const lines = await this.#command(`APPEND ${box} {${text.length}+}\r\n${text}`);
    const uid = /OK \[APPENDUID \d+ (\d+)\]/.exec(lines.at(-1) ?? "")?.[1];
    if (uid === undefined) this.#problem(`APPEND: ${lines.at(-1)}`);
    this.#ledger.kept.set(key(box, Number(uid)), id);
  }

  /** A few UIDs that it knows. */
  #some(): number[] {
    const known = this.view.knownUids;
    return known.length === 0
      ? []
      : [...new Set(Array.from({ length: 3 }, () => known[this.#random(known.length)] ?? 1))].sort((a, b) => a - b);
  }

  async #mark(): Promise<void> {
    const uids = this.#some();
    if (uids.length === 0) return;
    const silent = this.#random(2) === 0;
    await this.#command(`UID STORE ${uids.join(",")} +FLAGS${silent ? ".SILENT" : ""} (${this.#keyword})`);
    for (const uid of uids) {
      const at = key(this.#box, uid);
      const keywords = this.#ledger.keywords.get(at) ?? new Set();
      this.#ledger.keywords.set(at, keywords.add(this.#keyword));
      this.view.flags.get(uid)?.add(this.#keyword);
    }
  }

  async #unmark(): Promise<void> {
    const [uid] = this.#some();
    if (uid === undefined) return;
    await this.#command(`UID STORE ${uid} -FLAGS.SILENT (${this.#keyword})`);
    this.#ledger.keywords.get(key(this.#box, uid))?.delete(this.#keyword);
    this.view.flags.get(uid)?.delete(this.#keyword);
  }

  async #doom(): Promise<void> {
    const [uid] = this.#some();
    if (uid === undefined) return;
    this.#ledger.doomed.add(key(this.#box, uid));
    const sequence = this.view.uids.indexOf(uid) + 1;
    await this.#command(`STORE ${sequence} +FLAGS (\\Deleted)`);
  }

  async #copy(): Promise<void> {
    const uids = this.#some();
    if (uids.length === 0) return;
    const moves = this.#random(3) === 0;
    const to = BOXES[this.#random(2)] ?? "INBOX";
    if (moves) for (const uid of uids) this.#ledger.doomed.add(key(this.#box, uid));
    const lines = await this.#command(`UID ${moves ? "MOVE" : "COPY"} ${uids.join(",")} ${to}`);
    const code = /\[COPYUID \d+ ([\d:,]+) ([\d:,]+)\]/.exec(lines.join("\n"));
    if (code !== null) this.#ledger.copied(this.#box, numbersOf(code[1] ?? ""), to, numbersOf(code[2] ?? ""));
  }

  /** Waits for something or for nothing, and goes on without waiting for the answer to DONE. */
  async #idle(): Promise<void> {
    const client = this.#client ?? this.#problem("not connected");
    const tag = `i${++this.#tag}`;
    client.send(`${tag} IDLE\r\n`);
    for (let line = await client.line(); line !== "+ idling"; line = await client.line()) this.#hear(line, "IDLE");
    await new Promise((resolve) => setTimeout(resolve, this.#random(20)));
    const next = `s${this.#tag}`;
    client.send(`DONE\r\n${next} STATUS {${this.#box.length}}\r\n`);
    let answered = 0;
    for (let line = await client.line(); line !== "+ OK"; line = await client.line()) {
      if (line?.startsWith(`${tag} OK`) === true) answered++;
      else this.#hear(line, "IDLE");
    }
    if (answered !== 1) this.#problem("the go-ahead came before the answer to IDLE");
    client.send(`${this.#box} (MESSAGES)\r\n`);
    for (let line = await client.line(); line?.startsWith(`${next} `) !== true; line = await client.line()) this.#hear(line, "STATUS");
  }

  async #command(text: string): Promise<string[]> {
    const client = this.#client ?? this.#problem("not connected");
    const tag = `t${++this.#tag}`;
    client.send(`${tag} ${text}\r\n`);
    const lines: string[] = [];
    for (;;) {
      const line = await client.line();
      if (line !== undefined) lines.push(line);
      if (line?.startsWith(`${tag} `) !== true) {
        this.#hear(line, text);
        continue;
      }
      const refused = !line.startsWith(`${tag} OK`) && !/NO \[EXPUNGEISSUED\]/.test(line);
      if (refused) this.#problem(`${text.slice(0, 60)}: ${line}`);
      return lines;
    }
  }

  /** Takes one line that is not tagged. */
  #hear(line: string | undefined, during: string): void {
    if (line === undefined || line.startsWith("* BYE")) this.#problem(`the connection ended during ${during.slice(0, 60)}: ${line}`);
    const count = /^\* (\d+) (EXISTS|EXPUNGE|RECENT)$/.exec(line);
    if (count !== null) {
      const number = Number(count[1]);
      if (count[2] === "EXISTS") (this.#view ??= new ViewModel((text) => this.#problem(text))).exists(number);
      else if (count[2] === "RECENT") {
        if (number > this.view.uids.length) this.#problem(`RECENT ${number} of ${this.view.uids.length}`);
      } else {
        if (/^(FETCH|STORE|SEARCH)/.test(during)) this.#problem(`EXPUNGE during ${during}`);
        this.view.expunge(number);
      }
      return;
    }
    const fetch = /^\* (\d+) FETCH \(UID (\d+)(?: FLAGS \(([^)]*)\))?/.exec(line);
    if (fetch !== null) this.view.fetch(Number(fetch[1]), Number(fetch[2]), fetch[3]?.split(" "));
    else if (/^\* \d+ FETCH/.test(line)) this.#problem(`a FETCH without a UID: ${line}`);
  }
}

test(
  "whatever twenty connections do at once, each is told what is so, and nothing acknowledged is lost",
  { timeout: 120_000 },
  async ({ expect }) => {
    const setup = await RawClient.login(server.imapPort, "stress", "pw-stress");
    await setup.command("CREATE Other");
    setup.destroy();
    const ledger = new Ledger();
    const actors = Array.from({ length: CONNECTIONS }, (_, at) => new Actor(at, ledger));
    await Promise.all(actors.map((actor) => actor.act()));
    await Promise.all(actors.map((actor) => actor.settle()));

    for (const box of BOXES) {
      const here = actors.filter((actor) => actor.box === box);
      const [first] = here;
      if (first === undefined) throw new Error(`nobody is in ${box}: another seed is needed`);
      const contents = await first.contents();
      for (const { view } of here) {
        expect(view.uids).toEqual([...contents.keys()]);
        for (const uid of contents.keys())
          expect([...(view.flags.get(uid) ?? [])].sort()).toEqual([...(first.view.flags.get(uid) ?? [])].sort());
      }
      for (const id of contents.values()) expect(id).toBeGreaterThan(0);
      for (const id of contents.values()) expect(id).toBeLessThanOrEqual(ledger.lastId);
      const prefix = `${box} `;
      for (const [at, id] of ledger.kept) {
        if (!at.startsWith(prefix)) continue;
        const uid = Number(at.slice(prefix.length));
        if (!ledger.doomed.has(at) || contents.has(uid)) expect(contents.get(uid), `message ${at}`).toBe(id);
      }
      for (const [at, keywords] of ledger.keywords) {
        const uid = Number(at.slice(prefix.length));
        if (!at.startsWith(prefix) || !contents.has(uid)) continue;
        for (const keyword of keywords) expect(first.view.flags.get(uid)?.has(keyword), `${keyword} of ${at}`).toBe(true);
      }
    }
    for (const actor of actors) actor.close();
  },
);
