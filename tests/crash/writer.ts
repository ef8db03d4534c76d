import { Random } from "../../packages/cli/src/demo/random.ts";
import { ConnectionEndedError, ImapClient, type ImapAnswer } from "../support/imap-client.ts";
import { EMPTY, type AccountState, type Operation } from "./model.ts";
import { drawOperation, type Scene } from "./operations.ts";

/** Commands on their way at once: those that a kill may find in the middle. */
const PIPELINE = 6;
/** UIDs that one COPYUID may name here. */
const SET_LIMIT = 10_000;

/** One connection that writes to mailboxes of its own, and knows what they must look like. */
export class Writer {
  readonly name: string;
  readonly account: string;
  readonly shared: string;
  /** What was acknowledged. */
  state: AccountState;
  /** What was sent since and has no answer. */
  pending: Operation[] = [];
  acknowledged = 0;
  #numbers = 0;
  readonly #random: Random;

  constructor(name: string, account: string, shared: string, seed: number) {
    this.name = name;
    this.account = account;
    this.shared = shared;
    this.state = new Map([
      [name, EMPTY],
      [shared, EMPTY],
    ]);
    this.#random = Random.forItem(seed, name.charCodeAt(1));
  }

  /** The states that a crash may have left: that of the last answer, and one for each operation without answer. */
  get possible(): readonly AccountState[] {
    return [this.state, ...this.pending.map(({ after }) => after)];
  }

  /** Writes until the connection ends, which is what the kill does. @throws Error when an answer is not OK */
  async run(port: number, password: string): Promise<void> {
    const sent: string[] = [];
    let client: ImapClient | undefined;
    try {
      client = await ImapClient.login(port, this.account, password);
      const mailboxes = [...this.state.keys()].filter((name) => name !== this.shared);
      const selected = mailboxes[this.#random.next() % mailboxes.length] ?? this.name;
      await client.ok(`SELECT ${selected}`);
      const scene: Scene = {
        writer: this.name,
        shared: this.shared,
        selected,
        random: this.#random,
        number: () => ++this.#numbers,
      };
      for (;;) {
        while (sent.length < PIPELINE) {
          const operation = drawOperation(scene, this.pending.at(-1)?.after ?? this.state);
          this.pending.push(operation);
          sent.push(client.send(operation.command, operation.literal));
        }
        const answer = await client.answer(sent.shift() ?? "");
        this.#acknowledge(answer);
      }
    } catch (error) {
      if (!(error instanceof ConnectionEndedError)) throw error;
    } finally {
      client?.destroy();
    }
  }

  #acknowledge(answer: ImapAnswer): void {
    const operation = this.pending.shift();
    if (operation === undefined) throw new Error("an answer to nothing");
    if (!answer.result.startsWith("OK")) throw new Error(`${this.name}: ${operation.command} was answered with ${answer.result}`);
    const lines = [answer.result, ...answer.untagged.map(({ text }) => text)].join("\n");
    const appendUid = /\[APPENDUID \d+ (\d+)\]/.exec(lines)?.[1];
    const copyUid = /\[COPYUID \d+ ([\d:,]+) ([\d:,]+)\]/.exec(lines);
    const sources = expand(copyUid?.[1] ?? "");
    const targets = expand(copyUid?.[2] ?? "");
    for (const [source, message] of operation.created) {
      message.uid = source === 0 ? Number(appendUid) : targets[sources.indexOf(source)];
      if (message.uid === undefined || !Number.isSafeInteger(message.uid))
        throw new Error(`${this.name}: ${operation.command}: no UID in ${lines}`);
    }
    this.state = operation.after;
    this.acknowledged++;
  }
}

function expand(set: string): number[] {
  const uids = set.split(",").flatMap((part) => {
    const [low = 0, high = low] = part.split(":").map(Number);
    return low === 0 ? [] : Array.from({ length: Math.min(SET_LIMIT, high - low + 1) }, (_, at) => low + at);
  });
  return uids;
}
