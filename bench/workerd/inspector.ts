import { once } from "node:events";

import * as z from "zod";

const Answer = z.object({ id: z.int(), result: z.unknown().optional(), error: z.object({ message: z.string() }).optional() });

/** V8's inspector in workerd, one call at a time. */
export class Inspector {
  readonly #socket: WebSocket;
  #calls = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  /** @throws Error when nobody listens there */
  static async open(port: number): Promise<Inspector> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/main`);
    await new Promise((resolve, reject) => {
      socket.addEventListener("open", resolve);
      socket.addEventListener("error", () => reject(new Error("workerd's inspector does not answer")));
    });
    return new Inspector(socket);
  }

  /** Calls a method of the Chrome DevTools protocol. @throws Error with its words when it refuses */
  async call(method: string, params: object = {}): Promise<unknown> {
    const id = ++this.#calls;
    this.#socket.send(JSON.stringify({ id, method, params }));
    for (;;) {
      const [event]: unknown[] = await once(this.#socket, "message");
      const answer = Answer.safeParse(event instanceof MessageEvent ? JSON.parse(String(event.data)) : undefined);
      // Events have no id.
      if (!answer.success || answer.data.id !== id) continue;
      const { result, error } = answer.data;
      if (error !== undefined) throw new Error(`${method}: ${error.message}`);
      return result;
    }
  }

  close(): void {
    this.#socket.close();
  }
}
