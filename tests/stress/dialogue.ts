import { setTimeout as delay } from "node:timers/promises";

import { LIMITS } from "../../packages/imap/src/limits.ts";
import { ViewModel } from "../support/view-model.ts";
import type { Box, Ledger } from "./ledger.ts";
import { ConnectionEnded, type Road } from "./road.ts";

/** Milliseconds after which a line that does not come is taken to hang: only to end what would never end. */
const PATIENCE = 120_000;

/** One of some commands that are sent without waiting for answers. */
export interface Pipelined {
  readonly text: string;
  /** Takes its answers; the last is the tagged one. */
  readonly answered?: (lines: string[]) => void;
}

/** One connection of a client that believes what it is told, and complains when it cannot be so. Any complaint is thrown. */
export class Dialogue {
  readonly #road: Road;
  readonly #ledger: Ledger;
  readonly #name: string;
  readonly #since = performance.now();
  #box: Box = "INBOX";
  #view: ViewModel | undefined;
  #tag = 0;
  /** A command was sent, and not answered. */
  #busy = false;
  /** What was read last is inside of a response. */
  #open = false;

  constructor(road: Road, ledger: Ledger, name: string) {
    this.#road = road;
    this.#ledger = ledger;
    this.#name = name;
  }

  get box(): Box {
    return this.#box;
  }

  get view(): ViewModel {
    return this.#view ?? this.problem("no mailbox is selected");
  }

  problem(text: string): never {
    throw new Error(`${this.#name} in ${this.#box}: ${text} (${this.#road.description})`);
  }

  /** Takes the greeting and logs in. @throws ConnectionEnded when the account is not available. */
  async logIn(user: string, password: string): Promise<void> {
    const greeting = await this.#line("nothing");
    if (!greeting.startsWith("* OK ")) this.problem(`the greeting ${greeting}`);
    await this.command(`LOGIN ${user} ${password}`);
  }

  async select(box: Box): Promise<void> {
    this.#view = undefined;
    this.#box = box;
    await this.command(`SELECT ${box}`);
  }

  /** Sends a command and takes all its answers; the last is the tagged one. */
  async command(text: string): Promise<string[]> {
    let answer: string[] = [];
    await this.pipeline([{ text, answered: (lines) => void (answer = lines) }]);
    return answer;
  }

  /** Sends commands at once; their answers come one after the other. */
  async pipeline(commands: readonly Pipelined[]): Promise<void> {
    const first = this.#tag + 1;
    this.#tag += commands.length;
    this.#busy = true;
    this.#road.client.send(commands.map(({ text }, at) => `t${first + at} ${text}\r\n`).join(""));
    for (const [at, { text, answered }] of commands.entries()) {
      const lines = await this.#answer(`t${first + at}`, text);
      answered?.(lines);
    }
    this.#busy = false;
  }

  /** Waits in IDLE for so many milliseconds, and goes on without waiting for the answer to DONE. */
  async idle(milliseconds: number): Promise<void> {
    const { client } = this.#road;
    const tag = `i${++this.#tag}`;
    this.#busy = true;
    client.send(`${tag} IDLE\r\n`);
    for (let line = await this.#line("IDLE"); line !== "+ idling"; line = await this.#line("IDLE")) this.#hear(line, "IDLE");
    this.#busy = false;
    await delay(milliseconds);
    // Whoever waits is not cut off: the last line is looked at before anything else is asked for.
    while (client.ended) this.#hear(await this.#line("IDLE"), "IDLE");
    const next = `s${this.#tag}`;
    this.#busy = true;
    client.send(`DONE\r\n${next} STATUS {${this.#box.length}}\r\n`);
    let answered = 0;
    for (let line = await this.#line("IDLE"); line !== "+ OK"; line = await this.#line("IDLE")) {
      if (line.startsWith(`${tag} OK`)) answered++;
      else this.#hear(line, "IDLE");
    }
    if (answered !== 1) this.problem("the go-ahead came before the answer to IDLE");
    client.send(`${this.#box} (MESSAGES)\r\n`);
    await this.#answer(next, "STATUS");
    this.#busy = false;
  }

  /** Asks for nothing for so many milliseconds, in which nothing is to be heard. */
  async rest(milliseconds: number): Promise<void> {
    const { client } = this.#road;
    const { received } = client;
    await delay(milliseconds);
    if (client.received === received && !client.ended) return;
    const line = await this.#line("nothing");
    this.problem(`nothing was asked for, and yet there is ${line}`);
  }

  /** Goes in the middle of something. */
  leave(): void {
    this.#road.client.send(`x UID FETCH 1:* (FLAGS)\r\ny APPEND INBOX {100+}\r\nX-Id: `);
  }

  close(): Promise<void> {
    return this.#road.close();
  }

  /** Takes the answers to one command. */
  async #answer(tag: string, text: string): Promise<string[]> {
    const lines: string[] = [];
    for (;;) {
      const line = await this.#line(text);
      lines.push(line);
      if (!line.startsWith(`${tag} `)) {
        this.#hear(line, text);
        continue;
      }
      if (line.startsWith(`${tag} OK`) || line.includes(" NO [EXPUNGEISSUED]")) return lines;
      if (text.startsWith("LOGIN ") && line.includes(" NO [UNAVAILABLE]") && this.#road.endedBy !== "nothing")
        throw new ConnectionEnded(line);
      this.problem(`${text.slice(0, 60)}: ${line}`);
    }
  }

  /** The next line. @throws ConnectionEnded */
  async #line(during: string): Promise<string> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const hangs = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(
        () => reject(new Error(`${this.#name}: no answer to ${during.slice(0, 60)} (${this.#road.description})`)),
        PATIENCE,
      );
    });
    const line = await Promise.race([this.#road.client.line(), hangs]).finally(() => clearTimeout(timer));
    if (line === undefined || line.startsWith("* BYE")) this.#ended(line, during);
    this.#open = /\{\d+\}$/.test(line) || (this.#open && !line.endsWith(")"));
    return line;
  }

  #ended(bye: string | undefined, during: string): never {
    if (!this.#mayEnd(bye)) this.problem(`the connection ended during ${during.slice(0, 60)}: ${bye ?? "without a word"}`);
    throw new ConnectionEnded(bye ?? "without a word");
  }

  #mayEnd(bye: string | undefined): boolean {
    const { endedBy } = this.#road;
    if (endedBy === "nothing" || (bye !== undefined && !bye.startsWith("* BYE [UNAVAILABLE]"))) return false;
    if (endedBy === "fault") return true;
    // A client in the middle of nothing is given up on after many restarts or a long one: neither comes earlier than this.
    if (bye !== undefined) return this.#busy || performance.now() - this.#since >= LIMITS.relinkTime;
    return this.#open;
  }

  /** Takes one line that is not what is waited for. */
  #hear(line: string, during: string): void {
    const count = /^\* (\d+) (EXISTS|EXPUNGE|RECENT)$/.exec(line);
    const fetch = /^\* (\d+) FETCH \(UID (\d+)(?: FLAGS \(([^)]*)\))?/.exec(line);
    if (count !== null) this.#hearCount(Number(count[1]), count[2] ?? "", during);
    else if (fetch !== null) this.view.fetch(Number(fetch[1]), Number(fetch[2]), fetch[3]?.split(" "));
    else if (/^\* \d+ FETCH/.test(line)) this.problem(`a FETCH without a UID: ${line}`);
    else if (line.startsWith("* SEARCH") && during.startsWith("SEARCH")) this.#hearSearch(line.split(" ").slice(2).map(Number));
    else if (/^[a-z]\d+ (OK|NO|BAD) |^\+/.test(line)) this.problem(`nobody has waited for ${line} during ${during.slice(0, 60)}`);
  }

  #hearCount(number: number, what: string, during: string): void {
    if (what === "EXISTS") {
      this.#view ??= new ViewModel((text) => this.problem(text));
      this.#view.exists(number);
      return;
    }
    if (what === "RECENT") {
      if (number > this.view.uids.length) this.problem(`RECENT ${number} of ${this.view.uids.length}`);
      return;
    }
    if (/^(FETCH|STORE|SEARCH|nothing)/.test(during)) this.problem(`EXPUNGE during ${during}`);
    const uid = this.view.uids[number - 1];
    this.view.expunge(number);
    if (uid !== undefined) this.#ledger.expunged(this.#box, uid);
  }

  #hearSearch(numbers: readonly number[]): void {
    const size = this.view.uids.length;
    for (const [at, number] of numbers.entries())
      if (number > size || number <= (numbers[at - 1] ?? 0)) this.problem(`SEARCH ${numbers.join(" ")} of ${size}`);
  }
}
