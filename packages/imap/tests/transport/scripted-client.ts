import { numbersOf, ViewModel } from "../../../../tests/support/view-model.ts";
import type { Connected, FakeStream } from "./fakes.ts";
import type { Ledger } from "./ledger.ts";

/** How a command has to be answered. `any`: it depends on what others have done meanwhile. */
export type Answer = "OK" | "refusal" | "any";

/** A command without a literal. */
export interface Said {
  readonly text: string;
  readonly answer: Answer;
}

/** A command that has no answer yet. */
interface Sent {
  readonly tag: string;
  /** `UID FETCH`, `APPEND`. */
  readonly name: string;
  readonly answer: Answer;
  /** How many `+` it will get, and has got. */
  readonly prompts: number;
  prompted: number;
  /** The contents of an APPEND. */
  readonly message: string | undefined;
}

/** A command with a literal at its end. */
export interface LiteralCommand {
  readonly head: string;
  readonly literal: string;
  /** What the literal is said to hold, where that is not true. */
  readonly size?: number;
  readonly synchronizing: boolean;
  readonly answer: Answer;
}

/** Commands whose answers hold no EXPUNGE: their sequence numbers would mean other messages (RFC 9051 section 7.5.1). */
const KEEPS_SEQUENCES = new Set(["FETCH", "STORE", "SEARCH"]);

/** A client that keeps to the protocol, believes what it is told of its mailbox, and finds out when it was told wrong. */
export class ScriptedClient {
  readonly stream: FakeStream;
  /** The conversation. */
  readonly log: string[] = [];
  /** In the order in which they were sent. */
  readonly unanswered: Sent[] = [];
  view: ViewModel;
  said: "nothing" | "bye" = "nothing";
  /** Its connection is no more. */
  over = false;
  idling = false;
  stalled = false;
  readonly #ledger: Ledger;
  #tags = 0;
  /** What is left to send of a command. */
  #pieces: string[] = [];
  /** The command whose literal waits for its `+`. */
  #offering: Sent | undefined;
  /** What was received of a response. */
  #rest = "";

  constructor({ stream, done }: Connected, ledger: Ledger) {
    this.stream = stream;
    this.#ledger = ledger;
    this.view = this.#newView();
    void done.then(() => (this.over = true));
  }

  /** The connection was ended from the other side. */
  get ended(): boolean {
    return this.said === "bye" || this.stream.endedWriting || this.over;
  }

  /** What it has received ends inside of a response. */
  get insideResponse(): boolean {
    return this.#rest !== "";
  }

  /** It may send a command. */
  get free(): boolean {
    return !this.idling && this.#pieces.length === 0;
  }

  /** Nothing is going on but an IDLE that has begun. */
  get atRest(): boolean {
    const [first] = this.unanswered;
    if (this.stalled || this.ended || this.insideResponse || this.#pieces.length > 0) return false;
    return first === undefined || (this.idling && this.unanswered.length === 1 && first.prompted === 1);
  }

  /** Sends commands without literals, all at once. An IDLE before the last is ended at once. */
  say(...commands: readonly Said[]): void {
    let text = "";
    for (const command of commands) {
      const { tag, name } = this.#send(command.text, command.answer, command.text === "IDLE" ? 1 : 0, undefined);
      text += `${this.idling ? "DONE\r\n" : ""}${tag} ${command.text}\r\n`;
      this.idling = name === "IDLE";
    }
    this.#feed(text);
  }

  done(): void {
    if (!this.idling) return;
    this.idling = false;
    this.#feed("DONE\r\n");
  }

  /** Begins a command with a literal, which {@link proceed} goes on with. */
  begin({ head, literal, size = literal.length, synchronizing, answer }: LiteralCommand): void {
    const message = head.startsWith("APPEND") ? literal : undefined;
    const sent = this.#send(head, answer, synchronizing && answer !== "refusal" ? 1 : 0, message);
    this.#feed(`${sent.tag} ${head} {${size}${synchronizing ? "" : "+"}}\r\n`);
    const half = literal.length >> 1;
    this.#pieces = [literal.slice(0, half), `${literal.slice(half)}\r\n`];
    if (synchronizing) this.#offering = sent;
  }

  /** Sends a little more of a command that was begun, if it may. */
  proceed(): void {
    if (this.#offering !== undefined) return;
    const piece = this.#pieces.shift();
    if (piece !== undefined) this.#feed(piece);
  }

  stall(): void {
    if (!this.stalled) this.stream.stall();
    this.stalled = true;
  }

  resume(): void {
    if (this.stalled) this.stream.resume();
    this.stalled = false;
  }

  /** Takes what has come. @throws what is wrong with it */
  listen(): void {
    this.#rest += this.stream.take();
    for (;;) {
      const end = endOfResponse(this.#rest);
      if (end === undefined) return;
      const response = this.#rest.slice(0, end - 2);
      this.#rest = this.#rest.slice(end);
      this.note(`S: ${response}`);
      if (this.said === "bye") this.problem(`${response} was said after BYE`);
      this.#take(response);
    }
  }

  note(text: string): void {
    this.log.push(text.length > 200 ? `${text.slice(0, 200)}...` : text);
  }

  problem(text: string): never {
    throw new Error(`${text}\n${this.log.slice(-60).join("\n")}`);
  }

  #newView(): ViewModel {
    return new ViewModel((text) => this.problem(text));
  }

  #feed(text: string): void {
    this.note(`C: ${text.trimEnd()}`);
    this.stream.feed(text);
  }

  #send(text: string, answer: Answer, prompts: number, message: string | undefined): Sent {
    const name = /^(?:UID )?\w+/.exec(text)?.[0] ?? "";
    const sent = { tag: `t${++this.#tags}`, name, answer, prompts, prompted: 0, message };
    this.unanswered.push(sent);
    return sent;
  }

  #take(response: string): void {
    const [, number, event, rest = ""] = /^\* (\d+) (EXISTS|EXPUNGE|FETCH)(.*)$/s.exec(response) ?? [];
    if (event === "EXISTS") return this.view.exists(Number(number));
    if (event === "EXPUNGE") {
      this.#allowExpunge(response);
      return this.view.expunge(Number(number));
    }
    if (event === "FETCH") return this.#fetched(Number(number), rest);
    if (response.startsWith("+")) return this.#prompted(response);
    const vanished = /^\* VANISHED (\S+)$/.exec(response)?.[1];
    if (vanished !== undefined) {
      this.#allowExpunge(response);
      for (const uid of numbersOf(vanished)) this.view.vanished(uid);
      return;
    }
    const [, tag, status = "", text = ""] = /^(\S+) (OK|NO|BAD|BYE) (.*)$/.exec(response) ?? [];
    for (const uid of numbersOf(/\[COPYUID \d+ \S+ ([\d:,]+)\]/.exec(text)?.[1] ?? "")) if (uid > 0) this.#ledger.copied.add(uid);
    if (tag === "*") {
      if (status === "BYE") this.said = "bye";
      if (text.startsWith("[CLOSED]")) this.view = this.#newView();
    } else if (tag !== undefined) this.#answered(tag, status, text);
  }

  #allowExpunge(response: string): void {
    const name = this.unanswered[0]?.name;
    if (name === undefined || KEEPS_SEQUENCES.has(name)) this.problem(`${response} during ${name ?? "no command"}`);
  }

  #prompted(response: string): void {
    const [first] = this.unanswered;
    if (first === undefined || ++first.prompted > first.prompts) this.problem(`Nothing has asked for ${response}`);
    if (first === this.#offering) this.#offering = undefined;
  }

  #answered(tag: string, status: string, text: string): void {
    const sent = this.unanswered.shift();
    if (sent?.tag !== tag) this.problem(`${tag} is answered, and ${sent?.tag ?? "nothing"} is due`);
    const right = sent.answer === "any" || (sent.answer === "OK") === (status === "OK");
    if (!right) this.problem(`${tag} ${sent.name} should be answered with ${sent.answer}, not with ${status}`);
    if (status === "OK" && sent.prompted !== sent.prompts) this.problem(`${tag} has got ${sent.prompted} of ${sent.prompts} prompts`);
    if (sent === this.#offering) {
      // Refused: a client with a synchronizing literal then sends none of it.
      this.#offering = undefined;
      this.#pieces = [];
    }
    const uid = Number(/^\[APPENDUID \d+ (\d+)\]/.exec(text)?.[1]);
    if (sent.message === undefined || status !== "OK") return;
    if (this.#ledger.appended.has(uid)) this.problem(`UID ${uid} was given twice`);
    this.#ledger.appended.set(uid, sent.message);
  }

  #fetched(sequence: number, items: string): void {
    const literal = /\{(\d+)\}\r\n/.exec(items);
    const start = literal === null ? 0 : literal.index + literal[0].length;
    const body = literal === null ? "" : items.slice(start, start + Number(literal[1]));
    const rest = items.replace(body, "");
    const uid = Number(/\(UID (\d+)/.exec(rest)?.[1]);
    this.view.fetch(sequence, uid, /FLAGS \(([^)]*)\)/.exec(rest)?.[1]?.split(" "));
    if (body === "") return;
    const before = this.#ledger.fetched.get(uid);
    if (before !== undefined && before !== body) this.problem(`UID ${uid} was read before, with other contents`);
    this.#ledger.fetched.set(uid, body);
  }
}

/** Where the first response in a text ends, its literals included; `undefined`: later than the text. */
function endOfResponse(text: string): number | undefined {
  for (let from = 0; from <= text.length;) {
    const end = text.indexOf("\r\n", from);
    if (end === -1) return undefined;
    const size = /\{(\d+)\}$/.exec(text.slice(from, end))?.[1];
    if (size === undefined) return end + 2;
    from = end + 2 + Number(size);
  }
  return undefined;
}
