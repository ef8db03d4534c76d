import { once } from "node:events";

import { ImapClient } from "../support/imap-client.ts";

/** Octets of the message that are read before the client stops: more than all windows and socket buffers on the way at the start. */
const READ = 1024 * 1024;

/** A client that asks for a whole message and stops reading in the middle of it. */
export class StallingReader {
  readonly #client: ImapClient;
  #tagged: Promise<number> | undefined;

  private constructor(client: ImapClient) {
    this.#client = client;
  }

  static async login(port: number, user: string, password: string): Promise<StallingReader> {
    const client = await ImapClient.login(port, user, password);
    await client.ok("EXAMINE INBOX");
    return new StallingReader(client);
  }

  /** Resolves when it has stopped. The message must be longer than what is read, and what fits on the way. */
  async fetchAndStall(): Promise<void> {
    const { socket } = this.#client;
    const from = socket.bytesRead;
    const tag = this.#client.send("FETCH 1 (BODY.PEEK[])");
    this.#tagged = this.#client.answer(tag).then(({ result, untagged }) => {
      if (!result.startsWith("OK")) throw new Error(`FETCH was answered with ${result}`);
      return untagged[0]?.literals[0]?.length ?? 0;
    });
    while (socket.bytesRead - from < READ) await once(socket, "data");
    socket.pause();
  }

  /** Reads the rest. Returns the octets of the message. */
  async readOn(): Promise<number> {
    this.#client.socket.resume();
    return (await this.#tagged) ?? 0;
  }

  destroy(): void {
    this.#client.destroy();
  }
}
