import type { Random } from "../../packages/cli/src/demo/random.ts";
import { numbersOf, type ViewModel } from "../support/view-model.ts";
import { Dialogue, type Pipelined } from "./dialogue.ts";
import { BOXES, key, type Box, type Ledger } from "./ledger.ts";
import { messageOf } from "./message.ts";
import { ConnectionEnded, type Road } from "./road.ts";

export const USER = "stress";
export const PASSWORD = "pw-stress";

/** Messages in a mailbox from which on more are taken away than one. */
const CROWDED = 100;
/** Connections in a row that end before anything was done: only to end what would never end. */
const FAILURES = 200;

export interface ActorOptions {
  /** For its keyword: 40 at most have room in a mailbox. */
  readonly number: number;
  readonly random: Random;
  readonly ledger: Ledger;
  /** A new connection. It may throw ConnectionEnded. */
  readonly connect: () => Promise<Road>;
  /** Milliseconds that it waits at most, in IDLE or for nothing. */
  readonly pause: number;
  /** Seldom stays long: a connection that is new is linked again at once, so that it is in the middle of something when the next restart comes. */
  readonly restless: boolean;
}

/** One mail program that does what comes to its mind, and believes what it is told. When its connection ends, it connects again and goes on. */
export class Actor {
  readonly name: string;
  readonly #keyword: string;
  readonly #options: ActorOptions;
  readonly #random: Random;
  readonly #ledger: Ledger;
  #dialogue: Dialogue | undefined;
  /** Connections that have ended, by what was said last. */
  readonly ends = new Map<string, number>();
  steps = 0;

  constructor(options: ActorOptions) {
    this.name = `client ${options.number}`;
    this.#keyword = `$k${options.number}`;
    this.#options = options;
    this.#random = options.random;
    this.#ledger = options.ledger;
  }

  /** Where it is, once it has settled. */
  get place(): { readonly box: Box; readonly view: ViewModel } {
    const { box, view } = this.#talk;
    return { box, view };
  }

  /** Goes on for so many steps at most. */
  async act(steps: number, goesOn: () => boolean = () => true): Promise<void> {
    for (let step = 0; step < steps && goesOn(); step++) {
      await this.#whatever(this.#options.connect, () => this.#step());
      this.steps++;
    }
  }

  /** Makes sure that it is connected, without a fault if it has to connect once more. */
  async stay(connect: () => Promise<Road>): Promise<void> {
    while (!(await this.#whatever(connect, async () => void (await this.#talk.command("NOOP")))));
  }

  /** Catches up: then its view is the mailbox. Nothing else may be going on. */
  async settle(connect: () => Promise<Road>): Promise<void> {
    while (!(await this.#whatever(connect, () => this.#settle())));
  }

  async close(): Promise<void> {
    const dialogue = this.#dialogue;
    this.#dialogue = undefined;
    await dialogue?.close();
  }

  get #talk(): Dialogue {
    if (this.#dialogue === undefined) throw new Error(`${this.name} is not connected`);
    return this.#dialogue;
  }

  /** Does something over a connection, a new one if there is none. False: the connection has ended. */
  async #whatever(connect: () => Promise<Road>, work: () => Promise<void>): Promise<boolean> {
    try {
      if (this.#dialogue === undefined) await this.#connect(connect);
      await work();
      return true;
    } catch (error) {
      if (!(error instanceof ConnectionEnded)) throw error;
      this.ends.set(error.message, (this.ends.get(error.message) ?? 0) + 1);
      await this.close();
      return false;
    }
  }

  async #connect(connect: () => Promise<Road>): Promise<void> {
    for (let failures = 0; ; failures++) {
      try {
        this.#dialogue = new Dialogue(await connect(), this.#ledger, this.name);
        await this.#talk.logIn(USER, PASSWORD);
        return await this.#select();
      } catch (error) {
        if (!(error instanceof ConnectionEnded) || failures === FAILURES) throw error;
        this.ends.set(error.message, (this.ends.get(error.message) ?? 0) + 1);
        await this.close();
      }
    }
  }

  async #settle(): Promise<void> {
    const { view } = this.#talk;
    await this.#talk.command("NOOP");
    const told = new Map([...view.flags].map(([uid, flags]) => [uid, [...flags].sort().join(" ")]));
    const uids = [...view.uids];
    await this.#talk.command("FETCH 1:* (UID FLAGS)");
    if (view.uids.length !== uids.length) this.#talk.problem("the view changed although nothing was going on");
    if (view.knownUids.length !== uids.length) this.#talk.problem("not every message was answered");
    for (const [uid, flags] of told) {
      const now = [...(view.flags.get(uid) ?? [])].sort().join(" ");
      if (now !== flags) this.#talk.problem(`message ${uid} has (${now}), and was told to have (${flags})`);
    }
  }

  #select(): Promise<void> {
    return this.#talk.select(this.#random.pick(BOXES));
  }

  async #step(): Promise<void> {
    switch (this.#random.between(0, 14)) {
      case 0:
      case 1:
      case 2:
        return this.#talk.pipeline([this.#append()]);
      case 3:
      case 4:
        return this.#talk.pipeline(this.#mark());
      case 5:
        return this.#delete();
      case 6:
        await this.#talk.command(this.#random.chance(0.5) ? "EXPUNGE" : "NOOP");
        return;
      case 7:
        if (this.#random.chance(0.2)) return this.#read();
        await this.#talk.command(this.#random.pick(["FETCH 1:* (UID FLAGS)", "UID FETCH 1:* (FLAGS)", "SEARCH ALL"]));
        return;
      case 8:
        return this.#talk.pipeline(this.#copy(await this.#learn(this.#some(3))));
      case 9:
      case 10:
        return this.#talk.idle(this.#pause());
      case 11:
        return this.#ask();
      case 12:
        return this.#work();
      case 13:
        return this.#talk.rest(this.#pause());
      default:
        if (this.#random.chance(this.#options.restless ? 0.1 : 2 / 3)) return this.#select();
        this.#talk.leave();
        return this.close();
    }
  }

  /** Mostly short: the server is to have something to do. */
  #pause(): number {
    return this.#random.chance(0.1) ? this.#random.between(0, this.#options.pause) : this.#random.between(0, 5);
  }

  #append(): Pipelined {
    const to = this.#random.pick(BOXES);
    const id = this.#ledger.nextId();
    const text = messageOf(id);
    const attempt = this.#ledger.attempt({ ids: [id], to, sources: [], moves: false });
    const answered = (lines: string[]): void => {
      const uid = /OK \[APPENDUID \d+ (\d+)\]/.exec(lines.at(-1) ?? "")?.[1];
      if (uid === undefined) this.#talk.problem(`APPEND: ${lines.at(-1)}`);
      this.#ledger.answered(attempt);
      this.#ledger.appended(to, Number(uid), id);
    };
    return { text: `APPEND ${to} {${text.length}+}\r\n${text}`, answered };
  }

  /** A few UIDs that it knows. */
  #some(count: number): number[] {
    return this.#random.sample(this.#talk.view.knownUids, count).sort((a, b) => a - b);
  }

  /** Gives a few messages its keyword, or takes it from them. */
  #mark(): Pipelined[] {
    const { box, view } = this.#talk;
    const uids = this.#some(3);
    if (uids.length === 0) return [];
    const on = this.#random.chance(0.5);
    this.#ledger.changing(box, uids, this.#keyword);
    const answered = (): void => {
      this.#ledger.changed(box, uids, this.#keyword, on);
      for (const uid of uids) {
        if (on) view.flags.get(uid)?.add(this.#keyword);
        else view.flags.get(uid)?.delete(this.#keyword);
      }
    };
    const item = `${on ? "+" : "-"}FLAGS${this.#random.chance(0.5) ? ".SILENT" : ""}`;
    return [{ text: `UID STORE ${uids.join(",")} ${item} (${this.#keyword})`, answered }];
  }

  /** Marks one message for deletion by its number; many by their UIDs where there are too many. */
  async #delete(): Promise<void> {
    const { box, view } = this.#talk;
    const uids = this.#some(view.uids.length > CROWDED ? CROWDED / 2 : 1);
    const [uid] = uids;
    if (uid === undefined) return;
    for (const doomed of uids) this.#ledger.deleting(box, doomed);
    const which = uids.length > 1 ? `UID STORE ${uids.join(",")}` : `STORE ${view.uids.indexOf(uid) + 1}`;
    await this.#talk.command(`${which} +FLAGS (\\Deleted)`);
  }

  /** Copies or moves messages whose ids it knows. */
  #copy(uids: readonly number[]): Pipelined[] {
    if (uids.length === 0) return [];
    const from = this.#talk.box;
    const moves = this.#random.chance(1 / 3);
    const to = this.#random.pick(BOXES);
    const ids = uids.flatMap((uid) => this.#ledger.idOf(from, uid) ?? []);
    const attempt = this.#ledger.attempt({ ids, to, sources: uids.map((uid) => key(from, uid)), moves });
    const answered = (lines: string[]): void => {
      this.#ledger.answered(attempt);
      const [, sources, targets] = /\[COPYUID \d+ ([\d:,]+) ([\d:,]+)\]/.exec(lines.join("\n")) ?? [];
      if (sources !== undefined && targets !== undefined) this.#ledger.copied(from, numbersOf(sources), to, numbersOf(targets));
    };
    return [{ text: `UID ${moves ? "MOVE" : "COPY"} ${uids.join(",")} ${to}`, answered }];
  }

  /** Learns the ids of messages; returns those that are there. */
  async #learn(uids: readonly number[]): Promise<number[]> {
    if (uids.length === 0) return [];
    const lines = await this.#talk.command(`UID FETCH ${uids.join(",")} (UID BODY.PEEK[HEADER.FIELDS (X-Id)])`);
    return lines.flatMap((line, at) => {
      const uid = /^\* \d+ FETCH \(UID (\d+) BODY/.exec(line)?.[1];
      if (uid === undefined) return [];
      this.#ledger.saw(this.#talk.box, Number(uid), Number(/^X-Id: (\d+)$/.exec(lines[at + 1] ?? "")?.[1]));
      return [Number(uid)];
    });
  }

  /** Reads all messages whole: an answer that takes a while. */
  async #read(): Promise<void> {
    const lines = await this.#talk.command("UID FETCH 1:* (BODY.PEEK[])");
    for (let at = 0; at < lines.length; at++) {
      const [, uid, octets] = /^\* \d+ FETCH \(UID (\d+) BODY\[\] \{(\d+)\}$/.exec(lines[at] ?? "") ?? [];
      let text = "";
      while (text.length < Number(octets ?? 0)) text += `${lines[++at] ?? ""}\r\n`;
      if (uid === undefined) continue;
      const id = Number(/^X-Id: (\d+)\r\n/.exec(text)?.[1]);
      if (text !== messageOf(id))
        this.#talk.problem(`message ${uid} is not what was delivered: ${text.length} octets of ${text.slice(0, 20)}`);
      this.#ledger.saw(this.#talk.box, Number(uid), id);
    }
  }

  /** Questions at once, none of which an answer to an earlier one could change the meaning of. */
  async #ask(): Promise<void> {
    const texts = [
      "NOOP",
      "CHECK",
      "FETCH 1:* (UID FLAGS)",
      "UID FETCH 1:* (FLAGS)",
      "SEARCH ALL",
      `STATUS ${this.#talk.box} (MESSAGES)`,
      'LIST "" *',
    ];
    await this.#talk.pipeline(this.#random.sample(texts, this.#random.between(2, texts.length)).map((text) => ({ text })));
  }

  /** Changes at once, so that there is something to lose. */
  async #work(): Promise<void> {
    const known = await this.#learn(this.#some(10));
    const commands = Array.from({ length: this.#random.between(5, 30) }, () => {
      switch (this.#random.between(0, 3)) {
        case 0:
          return [this.#append()];
        case 1:
          return this.#mark();
        case 2:
          return this.#copy(this.#random.sample(known, 2).sort((a, b) => a - b));
        default:
          return [{ text: "NOOP" }];
      }
    });
    await this.#talk.pipeline(commands.flat());
  }
}
